import { SERIAL, SERIAL_RULE } from '../kubernetes/disk-serial';
import { isDnsLabel } from '../kubernetes/dns-label';
import { oneOf, repeated, unique } from './fields';
import type { FieldProblem } from './object-schema';
import type { Interface, Target, VirtualMachineSpec } from './vm-spec';

const BUSES = ['virtio', 'scsi', 'sata', 'usb'];
/** The machine has no CD-ROM on virtio. */
const CDROM_BUSES = BUSES.slice(1);

/** Network cards. */
const MODELS = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio'];

const TEMPLATE = 'template.spec';
const DEVICES = `${TEMPLATE}.domain.devices`;

/** Rules for disks and volumes, interfaces and networks. */
export const DEVICE_RULES = [disksAndVolumes, busesAndSerials, bootOrder, networks];

function disksAndVolumes({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const disks = (spec.domain.devices.disks ?? []).map((disk) => disk.name);
  const volumes = (spec.volumes ?? []).map((volume) => volume.name);
  return [
    ...disks.flatMap((name, index) =>
      volumes.includes(name)
        ? []
        : [{ field: `${DEVICES}.disks[${index}].name`, message: `must be the name of a volume, got ${JSON.stringify(name)}` }],
    ),
    ...volumes.flatMap((name, index) =>
      disks.includes(name)
        ? []
        : [{ field: `${TEMPLATE}.volumes[${index}].name`, message: `must be the name of a disk, got ${JSON.stringify(name)}` }],
    ),
    ...disks.flatMap((name, index) =>
      isDnsLabel(name) ? [] : [{ field: `${DEVICES}.disks[${index}].name`, message: `must be a DNS label, got ${JSON.stringify(name)}` }],
    ),
    ...unique(`${DEVICES}.disks`, disks),
    ...unique(`${TEMPLATE}.volumes`, volumes),
  ];
}

function busesAndSerials({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { disks = [] } = spec.domain.devices;
  const problems = disks.flatMap(({ disk, cdrom, lun, serial }, index) => [
    ...targetProblems(`${DEVICES}.disks[${index}]`, { disk, cdrom, lun }),
    ...(serial === undefined || SERIAL.test(serial)
      ? []
      : [
          {
            field: `${DEVICES}.disks[${index}].serial`,
            message: `must be ${SERIAL_RULE}, got ${JSON.stringify(serial)}`,
          },
        ]),
  ]);
  const serials = disks.flatMap(({ serial }) => serial ?? []);
  return [
    ...problems,
    ...repeated(serials).map((serial) => ({ field: `${DEVICES}.disks`, message: `must have unique serials, got ${serial} twice` })),
  ];
}

/** A disk that says nothing of it is of the kind disk. */
function targetProblems(field: string, targets: { readonly [kind: string]: Target | undefined }): FieldProblem[] {
  const given = Object.entries(targets).flatMap(([kind, target]) => (target ? [{ kind, bus: target.bus }] : []));
  return [
    ...(given.length <= 1 ? [] : [{ field, message: `must be one of disk, cdrom, lun, got ${given.map(({ kind }) => kind).join(', ')}` }]),
    ...given.flatMap(({ kind, bus }) => oneOf(`${field}.${kind}.bus`, bus, kind === 'cdrom' ? CDROM_BUSES : BUSES)),
  ];
}

/** Disks and interfaces boot in one common order. */
function bootOrder({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { disks = [], interfaces = [] } = spec.domain.devices;
  const orders = [...disks, ...interfaces].flatMap(({ bootOrder: order }) => order ?? []);
  return [
    ...orders
      .filter((order) => order < 1)
      .map((order) => ({ field: DEVICES, message: `must have a bootOrder of at least 1, got ${order}` })),
    ...repeated(orders.map(String)).map((order) => ({
      field: DEVICES,
      message: `must have unique values of bootOrder, got ${order} twice`,
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
        : [{ field: `${DEVICES}.interfaces[${index}].name`, message: `must be the name of a network, got ${JSON.stringify(name)}` }],
    ),
    ...list.flatMap(({ name }, index) =>
      interfaces.some((each) => each.name === name)
        ? []
        : [{ field: `${TEMPLATE}.networks[${index}].name`, message: `must be the name of an interface, got ${JSON.stringify(name)}` }],
    ),
    ...unique(
      `${DEVICES}.interfaces`,
      interfaces.map((each) => each.name),
    ),
    ...unique(
      `${TEMPLATE}.networks`,
      list.map((each) => each.name),
    ),
    ...(pods.length > 1 ? [{ field: `${TEMPLATE}.networks`, message: 'must have at most one pod network' }] : []),
    ...interfaces.flatMap((each, index) =>
      each.masquerade !== undefined && !pods.some((network) => network.name === each.name)
        ? [{ field: `${DEVICES}.interfaces[${index}].masquerade`, message: 'must be on the pod network' }]
        : [],
    ),
    ...interfaces.flatMap(({ model }, index) => oneOf(`${DEVICES}.interfaces[${index}].model`, model || undefined, MODELS)),
    ...interfaces.flatMap((each, index) => portProblems(each, `${DEVICES}.interfaces[${index}].ports`)),
  ];
}

function portProblems({ ports = [] }: Interface, field: string): FieldProblem[] {
  return [
    ...ports.flatMap(({ port, protocol = 'TCP' }, index) => [
      ...(port >= 1 && port <= 65_535 ? [] : [{ field: `${field}[${index}].port`, message: `must be from 1 to 65535, got ${port}` }]),
      ...(['TCP', 'UDP'].includes(protocol)
        ? []
        : [{ field: `${field}[${index}].protocol`, message: `must be TCP or UDP, got ${JSON.stringify(protocol)}` }]),
    ]),
    ...repeated(ports.flatMap(({ name }) => name ?? [])).map((name) => ({ field, message: `must have unique names, got ${name} twice` })),
  ];
}
