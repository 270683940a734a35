import { SERIAL, SERIAL_RULE } from '../kubernetes/disk-serial';
import { isDnsLabel } from '../kubernetes/dns-label';
import { RESERVED_MAC } from '../kubernetes/mac-address';
import { exactlyOne, LAST_PORT, oneOf, repeated, unique } from './fields';
import {
  badBootOrder,
  beFrom,
  CARD_NAME_RULE,
  DNS_LABEL,
  MAC_RULE,
  must,
  mustName,
  ON_POD_NETWORK,
  ONE_POD_NETWORK,
  RESERVED_BY_KUBEVIRT,
  severalTargets,
  twice,
} from './messages';
import type { FieldProblem } from './object-schema';
import type { Interface, Target, VirtualMachineSpec } from './vm-spec';

const BUSES = ['virtio', 'scsi', 'sata', 'usb'];
/** QEMU's machine has no CD-ROM on virtio. */
const CDROM_BUSES = BUSES.slice(1);

const ERROR_POLICIES = ['stop', 'ignore', 'report', 'enospace'];

/** Network cards. */
const MODELS = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio'];

const CARD_NAME = /^[A-Za-z0-9_-]+$/;
/** As Go parses it. */
const MAC = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$|^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i;

const TEMPLATE = 'template.spec';
const DEVICES = `${TEMPLATE}.domain.devices`;

/** Rules for disks and volumes, interfaces and networks. */
export const DEVICE_RULES = [disksAndVolumes, busesAndSerials, bootOrder, networks];

function disksAndVolumes({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const disks = (spec.domain.devices.disks ?? []).map((disk) => disk.name);
  const volumes = (spec.volumes ?? []).map((volume) => volume.name);
  const used = [...disks, ...(spec.domain.devices.filesystems ?? []).map((filesystem) => filesystem.name)];
  return [
    ...disks.flatMap((name, index) =>
      volumes.includes(name) ? [] : [{ field: `${DEVICES}.disks[${index}].name`, message: mustName('volume', name) }],
    ),
    ...(spec.volumes ?? []).flatMap(({ name, memoryDump }, index) =>
      // KubeVirt writes a memory dump to a volume that the guest does not see.
      used.includes(name) || memoryDump
        ? []
        : [{ field: `${TEMPLATE}.volumes[${index}].name`, message: mustName('disk or filesystem', name) }],
    ),
    ...disks.flatMap((name, index) =>
      isDnsLabel(name) ? [] : [{ field: `${DEVICES}.disks[${index}].name`, message: must(DNS_LABEL, name) }],
    ),
    ...unique(`${DEVICES}.disks`, disks),
    ...unique(`${TEMPLATE}.volumes`, volumes),
  ];
}

function busesAndSerials({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { disks = [] } = spec.domain.devices;
  const problems = disks.flatMap(({ disk, cdrom, lun, serial, errorPolicy }, index) => [
    ...targetProblems(`${DEVICES}.disks[${index}]`, { disk, cdrom, lun }),
    ...oneOf(`${DEVICES}.disks[${index}].errorPolicy`, errorPolicy, ERROR_POLICIES),
    ...(serial === undefined || SERIAL.test(serial)
      ? []
      : [
          {
            field: `${DEVICES}.disks[${index}].serial`,
            message: must(`be ${SERIAL_RULE}`, serial),
          },
        ]),
  ]);
  const serials = disks.flatMap(({ serial }) => serial ?? []);
  return [...problems, ...repeated(serials).map((serial) => ({ field: `${DEVICES}.disks`, message: twice('serials', serial) }))];
}

/** A disk without a target has the target `disk`. */
function targetProblems(field: string, targets: { readonly [kind: string]: Target | undefined }): FieldProblem[] {
  const given = Object.entries(targets).flatMap(([kind, target]) => (target ? [{ kind, bus: target.bus }] : []));
  return [
    ...(given.length <= 1 ? [] : [{ field, message: severalTargets(given.map(({ kind }) => kind)) }]),
    ...given.flatMap(({ kind, bus }) => oneOf(`${field}.${kind}.bus`, bus, kind === 'cdrom' ? CDROM_BUSES : BUSES)),
  ];
}

/** Disks and interfaces boot in one common order. */
function bootOrder({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { disks = [], interfaces = [] } = spec.domain.devices;
  const orders = [...disks, ...interfaces].flatMap(({ bootOrder: order }) => order ?? []);
  return [
    ...orders.filter((order) => order < 1).map((order) => ({ field: DEVICES, message: badBootOrder(order) })),
    ...repeated(orders.map(String)).map((order) => ({
      field: DEVICES,
      message: twice('values of bootOrder', order),
    })),
  ];
}

function networks({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { interfaces = [] } = spec.domain.devices;
  const { networks: list = [] } = spec;
  const pods = list.filter((network) => network.pod !== undefined);
  return [
    ...interfaces.flatMap(({ name }, index) =>
      list.some((network) => network.name === name)
        ? []
        : [{ field: `${DEVICES}.interfaces[${index}].name`, message: mustName('network', name) }],
    ),
    ...list.flatMap(({ name }, index) =>
      interfaces.some((each) => each.name === name)
        ? []
        : [{ field: `${TEMPLATE}.networks[${index}].name`, message: mustName('interface', name) }],
    ),
    ...unique(
      `${DEVICES}.interfaces`,
      interfaces.map((each) => each.name),
    ),
    ...unique(
      `${TEMPLATE}.networks`,
      list.map((each) => each.name),
    ),
    ...(pods.length > 1 ? [{ field: `${TEMPLATE}.networks`, message: ONE_POD_NETWORK }] : []),
    ...interfaces.flatMap((each, index) =>
      each.masquerade !== undefined && !pods.some((network) => network.name === each.name)
        ? [{ field: `${DEVICES}.interfaces[${index}].masquerade`, message: ON_POD_NETWORK }]
        : [],
    ),
    ...interfaces.flatMap(({ model }, index) => oneOf(`${DEVICES}.interfaces[${index}].model`, model || undefined, MODELS)),
    ...interfaces.flatMap((each, index) => cardProblems(each, `${DEVICES}.interfaces[${index}]`)),
    ...interfaces.flatMap((each, index) => portProblems(each, `${DEVICES}.interfaces[${index}].ports`)),
  ];
}

function cardProblems({ name, macAddress, masquerade, bridge, sriov, binding }: Interface, field: string): FieldProblem[] {
  const isReserved = masquerade !== undefined && macAddress === RESERVED_MAC;
  return [
    ...exactlyOne(field, { masquerade, bridge, sriov, binding }),
    ...(CARD_NAME.test(name) ? [] : [{ field: `${field}.name`, message: must(CARD_NAME_RULE, name) }]),
    ...(macAddress === undefined || MAC.test(macAddress) ? [] : [{ field: `${field}.macAddress`, message: must(MAC_RULE, macAddress) }]),
    ...(isReserved ? [{ field: `${field}.macAddress`, message: RESERVED_BY_KUBEVIRT }] : []),
  ];
}

function portProblems({ ports = [] }: Interface, field: string): FieldProblem[] {
  return [
    ...ports.flatMap(({ port, protocol = 'TCP' }, index) => [
      ...(port >= 1 && port <= LAST_PORT ? [] : [{ field: `${field}[${index}].port`, message: must(beFrom(1, LAST_PORT), port) }]),
      ...oneOf(`${field}[${index}].protocol`, protocol, ['TCP', 'UDP']),
    ]),
    ...repeated(ports.flatMap(({ name }) => name ?? [])).map((name) => ({ field, message: twice('names', name) })),
  ];
}
