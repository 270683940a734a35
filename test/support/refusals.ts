/** Objects with an intended error, and the expected message. Tested with the offline checks and with a real API server. */

// biome-ignore lint/suspicious/noExplicitAny: objects are broken on purpose, against their type
export type Broken = any;
export type Damage = (object: Broken) => void;

/** The file that messages name for the objects. */
export const FILE = 'disk.yaml';
const VM = `${FILE}: VirtualMachine/virtwork-disk-0`;
const POOL = `${FILE}: VirtualMachinePool/virtwork-disk`;

const template = (vm: Broken) => vm.spec.template.spec;
const devices = (vm: Broken) => template(vm).domain.devices;

/** Errors that schemas find in the VM of disk: description, change of the object, messages. */
export const BAD_SHAPES: readonly [string, Damage, string[]][] = [
  [
    'a misspelt field',
    (vm) => {
      template(vm).domain.cpu.sokets = 1;
    },
    [`${VM}: unknown field "spec.template.spec.domain.cpu.sokets" (did you mean "sockets"?)`],
  ],
  [
    'a misspelt field of the metadata',
    (vm) => {
      vm.metadata.label = {};
    },
    [`${VM}: unknown field "metadata.label" (did you mean "labels"?)`],
  ],
  [
    'a misspelt field of the template',
    (vm) => {
      vm.spec.template.metadata.lables = {};
    },
    [`${VM}: unknown field "spec.template.metadata.lables" (did you mean "labels"?)`],
  ],
  [
    'a wrong type',
    (vm) => {
      template(vm).domain.cpu.sockets = 'two';
    },
    [`${VM}: spec.template.spec.domain.cpu.sockets must be integer, got "two"`],
  ],
  [
    'a number that is too large',
    (vm) => {
      template(vm).readinessProbe.periodSeconds = 2 ** 31;
    },
    [`${VM}: spec.template.spec.readinessProbe.periodSeconds must fit into 32 bits, got 2147483648`],
  ],
  [
    'a missing field',
    (vm) => {
      delete vm.spec.template;
    },
    [`${VM}: spec.template is required`],
  ],
  [
    'a list where a map belongs',
    (vm) => {
      template(vm).domain = [];
    },
    [`${VM}: spec.template.spec.domain must be object, got []`],
  ],
  [
    'a quantity that is none',
    (vm) => {
      template(vm).domain.memory.guest = '2GB';
    },
    [expect.stringMatching(/memory\.guest must be a quantity such as .*, got "2GB"$/) as unknown as string],
  ],
  [
    'all faults at once',
    (vm) => {
      template(vm).hostnaem = 'x';
      template(vm).domain.cpu.cores = '1';
    },
    [
      `${VM}: spec.template.spec.domain.cpu.cores must be integer, got "1"`,
      `${VM}: unknown field "spec.template.spec.hostnaem" (did you mean "hostname"?)`,
    ],
  ],
];

