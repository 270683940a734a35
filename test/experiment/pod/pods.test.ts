import { objectsIn } from '../../../src/companion/apply';
import { measuredNames } from '../../../src/companion/experiment/records';
import { renderExperiment } from '../../../src/experiment/experiment-folder';
import type { PlannedExperiment } from '../../../src/experiment/plan-experiment';
import { validate } from '../../../src/experiment/plan-validator';
import { groupManifests } from '../../../src/experiment/pod/render-group';
import { experiment, problemsOf } from '../../support/planned-experiments';

const TEXT = `workload: fio-bench
settings: { namespace: bench, vm_count: 3, cpu_cores: 2, memory: 2Gi, data_disk_size: 30Gi, volume_mode: Block, storage_class: rbd, priority_class: low }
matrix:
  where:
    vm: {}
    pod: { pod: { image: registry.example.com/fio:1, pull_secret: registry } }
  block-size: [4k, 64k]
repeats: 2
layers: { axis: where, order: [pod, vm] }
`;

/** The objects of the group with the value. */
function objectsOf({ plan, groups }: PlannedExperiment, where: string) {
  const group = plan.groups.find(({ settings }) => settings.where === where);
  const objects = objectsIn(groupManifests(groups.get(group?.id ?? '') as never));
  return { group: group as NonNullable<typeof group>, objects, of: (kind: string) => objects.filter((object) => object.kind === kind) };
}

const decoded = (secret: { readonly stringData?: { readonly [key: string]: string } }) => secret.stringData ?? {};

describe('a group of pods', () => {
  let planned: PlannedExperiment;
  let pods: ReturnType<typeof objectsOf>;
  let vms: ReturnType<typeof objectsOf>;

  beforeAll(async () => {
    planned = await experiment(TEXT);
    pods = objectsOf(planned, 'pod');
    vms = objectsOf(planned, 'vm');
  });

  test('has a StatefulSet in the place of its VMs, and no other objects', () => {
    expect(pods.objects.map(({ kind }) => kind)).toEqual(['Secret', 'Service', 'StatefulSet']);
    expect(vms.objects.map(({ kind }) => kind)).toEqual([
      'Secret',
      'Secret',
      'Service',
      'VirtualMachine',
      'VirtualMachine',
      'VirtualMachine',
    ]);
  });

  test('has as many pods as VMs, of the same size, with the same labels and place', () => {
    const [{ metadata, spec }] = pods.of('StatefulSet') as [(typeof pods.objects)[number]];
    const { labels } = metadata;
    expect(spec).toMatchObject({
      replicas: 3,
      podManagementPolicy: 'Parallel',
      serviceName: pods.of('Service')[0]?.metadata.name,
      template: { metadata: { labels }, spec: { priorityClassName: 'low', imagePullSecrets: [{ name: 'registry' }] } },
    });
    expect(labels).toMatchObject({ 'virtwork/group': pods.group.id, 'virtwork/workload': pods.group.id });
    for (const [key, value] of Object.entries(spec.selector.matchLabels)) expect(labels).toHaveProperty([key], value);
    const [{ resources, readinessProbe, ports }] = spec.template.spec.containers;
    expect(resources).toEqual({ limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '2', memory: '2Gi' } });
    expect(readinessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 9998 } });
    expect(ports).toEqual([{ name: 'health', containerPort: 9998 }]);
  });

  test('has the same claim, at the path that the trials use', () => {
    const [{ spec }] = pods.of('StatefulSet') as [(typeof pods.objects)[number]];
    expect(spec.volumeClaimTemplates).toEqual([
      {
        metadata: { name: 'data', labels: expect.objectContaining({ 'virtwork/group': pods.group.id }) },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '30Gi' } },
          storageClassName: 'rbd',
          volumeMode: 'Block',
        },
      },
    ]);
    expect(spec.template.spec.containers[0].volumeDevices).toEqual([{ name: 'data', devicePath: '/dev/disk/by-id/virtio-vw-bench' }]);
  });

  test('is not privileged', () => {
    const { spec } = pods.of('StatefulSet')[0]?.spec.template ?? {};
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec.containers[0].securityContext).toEqual({ allowPrivilegeEscalation: false });
    expect(JSON.stringify(spec)).not.toMatch(/privileged|hostPath|hostNetwork|hostPID|"add"/);
  });

  test('gets the files of the guests', () => {
    const files = decoded(pods.of('Secret')[0] as never);
    const paths = new Map(
      (files.files ?? '')
        .split('\n')
        .map((line) => line.split(' '))
        .map(([mode, key, path]) => [path, { mode, key }]),
    );
    for (const path of ['/usr/local/bin/virtwork-trials', '/usr/local/bin/virtwork-health', '/usr/local/bin/virtwork-fio-bench'])
      expect(paths.get(path)).toMatchObject({ mode: '0755' });
    const trials = [...paths.keys()].filter((path) => path?.startsWith('/etc/virtwork/trials/'));
    expect(trials).toHaveLength(4);
    for (const { key } of [...paths.values()].filter(({ key }) => key)) expect(files).toHaveProperty([key as string]);
    expect(files['virtwork-pod']).toMatch(/^#!\/bin\/bash\n/);
    // Records are found by the names and the digest of their group.
    const settings = files[paths.get('/etc/virtwork/trials.env')?.key ?? ''];
    expect(settings).toContain(`TRIALS_PLAN="${pods.group.plan}"`);
    expect(settings).toContain(`TRIALS_LEADER="${pods.of('StatefulSet')[0]?.metadata.name}-0"`);
  });

  test('is measured under the names of its pods', () => {
    const [set] = pods.of('StatefulSet');
    expect(measuredNames(pods.objects, pods.group)).toEqual([0, 1, 2].map((index) => `${set?.metadata.name}-${index}`));
    expect(measuredNames(vms.objects, vms.group)).toHaveLength(3);
  });

  test('has the image in a valid plan', () => {
    expect(validate(planned.plan)).toEqual([]);
    expect(pods.group.pod).toEqual({ image: 'registry.example.com/fio:1' });
    expect(vms.group).not.toHaveProperty('pod');
    expect(planned.plan.layers).toEqual({ axis: 'where', order: ['pod', 'vm'] });
  });

  test('is a base as synth writes it', () => {
    const files = renderExperiment(planned).groups.get(pods.group.id) ?? [];
    expect(files.map(({ name }) => name)).toEqual(['guest.yaml', `${pods.group.id}.yaml`, 'kustomizeconfig.yaml', 'kustomization.yaml']);
    for (const { text } of files) expect([...text()].join('')).toMatch(/^# Code generated by virtwork/);
  });
});

