import { Construct } from 'constructs';
import {
  type VirtualMachineSpecTemplateSpecDomainDevicesDisks as Device,
  type VirtualMachineSpecTemplateSpecDomain as Domain,
  VirtualMachine as KubeVirtualMachine,
  type VirtualMachineSpecTemplateSpecReadinessProbe as Probe,
  VirtualMachineSpecTemplateSpecReadinessProbeHttpGetPort as ProbePort,
  type VirtualMachineSpecTemplateSpec as Spec,
  type VirtualMachineSpec as VmSpec,
  type VirtualMachineSpecTemplateSpecVolumes as Volume,
} from '../../imports/kubevirt.io';
import { DISK } from '../kubernetes/disk-names';
import { GROUP, labels, PAIR, USER_DATA_HASH } from '../kubernetes/labels';
import { dataVolumeName } from '../plan/names';
import { networkData } from '../plan/network-data';
import type { CredentialPlan, RolePlan, VmPlan } from '../plan/plan';
import { hasPod } from '../plan/pod-network';
import { BOOT_DISK_SIZE } from '../plan/root-disk';
import { annotated, type DataDisk, type DataDiskProps, dataDisk } from './data-disk';
import { architecture, machine, machineDevices, matchers } from './machine';
import { networkDevices, networks } from './networks';
import { PatchedVirtualMachine } from './patches';
import { placement } from './placement';

/** The part of a role's plan that its VMs are rendered from. */
export interface VirtualMachineRole
  extends Pick<
    RolePlan,
    | 'workload'
    | 'entry'
    | 'role'
    | 'namespace'
    | 'runId'
    | 'cpuCores'
    | 'memory'
    | 'machine'
    | 'drive'
    | 'networks'
    | 'networkMultiqueue'
    | 'labels'
    | 'annotations'
    | 'runStrategy'
    | 'evictionStrategy'
    | 'placement'
    | 'boot'
    | 'disks'
    | 'healthPort'
    | 'subdomain'
    | 'userDataSecret'
    | 'credential'
    | 'patches'
  > {
  /** The VMs that are measured together, by the value of their label. @default the VMs are not measured */
  readonly trials?: { readonly group: string };
  readonly guestDisk: CredentialPlan;
  readonly guest: {
    /** An existing Secret with public keys. @default none */
    readonly ssh?: { readonly existingSecret?: string };
  };
}

export interface VirtualMachineProps {
  /** What the VM has in common with the others of its role. */
  readonly role: VirtualMachineRole;
  /** What differs between the VMs of a role. */
  readonly vm: VmPlan;
  /** Changes when the user data does. */
  readonly userDataHash: string;
}

/** Seconds in which a guest shuts down: a database writes its data to disk; everything else needs less. */
const GRACE_SECONDS = 180;

/**
 * One VM. Fields for which KubeVirt would set a default are set: architecture, machine type, firmware, empty resources, canonical quantities.
 * So a second apply or a GitOps controller finds nothing to change.
 */
export class VirtualMachine extends Construct {
  /** @throws UserError with every patch of the role that cannot be applied */
  constructor(scope: Construct, id: string, props: VirtualMachineProps) {
    super(scope, id);
    const { metadata, spec: whole } = virtualMachine(props);
    const { vm, role } = props;
    const rendered = { metadata: { name: vm.name, namespace: role.namespace, ...metadata }, spec: whole };
    if (role.patches) new PatchedVirtualMachine(this, 'Default', rendered, role.patches);
    else new KubeVirtualMachine(this, 'Default', rendered);
  }
}

/** A VM, or all VMs of a pool: KubeVirt then appends an index to the names, and decides about hostname and UUID. */
type Named = Omit<VmPlan, 'uuid'> & Partial<Pick<VmPlan, 'uuid'>>;

/** The parts of a VirtualMachine that a pool has as a template. */
export function virtualMachine({ role, vm, userDataHash }: Omit<VirtualMachineProps, 'vm'> & { readonly vm: Named }) {
  const common = { ...role.labels, ...labels(role) };
  const own = {
    ...common,
    ...(role.trials ? { [GROUP]: role.trials.group } : {}),
    ...(vm.pair === undefined ? {} : { [PAIR]: vm.pair }),
  };
  const disks = disksOf(role, vm, { labels: common, annotations: role.annotations ?? {} });
  const templates = disks.flatMap((disk) => ('template' in disk ? [disk.template] : []));
  const whole: VmSpec = {
    runStrategy: role.runStrategy ?? 'Always',
    ...matchers(role),
    ...(templates.length > 0 ? { dataVolumeTemplates: templates } : {}),
    template: {
      metadata: { labels: own, ...annotated({ ...role.annotations, [USER_DATA_HASH]: userDataHash }) },
      spec: spec(role, vm, disks),
    },
  };
  return { metadata: { labels: own, ...annotated(role.annotations) }, spec: whole };
}

