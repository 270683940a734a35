import { Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { VirtualMachine } from '../../src/constructs/virtual-machine';
import type { RolePlan, VmPlan } from '../../src/plan/plan';

const ROLE: RolePlan = {
  workload: 'w',
  role: 'server',
  namespace: 'ns',
  runId: 'run',
  vms: [],
  signals: [],
  cpuCores: 3,
  memory: '1536Mi',
  guestDisk: { secret: 'virtwork-guest', serial: 'virtwork-guest', files: [] },
  boot: { kind: 'dataSource', namespace: 'images', name: 'rhel9' },
  disks: [
    {
      name: 'data',
      size: '5Gi',
      serial: 'vw-data',
      mount: '/mnt/data',
      below: [],
      filesystem: 'xfs',
      storageClass: 'fast',
      accessModes: ['ReadWriteMany'],
      volumeMode: 'Block',
    },
  ],
  healthPort: 9000,
  subdomain: 'virtwork-w-peers',
  userDataSecret: 'virtwork-w-server-cloudinit',
  guest: {
    os: 'rhel',
    packages: [],
    units: [],
    files: [],
    params: {},
    ssh: { user: 'virtwork', authorizedKeys: [], existingSecret: 'keys' },
  },
};
const VM: VmPlan = { name: 'virtwork-w-server-0', uuid: '00000000-0000-5000-8000-000000000000', pair: 'w-0' };

interface Labelled {
  readonly metadata: { readonly labels: { readonly [key: string]: string } };
}

interface KubeVirtVm extends Labelled {
  readonly spec: {
    readonly dataVolumeTemplates: readonly Labelled[];
    readonly template: Labelled & {
      readonly spec: { readonly domain: { readonly devices: { readonly disks: readonly { readonly name: string }[] } } };
    };
  };
}

function synth(role: RolePlan, vm: VmPlan): unknown[] {
  const chart = Testing.chart();
  new VirtualMachine(chart, 'vm', { role, vm, userDataHash: 'abc' });
  return Testing.synth(chart);
}

const LABELS = `
    app.kubernetes.io/component: w
    app.kubernetes.io/managed-by: virtwork
    app.kubernetes.io/name: virtwork-w
    app.kubernetes.io/part-of: virtwork
    managed-by: virtwork
    virtwork/role: server
    virtwork/run-id: run
    virtwork/workload: w
    virtwork/entry: w`;

test('a VM with all properties of a plan', () => {
  expect(synth(ROLE, VM)).toEqual([
    load(`
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: virtwork-w-server-0
  namespace: ns
  labels: &own
    virtwork/pair: w-0${LABELS}
spec:
  runStrategy: Always
  dataVolumeTemplates:
    - metadata:
        name: rootdisk-virtwork-w-server-0
        labels: &role ${LABELS.replaceAll('\n    ', '\n          ')}
      spec:
        sourceRef: {kind: DataSource, namespace: images, name: rhel9}
        storage: {resources: {requests: {storage: 30Gi}}}
    - metadata:
        name: data-virtwork-w-server-0
        labels: *role
      spec:
        source: {blank: {}}
        storage:
          resources: {requests: {storage: 5Gi}}
          storageClassName: fast
          accessModes: [ReadWriteMany]
          volumeMode: Block
  template:
    metadata:
      labels: *own
      annotations: {virtwork/user-data-hash: abc}
    spec:
      architecture: amd64
      hostname: virtwork-w-server-0
      subdomain: virtwork-w-peers
      evictionStrategy: LiveMigrateIfPossible
      terminationGracePeriodSeconds: 180
      domain:
        cpu: {sockets: 3, cores: 1, threads: 1, maxSockets: 3}
        memory: {guest: 1536Mi}
        machine: {type: q35}
        firmware: {uuid: 00000000-0000-5000-8000-000000000000, serial: 00000000-0000-5000-8000-000000000000}
        resources: {}
        devices:
          rng: {}
          disks:
            - {name: rootdisk, disk: {bus: virtio}}
            - {name: cloudinitdisk, disk: {bus: virtio}}
            - {name: data, serial: vw-data, disk: {bus: virtio}}
            - {name: guestdisk, serial: virtwork-guest, disk: {bus: virtio, readonly: true}}
          interfaces: [{name: default, model: virtio, masquerade: {}}]
      networks: [{name: default, pod: {}}]
      volumes:
        - {name: rootdisk, dataVolume: {name: rootdisk-virtwork-w-server-0}}
        - {name: cloudinitdisk, cloudInitNoCloud: {secretRef: {name: virtwork-w-server-cloudinit}}}
        - {name: data, dataVolume: {name: data-virtwork-w-server-0}}
        - {name: guestdisk, secret: {secretName: virtwork-guest}}
      readinessProbe:
        httpGet: {path: /healthz, port: 9000, scheme: HTTP}
        initialDelaySeconds: 30
        periodSeconds: 10
        timeoutSeconds: 5
        successThreshold: 1
        failureThreshold: 3
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector: {matchLabels: {virtwork/workload: w, virtwork/pair: w-0}}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {matchLabels: {virtwork/workload: w, virtwork/role: server}}
      accessCredentials:
        - sshPublicKey: {source: {secret: {secretName: keys}}, propagationMethod: {noCloud: {}}}
`),
  ]);
});

test('a VM with only required properties', () => {
  const { role: _, subdomain: __, ...single } = ROLE;
  const { pair: ___, ...alone } = VM;
  const [vm] = synth(
    {
      ...single,
      boot: { kind: 'containerDisk', image: 'i:1' },
      disks: [],
      healthPort: 0,
      guest: { ...ROLE.guest, ssh: undefined } as never,
    },
    alone,
  ) as [{ spec: { dataVolumeTemplates?: unknown; template: { spec: { [key: string]: unknown } } } }];
  expect(vm.spec.dataVolumeTemplates).toBeUndefined();
  const { spec } = vm.spec.template;
  expect(Object.keys(spec).sort()).toEqual([
    'architecture',
    'domain',
    'evictionStrategy',
    'hostname',
    'networks',
    'terminationGracePeriodSeconds',
    'topologySpreadConstraints',
    'volumes',
  ]);
  expect(spec.volumes).toEqual([
    { name: 'containerdisk', containerDisk: { image: 'i:1' } },
    { name: 'cloudinitdisk', cloudInitNoCloud: { secretRef: { name: 'virtwork-w-server-cloudinit' } } },
    { name: 'guestdisk', secret: { secretName: 'virtwork-guest' } },
  ]);
});

test('the VMs of a measured role have the label of their group, and so have their instances; their disks do not', () => {
  const trials = { group: 'w', leader: VM.name, expected: 1, barrierTimeout: 900, settle: 5, token: '', plan: '', unit: 'u', list: [] };
  const [object] = synth({ ...ROLE, trials }, VM) as [KubeVirtVm];
  const { metadata, spec } = object;
  expect(metadata.labels['virtwork/group']).toBe('w');
  expect(spec.template.metadata.labels['virtwork/group']).toBe('w');
  for (const template of spec.dataVolumeTemplates) expect(template.metadata.labels).not.toHaveProperty(['virtwork/group']);
});

test('the error policy of a disk is that of its device', () => {
  const [object] = synth({ ...ROLE, disks: [{ name: 'data', size: '5Gi', serial: 'vw', below: [], errorPolicy: 'report' }] }, VM) as [
    KubeVirtVm,
  ];
  const device = object.spec.template.spec.domain.devices.disks.find(({ name }) => name === 'data');
  expect(device).toEqual({ name: 'data', serial: 'vw', disk: { bus: 'virtio' }, errorPolicy: 'report' });
});