test('workloads next to the pods stay VMs', async () => {
  const planned = await experiment(`${TEXT}workloads: { cpu: { vm_count: 2 } }\n`);
  const { objects } = objectsOf(planned, 'pod');
  expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['StatefulSet', 'VirtualMachine']));
  expect(objects.filter(({ kind }) => kind === 'VirtualMachine')).toHaveLength(2);
  expect(objects.every(({ metadata }) => metadata.labels?.['virtwork/group'] !== undefined)).toBe(true);
});

test('pods of a pool are those of its VMs', async () => {
  const { objects } = objectsOf(await experiment(TEXT.replace('settings: { ', 'settings: { pool: true, ')), 'pod');
  expect(objects.map(({ kind }) => kind)).toEqual(['Secret', 'Service', 'StatefulSet']);
});

test('another image is another group, and the place in the file does not matter', async () => {
  const ids = async (text: string) => (await experiment(text)).plan.groups.map(({ id }) => id).sort();
  const known = await ids(TEXT);
  expect(await ids(`# a comment\n${TEXT}`)).toEqual(known);
  expect(await ids(TEXT.replace('fio:1', 'fio:2'))).not.toEqual(known);
});

const wrong: [what: string, change: (text: string) => string, problem: RegExp][] = [
  ['no image', (t) => t.replace(/\{ image:.*? \}/, '{}'), /matrix\.where\.pod\.pod: needs the key "image"/],
  ['nothing', (t) => t.replace(/pod: \{ pod: .*/, 'pod: { pod: }'), /matrix\.where\.pod\.pod: needs the key "image"/],
  ['a string', (t) => t.replace(/\{ image:.*? \}/, 'fio'), /pod\.pod: must be a map with the key image, got "?fio/],
  ['a list', (t) => t.replace(/\{ image:.*? \}/, '[fio]'), /pod\.pod: must be a map with the key image, got a list/],
  ['a wrong image', (t) => t.replace('registry.example.com/fio:1', '"a b"'), /pod\.pod\.image: must be an image reference .*got "a b"/],
  ['a wrong secret', (t) => t.replace('pull_secret: registry', 'pull_secret: A_B'), /pod\.pod\.pull_secret: must be the name of an object/],
  ['an unknown key', (t) => t.replace('pull_secret', 'pull_secrets'), /pod\.pod\.pull_secrets: unknown field "pull_secrets"/],
  [
    'no volume mode',
    (t) => t.replace(', volume_mode: Block', ''),
    /where\.pod\.pod: disk data needs volume_mode: Block in a pod, .*got none/,
  ],
  [
    'another volume mode',
    (t) => t.replace('volume_mode: Block', 'volume_mode: Filesystem'),
    /needs volume_mode: Block in a pod, .*got Filesystem/,
  ],
  [
    'two axes with pods',
    (t) => t.replace('  block-size:', '  other: { a: { pod: { image: b } }, c: {} }\n  block-size:'),
    /matrix\.other\.a\.pod: pod is also set by matrix\.where/,
  ],
  ['an unknown axis of layers', (t) => t.replace('axis: where', 'axis: were'), /layers\.axis: no axis named "were"/],
  ['an unknown layer', (t) => t.replace('[pod, vm]', '[pods, vm]'), /layers\.order\[0\]: no value named "pods" in where; values: vm, pod/],
  ['a layer twice', (t) => t.replace('[pod, vm]', '[pod, vm, pod]'), /layers\.order\[2\]: value "pod" is given twice/],
  ['one layer', (t) => t.replace('[pod, vm]', '[pod]'), /layers\.order/],
  ['layers without an order', (t) => t.replace(', order: [pod, vm]', ''), /layers/],
  ['layers without a map', (t) => t.replace(/layers: .*/, 'layers: where'), /layers/],
];

test.each(wrong)('%s is an error with its place', async (_, change, problem) => {
  const lines = await problemsOf(change(TEXT));
  expect(lines.filter((line) => problem.test(line))).toHaveLength(1);
  expect(lines.filter((line) => !line.startsWith('  '))).toHaveLength(1);
});

test.each<[string, string, RegExp]>([
  [
    'with units that need systemd',
    'workload: database\nsettings: { volume_mode: Filesystem }\n',
    /cannot be measured in a pod: .* needs? systemd/,
  ],
  [
    'with an instancetype',
    'workload: fio-bench\nsettings: { volume_mode: Block, instancetype: u1.medium }\n',
    /pods have no instancetype, and need/,
  ],
])('a workload %s is rejected', async (_, text, problem) => {
  const lines = await problemsOf(`${text}matrix: { where: { vm: {}, pod: { pod: { image: fio } } } }\n`);
  expect(lines.filter((line) => problem.test(line))).toHaveLength(1);
});