/** What the disks of a VM have in common with it. */
type Marks = Pick<DataDiskProps, 'labels' | 'annotations'>;

type Disk = DataDisk | { readonly volume: Volume; readonly device: Device };

function spec(role: VirtualMachineRole, vm: Named, disks: readonly Disk[]): Spec {
  return {
    ...architecture(role),
    ...(vm.uuid === undefined ? {} : { hostname: vm.name }),
    ...(role.subdomain === undefined ? {} : { subdomain: role.subdomain }),
    domain: domain(role, vm, disks),
    ...networks(role),
    volumes: disks.map((disk) => disk.volume),
    evictionStrategy: role.evictionStrategy ?? 'LiveMigrateIfPossible',
    terminationGracePeriodSeconds: GRACE_SECONDS,
    ...placement(role, vm.pair),
    ...(role.healthPort === 0 ? {} : { readinessProbe: readinessProbe(role) }),
    ...accessCredentials(role),
  };
}

function domain(role: VirtualMachineRole, vm: Named, disks: readonly Disk[]): Domain {
  return {
    ...machine(role, vm.uuid),
    devices: {
      disks: disks.map((disk) => disk.device),
      ...networkDevices(role, vm),
      ...machineDevices(role),
    },
  };
}

/** The order is part of the interface: overlays patch disks by their index. Root, cloud-init, data, credential, guest disk. */
function disksOf(role: VirtualMachineRole, vm: Named, own: Marks): Disk[] {
  return [
    rootDisk(role, vm, own),
    {
      volume: { name: DISK.cloudInit, cloudInitNoCloud: cloudInit(role, vm) },
      device: { name: DISK.cloudInit, disk: { bus: 'virtio' } },
    },
    ...role.disks.map((disk) =>
      dataDisk({ ...disk, ...role.drive, source: { blank: true }, dataVolume: dataVolumeName(disk.name, vm.name), ...own }),
    ),
    ...(role.credential ? [secretDisk(DISK.access, role.credential)] : []),
    secretDisk(DISK.guest, role.guestDisk),
  ];
}

/** The user data is the same for all VMs of a role; the network data, which is short, has the addresses of one. */
function cloudInit({ userDataSecret, networks: planned }: VirtualMachineRole, { cards }: Named) {
  const data = networkData(planned, cards);
  return { secretRef: { name: userDataSecret }, ...(data === undefined ? {} : { networkData: data }) };
}

/** KubeVirt creates a read-only image of the Secret when the VM starts. */
function secretDisk(name: string, { secret, serial }: CredentialPlan): Disk {
  return {
    volume: { name, secret: { secretName: secret } },
    device: { name, serial, disk: { bus: 'virtio', readonly: true } },
  };
}

function rootDisk({ boot, drive }: VirtualMachineRole, vm: Named, own: Marks): Disk {
  if (boot.kind === 'containerDisk') {
    return {
      volume: { name: DISK.container, containerDisk: containerDisk(boot) },
      device: { name: DISK.container, disk: { bus: 'virtio' } },
    };
  }
  const { kind: _, namespace, name, ...storage } = boot;
  return dataDisk({
    ...storage,
    ...drive,
    name: DISK.root,
    dataVolume: dataVolumeName(DISK.root, vm.name),
    size: BOOT_DISK_SIZE,
    source: { dataSource: { namespace, name } },
    ...own,
  });
}

function containerDisk({ image, pullPolicy, pullSecret }: RolePlan['boot'] & { readonly kind: 'containerDisk' }) {
  return {
    image,
    ...(pullPolicy === undefined ? {} : { imagePullPolicy: pullPolicy }),
    ...(pullSecret === undefined ? {} : { imagePullSecret: pullSecret }),
  };
}

/** Asks the guest whether its workload runs. The first boot installs packages, hence the initial delay. */
function readinessProbe(role: VirtualMachineRole): Probe {
  return {
    ...(hasPod(role)
      ? { httpGet: { path: '/healthz', port: ProbePort.fromNumber(role.healthPort), scheme: 'HTTP' } }
      : { exec: { command: ASK_HEALTH } }),
    initialDelaySeconds: 30,
    periodSeconds: 10,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

/** Run by the guest agent: the same script that answers on the health port. Without the agent, the probe fails. */
const ASK_HEALTH = [
  '/bin/bash',
  '-c',
  "printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' | /usr/local/bin/virtwork-health | { read -r _ status _; [[ $status == 200 ]]; }",
];

function accessCredentials({ guest }: VirtualMachineRole): Pick<Spec, 'accessCredentials'> {
  const secretName = guest.ssh?.existingSecret;
  if (secretName === undefined) return {};
  return { accessCredentials: [{ sshPublicKey: { source: { secret: { secretName } }, propagationMethod: { noCloud: {} } } }] };
}
