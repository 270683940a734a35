import { axesWithoutEffect, idleSettings } from '../../../../src/cli/experiment/lab/effect';
import type { PlannedGroup } from '../../../../src/experiment/experiment-plan';
import type { Plan } from '../../../../src/plan/plan';
import { experiment } from '../../../support/planned-experiments';

/** What the lab says of an experiment of fio-bench. @param only groups with this value of an axis */
async function said(text: string, hasClasses = false, only?: { readonly [axis: string]: string }) {
  const { plan, groups } = await experiment(`workload: fio-bench\n${text}`);
  const chosen = plan.groups
    .filter(({ settings }) => Object.entries(only ?? {}).every(([axis, value]) => settings[axis] === value))
    .map((group): [PlannedGroup, Plan] => [group, groups.get(group.id) as Plan]);
  const { problems, warnings } = axesWithoutEffect(plan, chosen, hasClasses);
  return { problems: problems.map(({ where, message }) => `${where}: ${message}`), warnings, idle: idleSettings(chosen, hasClasses) };
}

const CLASSES = 'matrix: { storage: { rbd: { storage_class: rbd }, nfs: { storage_class: nfs } } }';

test.each<[string, string]>([
  [CLASSES, 'axis storage: compares nothing in the lab, where rbd, nfs are the same: the lab has no storage_class'],
  [
    'matrix: { volume_mode: [Block, Filesystem] }',
    'axis volume_mode: compares nothing in the lab, where Block, Filesystem are the same: the lab has no volume_mode',
  ],
  [
    'matrix: { threads: { one: {}, auto: { io_threads: auto } } }',
    'axis threads: compares nothing in the lab, where one, auto are the same: the lab has no io_threads',
  ],
  ['matrix: { preallocation: [true, false] }', 'axis preallocation: compares nothing'],
  ['matrix: { zone: { a: { node_selector: { zone: a } }, b: { node_selector: { zone: b } } } }', 'the lab has no node_selector'],
  ['matrix: { model: { host: { cpu: { model: host-passthrough } }, any: {} } }', 'compares nothing'],
  ['matrix: { image: { a: { container_disk_image: "quay.io/a:1" }, b: { container_disk_image: "quay.io/b:1" } } }', 'the lab has no boot'],
  [
    'settings: { memory: 1Gi }\nmatrix: { pages: { small: {}, large: { hugepages: 2Mi } }, profile: [random, log] }',
    'the lab has no hugepages',
  ],
])('%s compares nothing', async (text, problem) => {
  const { problems } = await said(text);
  expect(problems).toEqual([expect.stringContaining(problem)]);
});

test.each<[string, boolean?]>([
  [CLASSES, true],
  ['matrix: { disk_bus: [virtio, scsi] }'],
  ['matrix: { disk_cache: [none, writeback] }'],
  ['matrix: { topology: { flat: { cpu_cores: 2 }, deep: { cpu: { sockets: 1, cores: 2, threads: 1 } } } }'],
  ['matrix: { disk_io: [native, threads] }'],
  ['matrix: { vm_count: [1, 2] }'],
  ['matrix: { memory: [1Gi, 2Gi] }'],
  ['matrix: { cpu_cores: [1, 2] }'],
  ['matrix: { data_disk_size: [20Gi, 30Gi] }'],
  ['matrix: { neighbors: { quiet: {}, noisy: { workloads: { disk: {} } } } }'],
  ['matrix: { profile: [random, log] }'],
  ['matrix: { job: { small: { params: { size: 1G } } , large: { params: { size: 2G } } } }'],
  ['matrix: { both: { a: { storage_class: a, params: { size: 1G } }, b: { storage_class: b, params: { size: 2G } } } }'],
  ['params: { size: 1G }'],
])('%s compares something', async (text, hasClasses = false) => {
  expect(await said(text, hasClasses)).toMatchObject({ problems: [], warnings: [] });
});

test('values that are the same next to one that differs: a warning', async () => {
  const text = 'matrix: { disk: { a: { storage_class: a }, b: { storage_class: b }, scsi: { disk_bus: scsi } } }';
  expect(await said(text)).toEqual({ problems: [], warnings: ['axis disk: a and b are the same in the lab'], idle: ['storage_class'] });
});

test('one chosen value is not compared', async () => {
  expect(await said(CLASSES, false, { storage: 'rbd' })).toEqual({ problems: [], warnings: [], idle: ['storage_class'] });
});

test('two axes, of which one compares something', async () => {
  const { problems } = await said('matrix: { storage_class: [a, b], disk_bus: [virtio, scsi] }');
  expect(problems).toEqual([expect.stringContaining('axis storage_class: compares nothing')]);
});

test('settings without effect are named once', async () => {
  const { idle } = await said(
    'settings: { storage_class: rbd, access_modes: [ReadWriteOnce], node_selector: { a: b }, run_strategy: Always }',
  );
  expect(idle).toEqual(['storage_class', 'access_modes', 'node_selector']);
  expect((await said('params: { size: 1G }')).idle).toEqual([]);
});