/** Errors that rules find in the VM of disk. */
export const BAD_VMS: readonly [string, Damage, string[]][] = [
  [
    'a name with a dot',
    (vm) => {
      vm.metadata.name = 'a.b';
    },
    [`${FILE}: VirtualMachine/a.b: metadata.name must be a DNS label of at most 63 characters, got "a.b"`],
  ],
  [
    'an annotation key with a blank',
    (vm) => {
      vm.metadata.annotations = { 'a b': 'c' };
    },
    [`${VM}: metadata.annotations must have valid keys, got "a b"`],
  ],
  [
    'an annotation key with a blank in a template',
    (vm) => {
      vm.spec.template.metadata.annotations['a b'] = 'c';
    },
    [`${VM}: spec.template.metadata.annotations must have valid keys, got "a b"`],
  ],
  [
    'a label value with a blank',
    (vm) => {
      vm.metadata.labels.team = 'a b';
    },
    [`${VM}: metadata.labels.team must be a label value of at most 63 characters, got "a b"`],
  ],
  [
    'a disk without a volume',
    (vm) => {
      devices(vm).disks[0].name = 'other';
    },
    [
      `${VM}: spec.template.spec.domain.devices.disks[0].name must be the name of a volume, got "other"`,
      `${VM}: spec.template.spec.volumes[0].name must be the name of a disk or filesystem, got "containerdisk"`,
    ],
  ],
  [
    'two disks of one name',
    (vm) => {
      devices(vm).disks.push({ name: 'data', disk: {} });
    },
    [`${VM}: spec.template.spec.domain.devices.disks must have unique names, got data twice`],
  ],
  [
    'a bus that there is not',
    (vm) => {
      devices(vm).disks[0].disk.bus = 'ide';
    },
    [`${VM}: spec.template.spec.domain.devices.disks[0].disk.bus must be one of virtio, scsi, sata, usb, got "ide"`],
  ],
  [
    'a serial of more than 20 characters',
    (vm) => {
      devices(vm).disks[2].serial = 'x'.repeat(21);
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].serial must be 1 to 20 letters, digits and hyphens, got "${'x'.repeat(21)}"`],
  ],
  [
    'the same serial twice',
    (vm) => {
      devices(vm).disks[0].serial = devices(vm).disks[2].serial;
    },
    [`${VM}: spec.template.spec.domain.devices.disks must have unique serials, got virtwork-disk twice`],
  ],
  [
    'an unknown error policy',
    (vm) => {
      devices(vm).disks[2].errorPolicy = 'retry';
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].errorPolicy must be one of stop, ignore, report, enospace, got "retry"`],
  ],
  [
    'a boot order of nothing',
    (vm) => {
      devices(vm).disks[0].bootOrder = 0;
    },
    [`${VM}: spec.template.spec.domain.devices must have a bootOrder of at least 1, got 0`],
  ],
  [
    'two equal boot orders',
    (vm) => {
      devices(vm).disks[0].bootOrder = 1;
      devices(vm).disks[1].bootOrder = 1;
    },
    [`${VM}: spec.template.spec.domain.devices must have unique values of bootOrder, got 1 twice`],
  ],
  [
    'a data volume that nobody uses',
    (vm) => {
      template(vm).volumes[2].dataVolume.name = 'other';
    },
    [`${VM}: spec.dataVolumeTemplates[0].metadata.name must be used by a volume, got "data-virtwork-disk-0"`],
  ],
  [
    'a data volume elsewhere',
    (vm) => {
      vm.spec.dataVolumeTemplates[0].metadata.namespace = 'other';
    },
    [`${VM}: spec.dataVolumeTemplates[0].metadata.namespace must be that of the VM, got "other"`],
  ],
  [
    'a data volume with two ways to its storage',
    (vm) => {
      vm.spec.dataVolumeTemplates[0].spec.pvc = {};
    },
    [`${VM}: spec.dataVolumeTemplates[0].spec must have exactly one of pvc, storage, got pvc, storage`],
  ],
  [
    'a data volume without a source',
    (vm) => {
      delete vm.spec.dataVolumeTemplates[0].spec.source;
    },
    [`${VM}: spec.dataVolumeTemplates[0].spec must have exactly one of source, sourceRef, got none`],
  ],
  [
    'an interface without a network',
    (vm) => {
      devices(vm).interfaces[0].name = 'other';
    },
    [
      `${VM}: spec.template.spec.domain.devices.interfaces[0].name must be the name of a network, got "other"`,
      `${VM}: spec.template.spec.networks[0].name must be the name of an interface, got "default"`,
      `${VM}: spec.template.spec.domain.devices.interfaces[0].masquerade must be on the pod network`,
    ],
  ],
  [
    'an interface with two bindings',
    (vm) => {
      devices(vm).interfaces[0].bridge = {};
    },
    [
      `${VM}: spec.template.spec.domain.devices.interfaces[0] must have exactly one of masquerade, bridge, sriov, binding, got masquerade, bridge`,
    ],
  ],
  [
    'an interface without a binding',
    (vm) => {
      delete devices(vm).interfaces[0].masquerade;
    },
    [`${VM}: spec.template.spec.domain.devices.interfaces[0] must have exactly one of masquerade, bridge, sriov, binding, got none`],
  ],
  [
    'a MAC address that is too short',
    (vm) => {
      devices(vm).interfaces[0].macAddress = '02:00:00:00:01';
    },
    [`${VM}: spec.template.spec.domain.devices.interfaces[0].macAddress must be a MAC address of 6 bytes, got "02:00:00:00:01"`],
  ],
  [
    "the MAC address of KubeVirt's bridge",
    (vm) => {
      devices(vm).interfaces[0].macAddress = '02:00:00:00:00:00';
    },
    [`${VM}: spec.template.spec.domain.devices.interfaces[0].macAddress must not be the address of the bridge of KubeVirt`],
  ],
  [
    'a network with a dot in its name',
    (vm) => {
      template(vm).networks.push({ name: 'a.b', multus: { networkName: 'lab' } });
      devices(vm).interfaces.push({ name: 'a.b', bridge: {} });
    },
    [`${VM}: spec.template.spec.domain.devices.interfaces[1].name must have only letters, digits, hyphens and underscores, got "a.b"`],
  ],
  [
    'two pod networks',
    (vm) => {
      template(vm).networks.push({ name: 'b', pod: {} });
      devices(vm).interfaces.push({ name: 'b', bridge: {} });
    },
    [`${VM}: spec.template.spec.networks must have at most one pod network`],
  ],
  [
    'a port that there is not',
    (vm) => {
      devices(vm).interfaces[0].ports = [{ port: 0 }];
    },
    [`${VM}: spec.template.spec.domain.devices.interfaces[0].ports[0].port must be from 1 to 65535, got 0`],
  ],
  [
    'a probe with two handlers',
    (vm) => {
      template(vm).readinessProbe.tcpSocket = { port: 1 };
    },
    [`${VM}: spec.template.spec.readinessProbe must have exactly one of httpGet, tcpSocket, exec, guestAgentPing, got httpGet, tcpSocket`],
  ],
  [
    'a host name with a dot',
    (vm) => {
      template(vm).hostname = 'a.b';
    },
    [`${VM}: spec.template.spec.hostname must be a DNS label of at most 63 characters, got "a.b"`],
  ],
  [
    "one of KubeVirt's own labels",
    (vm) => {
      vm.spec.template.metadata.labels['kubevirt.io/nodeName'] = 'x';
    },
    [`${VM}: spec.template.metadata.labels must not have the label kubevirt.io/nodeName, which KubeVirt reserves`],
  ],
  [
    'no memory',
    (vm) => {
      delete template(vm).domain.memory;
    },
    [`${VM}: spec.template.spec.domain.memory.guest is required: a VM needs memory`],
  ],
  [
    'guest memory above its limit',
    (vm) => {
      template(vm).domain.resources = { limits: { memory: '1Gi' } };
    },
    [`${VM}: spec.template.spec.domain.memory.guest must be at most the limit, got 2Gi of 1Gi`],
  ],
  [
    'more sockets than the most',
    (vm) => {
      template(vm).domain.cpu.maxSockets = 1;
    },
    [`${VM}: spec.template.spec.domain.cpu.sockets must be at most maxSockets, got 2 of 1`],
  ],
  [
    'user data from two places',
    (vm) => {
      template(vm).volumes[1].cloudInitNoCloud.userData = 'x';
    },
    [
      `${VM}: spec.template.spec.volumes[1].cloudInitNoCloud must have exactly one of secretRef, userData, userDataBase64, got secretRef, userData`,
    ],
  ],
  [
    'a guest disk of no Secret',
    (vm) => {
      template(vm).volumes.at(-1).secret.secretName = '';
    },
    [`${VM}: spec.template.spec.volumes[3].secret.secretName is required`],
  ],
  [
    'too much user data inline',
    (vm) => {
      template(vm).volumes[1].cloudInitNoCloud = { userData: 'x'.repeat(2049) };
    },
    [`${VM}: spec.template.spec.volumes[1].cloudInitNoCloud must have at most 2048 bytes inline, got 2049 (use secretRef)`],
  ],
  [
    'two service accounts',
    (vm) => {
      for (const name of ['a', 'b']) {
        template(vm).volumes.push({ name, serviceAccount: {} });
        devices(vm).disks.push({ name, disk: {} });
      }
    },
    [`${VM}: spec.template.spec.volumes must have at most one serviceAccount, got 2`],
  ],
  [
    'running beside runStrategy',
    (vm) => {
      vm.spec.running = true;
    },
    [`${VM}: spec.runStrategy must not be set together with running`],
  ],
  [
    'neither of them',
    (vm) => {
      delete vm.spec.runStrategy;
    },
    [`${VM}: spec.runStrategy is required`],
  ],
  [
    'a run strategy that there is not',
    (vm) => {
      vm.spec.runStrategy = 'Alwyas';
    },
    [`${VM}: spec.runStrategy must be one of Always, Halted, Manual, RerunOnFailure, Once, got "Alwyas"`],
  ],
  [
    'an eviction strategy that there is not',
    (vm) => {
      template(vm).evictionStrategy = 'Evict';
    },
    [`${VM}: spec.template.spec.evictionStrategy must be one of None, LiveMigrate, LiveMigrateIfPossible, External, got "Evict"`],
  ],
  [
    'an empty template',
    (vm) => {
      delete vm.spec.template.spec;
    },
    [`${VM}: spec.template.spec is required`],
  ],
  [
    'nothing in the place of a data volume',
    (vm) => {
      vm.spec.dataVolumeTemplates[0] = null;
    },
    [`${VM}: spec.dataVolumeTemplates[0] must be object, got null`],
  ],
  [
    'a volume without a source',
    (vm) => {
      delete template(vm).volumes[0].containerDisk;
    },
    [`${VM}: spec.template.spec.volumes[0] must have exactly one source, got none`],
  ],
  [
    'a volume with two sources',
    (vm) => {
      template(vm).volumes[0].emptyDisk = { capacity: '1Gi' };
    },
    [`${VM}: spec.template.spec.volumes[0] must have exactly one source, got containerDisk, emptyDisk`],
  ],
  [
    'a network that is two',
    (vm) => {
      template(vm).networks[0].multus = { networkName: 'lab' };
    },
    [`${VM}: spec.template.spec.networks[0] must have exactly one source, got pod, multus`],
  ],
  [
    'two networks of one name',
    (vm) => {
      template(vm).networks.push({ name: 'default', multus: { networkName: 'lab' } });
    },
    [`${VM}: spec.template.spec.networks must have unique names, got default twice`],
  ],
  [
    'a data volume that is filled with nothing at all',
    (vm) => {
      vm.spec.dataVolumeTemplates[0].spec.source = {};
    },
    [`${VM}: spec.dataVolumeTemplates[0].spec.source must have exactly one source, got none`],
  ],
  [
    'a disk of two kinds',
    (vm) => {
      devices(vm).disks[0].cdrom = {};
    },
    [`${VM}: spec.template.spec.domain.devices.disks[0] must be one of disk, cdrom, lun, got disk, cdrom`],
  ],
  [
    'a CD-ROM on virtio',
    (vm) => {
      devices(vm).disks[0] = { name: 'containerdisk', cdrom: { bus: 'virtio' } };
    },
    [`${VM}: spec.template.spec.domain.devices.disks[0].cdrom.bus must be one of scsi, sata, usb, got "virtio"`],
  ],
  [
    'an interface that boots before a disk does',
    (vm) => {
      devices(vm).disks[0].bootOrder = 1;
      devices(vm).interfaces[0].bootOrder = 1;
    },
    [`${VM}: spec.template.spec.domain.devices must have unique values of bootOrder, got 1 twice`],
  ],
  [
    'a probe that cannot reach its guest',
    (vm) => {
      template(vm).networks[0] = { name: 'default', multus: { networkName: 'lab' } };
      devices(vm).interfaces[0] = { name: 'default', bridge: {} };
    },
    [`${VM}: spec.template.spec.readinessProbe must not connect to the guest without a pod network`],
  ],
  [
    'a negative amount of memory',
    (vm) => {
      template(vm).domain.memory.guest = '-1Gi';
    },
    [`${VM}: spec.template.spec.domain.memory.guest must be a number of bytes above 0, got "-1Gi"`],
  ],
  [
    'a request above its limit',
    (vm) => {
      template(vm).domain.resources = { requests: { memory: '3Gi' }, limits: { memory: '2Gi' } };
    },
    [`${VM}: spec.template.spec.domain.resources.requests.memory must be at most the limit, got 3Gi of 2Gi`],
  ],
  [
    'too much network data inline',
    (vm) => {
      template(vm).volumes[1].cloudInitNoCloud.networkData = 'x'.repeat(2049);
    },
    [`${VM}: spec.template.spec.volumes[1].cloudInitNoCloud must have at most 2048 bytes inline, got 2049 (use networkDataSecretRef)`],
  ],
  [
    'keys without cloud-init',
    (vm) => {
      template(vm).volumes.splice(1, 1);
      devices(vm).disks.splice(1, 1);
      template(vm).accessCredentials = [
        { sshPublicKey: { source: { secret: { secretName: 'keys' } }, propagationMethod: { noCloud: {} } } },
      ];
    },
    [`${VM}: spec.template.spec.accessCredentials[0] needs a cloudInitNoCloud volume in the same VM`],
  ],
  [
    'a template without metadata, said so',
    (vm) => {
      vm.spec.template.metadata = null;
    },
    [`${VM}: spec.template.metadata must be object, got null`],
  ],
  [
    'another architecture',
    (vm) => {
      template(vm).architecture = 'amd46';
    },
    [`${VM}: spec.template.spec.architecture must be one of amd64, arm64, s390x, got "amd46"`],
  ],
  [
    'an emulator thread apart from shared CPUs',
    (vm) => {
      template(vm).domain.cpu.isolateEmulatorThread = true;
    },
    [`${VM}: spec.template.spec.domain.cpu.isolateEmulatorThread needs dedicatedCpuPlacement: true`],
  ],
  [
    'NUMA nodes without CPUs and pages of their own',
    (vm) => {
      template(vm).domain.cpu.numa = { guestMappingPassthrough: {} };
    },
    [
      `${VM}: spec.template.spec.domain.cpu.numa.guestMappingPassthrough needs dedicatedCpuPlacement: true`,
      `${VM}: spec.template.spec.domain.cpu.numa.guestMappingPassthrough needs memory.hugepages`,
    ],
  ],
  [
    'too many threads for dedicated CPUs',
    (vm) => {
      Object.assign(template(vm).domain.cpu, { dedicatedCpuPlacement: true, threads: 4 });
    },
    [`${VM}: spec.template.spec.domain.cpu.threads must be at most 2 with dedicatedCpuPlacement, got 4`],
  ],
  [
    'dedicated CPUs whose requests differ from the limits',
    (vm) => {
      template(vm).domain.cpu.dedicatedCpuPlacement = true;
      template(vm).domain.resources = { requests: { memory: '2Gi' }, limits: { memory: '3Gi' } };
    },
    [`${VM}: spec.template.spec.domain.resources.requests.memory must be the limit with dedicatedCpuPlacement`],
  ],
  [
    'dedicated CPUs whose limit is another number',
    (vm) => {
      template(vm).domain.cpu.dedicatedCpuPlacement = true;
      template(vm).domain.resources = { limits: { cpu: '3' } };
    },
    [`${VM}: spec.template.spec.domain.resources.limits.cpu must be the number of CPUs with dedicatedCpuPlacement`],
  ],
  [
    'a request above the limit',
    (vm) => {
      template(vm).domain.resources = { requests: { cpu: '3' }, limits: { cpu: '2500m' } };
    },
    [`${VM}: spec.template.spec.domain.resources.requests.cpu must be at most the limit 2500m, got "3"`],
  ],
  [
    'pages that do not divide the memory',
    (vm) => {
      template(vm).domain.memory.hugepages = { pageSize: '1536Mi' };
    },
    [`${VM}: spec.template.spec.domain.memory.hugepages.pageSize must divide the memory 2Gi, got "1536Mi"`],
  ],
  [
    'secure boot without SMM',
    (vm) => {
      template(vm).domain.firmware.bootloader = { efi: { secureBoot: true } };
    },
    [`${VM}: spec.template.spec.domain.firmware.bootloader.efi.secureBoot needs features.smm`],
  ],
  [
    'two bootloaders',
    (vm) => {
      template(vm).domain.firmware.bootloader = { bios: {}, efi: { secureBoot: false } };
    },
    [`${VM}: spec.template.spec.domain.firmware.bootloader must have only one of bios and efi`],
  ],
  [
    'a cache mode that there is not',
    (vm) => {
      devices(vm).disks[2].cache = 'unsafe';
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].cache must be one of none, writethrough, writeback, got "unsafe"`],
  ],
  [
    'an I/O mode that there is not',
    (vm) => {
      devices(vm).disks[2].io = 'io_uring';
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].io must be one of native, threads, got "io_uring"`],
  ],
  [
    'a thread of a disk that is not virtio',
    (vm) => {
      devices(vm).disks[2].dedicatedIOThread = true;
      devices(vm).disks[2].disk.bus = 'scsi';
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].dedicatedIOThread needs the bus virtio`],
  ],
  [
    'a SATA disk that is read-only',
    (vm) => {
      devices(vm).disks[2].disk = { bus: 'sata', readonly: true };
    },
    [`${VM}: spec.template.spec.domain.devices.disks[2].disk.readonly must not be set together with the bus sata`],
  ],
  [
    'a policy of I/O threads that there is not',
    (vm) => {
      template(vm).domain.ioThreadsPolicy = 'many';
    },
    [`${VM}: spec.template.spec.domain.ioThreadsPolicy must be one of shared, auto, supplementalPool, got "many"`],
  ],
  [
    'a pool of no threads',
    (vm) => {
      template(vm).domain.ioThreadsPolicy = 'supplementalPool';
    },
    [`${VM}: spec.template.spec.domain.ioThreads.supplementalPoolThreadCount must be at least 1 with the policy supplementalPool`],
  ],
  [
    'a machine that there is not',
    (vm) => {
      template(vm).domain.machine.type = 'i440fx';
    },
    [`${VM}: spec.template.spec.domain.machine.type must begin with q35 or pc-q35, got "i440fx"`],
  ],
  [
    'fewer than no cores',
    (vm) => {
      template(vm).domain.cpu.cores = -1;
    },
    [`${VM}: spec.template.spec.domain.cpu.cores must be at least 0, got -1`],
  ],
  [
    'a network card that there is not',
    (vm) => {
      devices(vm).interfaces[0].model = 'virtoi';
    },
    [
      `${VM}: spec.template.spec.domain.devices.interfaces[0].model must be one of e1000, e1000e, igb, ne2k_pci, pcnet, rtl8139, virtio, got "virtoi"`,
    ],
  ],
  [
    'a probe that asks in no known way',
    (vm) => {
      template(vm).readinessProbe.httpGet.scheme = 'http';
    },
    [`${VM}: spec.template.spec.readinessProbe.httpGet.scheme must be one of HTTP, HTTPS, got "http"`],
  ],
  [
    'a probe beyond the last port',
    (vm) => {
      template(vm).readinessProbe.httpGet.port = 2 ** 31;
    },
    [`${VM}: spec.template.spec.readinessProbe.httpGet.port must be from 1 to 65535, got 2147483648`],
  ],
  [
    'an unknown start strategy',
    (vm) => {
      template(vm).startStrategy = 'paused';
    },
    [`${VM}: spec.template.spec.startStrategy must be one of Paused, got "paused"`],
  ],
  [
    'a liveness probe of a VM that starts paused',
    (vm) => {
      Object.assign(template(vm), { startStrategy: 'Paused', livenessProbe: { tcpSocket: { port: 22 } } });
    },
    [`${VM}: spec.template.spec.livenessProbe must not be set together with startStrategy: Paused`],
  ],
  [
    'a secret without a name',
    (vm) => {
      template(vm).volumes[1].cloudInitNoCloud.secretRef = {};
    },
    [`${VM}: spec.template.spec.volumes[1].cloudInitNoCloud.secretRef.name is required`],
  ],
  [
    'a spread that nothing could keep to',
    (vm) => {
      const [first] = template(vm).topologySpreadConstraints;
      Object.assign(first, { maxSkew: 0, topologyKey: 'a b', whenUnsatisfiable: 'Never', labelSelector: { matchLabels: { team: 'a b' } } });
    },
    [
      `${VM}: spec.template.spec.topologySpreadConstraints[0].maxSkew must be at least 1, got 0`,
      `${VM}: spec.template.spec.topologySpreadConstraints[0].topologyKey must be a label key, got "a b"`,
      `${VM}: spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable must be one of DoNotSchedule, ScheduleAnyway, got "Never"`,
      `${VM}: spec.template.spec.topologySpreadConstraints[0].labelSelector.matchLabels.team must be a label value of at most 63 characters, got "a b"`,
    ],
  ],
  [
    'the same spread twice',
    (vm) => {
      template(vm).topologySpreadConstraints.push(template(vm).topologySpreadConstraints[0]);
    },
    [
      `${VM}: spec.template.spec.topologySpreadConstraints[1] must differ from the others in topologyKey or whenUnsatisfiable, got kubernetes.io/hostname ScheduleAnyway twice`,
    ],
  ],
  [
    'an affinity of no weight, to nowhere',
    (vm) => {
      const podAffinityTerm = { topologyKey: '', labelSelector: { matchLabels: { team: 'a b' } } };
      template(vm).affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm }] } };
    },
    [
      `${VM}: spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight must be from 1 to 100, got 0`,
      `${VM}: spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey must be a label key, got ""`,
      `${VM}: spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector.matchLabels.team must be a label value of at most 63 characters, got "a b"`,
    ],
  ],
  [
    'no name',
    (vm) => {
      delete vm.metadata.name;
    },
    [`${FILE}: VirtualMachine/undefined: metadata.name is required`],
  ],
];

/** Adds a volume and its disk to the VM. */
function withDisk(vm: Broken, volume: object, disk: object): void {
  template(vm).volumes.push({ name: 'more', ...volume });
  devices(vm).disks.push({ name: 'more', ...disk });
}

/** What users add to the VM of disk with patches, and KubeVirt accepts: description, change of the object. */
export const GOOD_VMS: readonly [string, Damage][] = [
  ['a CD-ROM', (vm) => withDisk(vm, { containerDisk: { image: 'a/b:c' } }, { cdrom: { bus: 'sata', readonly: true } })],
  ['an empty disk', (vm) => withDisk(vm, { emptyDisk: { capacity: '1Gi' } }, { disk: { bus: 'sata' } })],
  [
    'a ConfigMap as a disk',
    (vm) => withDisk(vm, { configMap: { name: 'a', volumeLabel: 'cfg' } }, { disk: {}, serial: 'CVLY623300HK240D' }),
  ],
  ['a shared claim', (vm) => withDisk(vm, { persistentVolumeClaim: { claimName: 'a' } }, { disk: {}, shareable: true, cache: 'none' })],
  ['a LUN', (vm) => withDisk(vm, { persistentVolumeClaim: { claimName: 'a' } }, { lun: { bus: 'scsi' } })],
  [
    'a disk with its own block size',
    (vm) =>
      withDisk(
        vm,
        { persistentVolumeClaim: { claimName: 'a' } },
        {
          disk: { bus: 'virtio' },
          blockSize: { custom: { logical: 512, physical: 4096 } },
          bootOrder: 5,
          io: 'threads',
          errorPolicy: 'report',
        },
      ),
  ],
  ['an ephemeral claim', (vm) => withDisk(vm, { ephemeral: { persistentVolumeClaim: { claimName: 'a' } } }, { disk: { bus: 'virtio' } })],
  ['a token of a ServiceAccount', (vm) => withDisk(vm, { serviceAccount: { serviceAccountName: 'default' } }, { disk: {} })],
  [
    'devices',
    (vm) =>
      Object.assign(devices(vm), {
        watchdog: { name: 'dog', i6300esb: { action: 'poweroff' } },
        inputs: [{ name: 'tablet', type: 'tablet', bus: 'usb' }],
        sound: { name: 'sound', model: 'ich9' },
        clientPassthrough: {},
        autoattachGraphicsDevice: false,
        logSerialConsole: false,
      }),
  ],
  [
    'features of the machine',
    (vm) =>
      Object.assign(template(vm).domain, {
        clock: { utc: {}, timer: { hpet: { present: false }, pit: { tickPolicy: 'delay' }, rtc: { tickPolicy: 'catchup' } } },
        chassis: { manufacturer: 'a', asset: 'b' },
        features: { acpi: {}, apic: {}, kvm: { hidden: true }, hyperv: { relaxed: {}, spinlocks: { spinlocks: 8191 } } },
      }),
  ],
  [
    'what a pod has too',
    (vm) =>
      Object.assign(template(vm), {
        livenessProbe: { tcpSocket: { port: 22 }, initialDelaySeconds: 120 },
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['192.0.2.53'], searches: ['a.b'] },
      }),
  ],
  ['a start in the state paused', (vm) => Object.assign(template(vm), { startStrategy: 'Paused' })],
  [
    'options of an interface',
    (vm) =>
      Object.assign(devices(vm).interfaces[0], {
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
        dhcpOptions: { bootFileName: 'a', ntpServers: ['192.0.2.1'], privateOptions: [{ option: 240, value: 'x' }] },
        acpiIndex: 101,
      }),
  ],
];

/** The same, which KubeVirt accepts only with a feature gate, or on a running VM. */
export const GOOD_WITH_GATES: readonly [string, Damage][] = [
  [
    'a file system of a ConfigMap',
    (vm) => {
      template(vm).volumes.push({ name: 'more', configMap: { name: 'a' } });
      devices(vm).filesystems = [{ name: 'more', virtiofs: {} }];
    },
  ],
  ['a memory dump', (vm) => template(vm).volumes.push({ name: 'more', memoryDump: { claimName: 'a' } })],
  ['a host device', (vm) => Object.assign(devices(vm), { hostDevices: [{ name: 'a', deviceName: 'devices.kubevirt.io/nvme' }] })],
];

/** Errors in the pool of disk with 11 VMs. */
export const BAD_POOLS: readonly [string, Damage, string[]][] = [
  [
    'a selector that its own VMs do not match',
    (pool) => {
      pool.spec.selector.matchLabels.team = 'a';
    },
    [
      `${POOL}: spec.selector.matchLabels must be labels of spec.virtualMachineTemplate.metadata, got {"virtwork/workload":"disk","team":"a"}`,
    ],
  ],
  [
    'two update strategies',
    (pool) => {
      pool.spec.updateStrategy.proactive = {};
    },
    [`${POOL}: spec.updateStrategy must have at most one strategy, got opportunistic, proactive`],
  ],
  [
    'two scale-in strategies',
    (pool) => {
      pool.spec.scaleInStrategy.opportunistic = {};
    },
    [`${POOL}: spec.scaleInStrategy must have at most one strategy, got proactive, opportunistic`],
  ],
  [
    'no VM that may be unavailable',
    (pool) => {
      pool.spec.maxUnavailable = 0;
    },
    [`${POOL}: spec.maxUnavailable must be at least 1, or from 1% to 100%, got 0`],
  ],
  [
    'a share above all VMs',
    (pool) => {
      pool.spec.maxUnavailable = '101%';
    },
    [`${POOL}: spec.maxUnavailable must be at least 1, or from 1% to 100%, got "101%"`],
  ],
  [
    'a misspelt field of a VM',
    (pool) => {
      pool.spec.virtualMachineTemplate.spec.template.spec.hostName = 'a';
    },
    [`${POOL}: unknown field "spec.virtualMachineTemplate.spec.template.spec.hostName" (did you mean "hostname"?)`],
  ],
  [
    'a rule that a VM breaks',
    (pool) => {
      pool.spec.virtualMachineTemplate.spec.template.spec.domain.cpu.maxSockets = 1;
    },
    [`${POOL}: spec.virtualMachineTemplate.spec.template.spec.domain.cpu.sockets must be at most maxSockets, got 2 of 1`],
  ],
  [
    'a data volume that no volume uses',
    (pool) => {
      pool.spec.virtualMachineTemplate.spec.dataVolumeTemplates[0].metadata.name = 'other';
    },
    [`${POOL}: spec.virtualMachineTemplate.spec.dataVolumeTemplates[0].metadata.name must be used by a volume, got "other-10"`],
  ],
  [
    'a negative number of VMs',
    (pool) => {
      pool.spec.replicas = -1;
    },
    [`${POOL}: spec.replicas must be at least 0, got -1`],
  ],
  [
    'no VM in its template',
    (pool) => {
      delete pool.spec.virtualMachineTemplate.spec;
    },
    [`${POOL}: spec.virtualMachineTemplate.spec is required`],
  ],
  [
    'an index that makes the name of a VM too long',
    (pool) => {
      pool.metadata.name = `disk-${'a'.repeat(56)}`;
    },
    [
      `${FILE}: VirtualMachinePool/disk-${'a'.repeat(56)}: metadata.name must be a DNS label of at most 63 characters, got "disk-${'a'.repeat(56)}-10"`,
    ],
  ],
];

/** Errors in objects of other kinds, all of network. The kind comes first. */
export const BAD_OTHERS: readonly [string, string, Damage, string[]][] = [
  [
    'Secret',
    'more than fits into one',
    (secret) => {
      secret.stringData.userdata = 'x'.repeat(1024 * 1024 + 1);
    },
    [expect.stringMatching(/stringData must have at most 1048576 bytes, got 1048577/) as unknown as string],
  ],
  [
    'Secret',
    'a misspelt field',
    (secret) => {
      secret.stringdata = {};
    },
    [`${FILE}: Secret/virtwork-network-client-cloudinit: unknown field "stringdata" (did you mean "stringData"?)`],
  ],
  [
    'Service',
    'no port',
    (service) => {
      service.spec.ports = [];
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec.ports must have at least one port`],
  ],
  [
    'Service',
    'an empty selector',
    (service) => {
      service.spec.selector = {};
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec.selector must have at least one label`],
  ],
  [
    'Service',
    'a port twice',
    (service) => {
      service.spec.ports.push({ ...service.spec.ports[0], name: 'b' });
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec.ports must have unique ports, got 5201/TCP twice`],
  ],
  [
    'Service',
    'no spec',
    (service) => {
      delete service.spec;
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec is required`],
  ],
  [
    'Service',
    'a selector that no label matches',
    (service) => {
      service.spec.selector.team = 'a b';
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec.selector.team must be a label value of at most 63 characters, got "a b"`],
  ],
  [
    'Service',
    'a port name that is too long',
    (service) => {
      service.spec.ports[0].name = 'a'.repeat(64);
    },
    [
      `${FILE}: Service/virtwork-iperf3-server: spec.ports must have names that are DNS labels of at most 63 characters, got "${'a'.repeat(64)}"`,
    ],
  ],
  [
    'Service',
    'a port name twice',
    (service) => {
      service.spec.ports.push({ ...service.spec.ports[0], port: 9 });
    },
    [`${FILE}: Service/virtwork-iperf3-server: spec.ports must have unique names, got iperf3 twice`],
  ],
  [
    'Secret',
    'a key that is no file name',
    (secret) => {
      secret.stringData['user data'] = 'x';
    },
    [`${FILE}: Secret/virtwork-network-client-cloudinit: stringData must have keys of letters, digits, - _ and ., got "user data"`],
  ],
];
