import { experiment, problemsOf } from '../support/planned-experiments';

/** Groups, cells and VMs of each, and the cells of each group. */
test.each<[string, number, number, number]>([
  ['fio-bench/quick', 1, 4, 1],
  ['fio-bench/overview', 1, 2, 1],
  ['fio-bench/rank', 1, 3, 1],
  ['fio-bench/full', 27, 324, 144],
  ['fio-bench/queue-depth', 1, 7, 1],
  ['fio-bench/density', 28, 28, 1648],
  ['fio-bench/devices', 18, 18, 18],
  ['fio-bench/neighbours', 3, 3, 3],
  ['database/scale', 1, 8, 1],
  ['pgbench/scale', 1, 8, 1],
  ['network/streams', 1, 6, 1],
])('%s has %i groups with %i cells and %i VMs', async (name, groups, cells, vms) => {
  const { plan } = await experiment(name);
  expect(plan.totals).toMatchObject({ groups, cells, vms, trials: cells * plan.repeats });
  expect(new Set(plan.groups.map(({ trials }) => trials.length))).toEqual(new Set([(cells / groups) * plan.repeats]));
});

test('a storage class is measured by an axis in the file that extends', async () => {
  const { plan } = await experiment(
    'name: classes\nextends: fio-bench/rank\nmatrix: { storage: { a: { storage_class: a }, b: { storage_class: b }, c: {} } }\n',
  );
  expect(plan.totals).toMatchObject({ groups: 3, cells: 9 });
  expect(plan.workload).toBe('fio-bench');
});

/** A file that extends layers, as a user writes it. */
const LAYERS = `name: mine
extends: fio-bench/layers
matrix:
  layer:
    local: { storage_class: local-block, pod: { image: registry.example.com/fio:1 } }
    pod: { pod: { image: registry.example.com/fio:1 } }
`;

test('layers names what a user must fill in', async () => {
  const place = (path: string) =>
    expect.stringMatching(new RegExp(`layers\\.yaml:\\d+:\\d+: ${path}: needs a value of yours in the place of "<`));
  expect(await problemsOf('fio-bench/layers')).toEqual([
    place('matrix\\.layer\\.local\\.storage_class'),
    expect.stringContaining('hint:'),
    place('matrix\\.layer\\.local\\.pod\\.image'),
    expect.stringContaining('hint:'),
    place('matrix\\.layer\\.pod\\.pod\\.image'),
    expect.stringContaining('hint:'),
  ]);
  expect(await problemsOf(LAYERS.replace(', pod: { image: registry.example.com/fio:1 } }', ' }'))).toEqual([
    place('matrix\\.layer\\.local\\.pod\\.image'),
    expect.stringContaining('hint:'),
  ]);
});

test('layers measures the same in a pod on a local volume, in a pod, and in a VM', async () => {
  const { plan } = await experiment(LAYERS);
  expect(plan.totals).toMatchObject({ groups: 3, cells: 6, vms: 3, trials: 30 });
  expect(plan.layers).toEqual({ axis: 'layer', order: ['local', 'pod', 'vm'] });
  const pods = Object.fromEntries(plan.groups.map(({ settings, pod }) => [settings.layer, pod?.image]));
  expect(pods).toEqual({ local: 'registry.example.com/fio:1', pod: 'registry.example.com/fio:1', vm: undefined });
});

test('the ramp of density is in the plan', async () => {
  const { plan } = await experiment('fio-bench/density');
  expect(plan.ramp).toMatchObject({
    axis: 'vm_count',
    steps: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    until: { of: 'write-latency.p99', above: 5_000_000 },
  });
  expect(plan.groups.map(({ vms }) => vms)).toEqual(plan.ramp?.counts);
});
