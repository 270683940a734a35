import { planOf } from '../support/render';

const SPEC = '/spec/template/spec';

test.each<[string, object, readonly string[]]>([
  ['the number of CPUs', { op: 'replace', path: `${SPEC}/domain/cpu/cores`, value: 4 }, ['cpu']],
  ['all about CPUs', { op: 'replace', path: `${SPEC}/domain/cpu`, value: { cores: 4 } }, ['cpu']],
  ['the model of CPUs', { op: 'add', path: `${SPEC}/domain/cpu/model`, value: 'host-model' }, []],
  ['the memory', { op: 'replace', path: `${SPEC}/domain/memory/guest`, value: '4Gi' }, ['memory']],
  ['the whole domain, by moving it', { op: 'move', from: `${SPEC}/domain`, path: '/x' }, ['cpu', 'memory']],
  ['an instancetype', { op: 'add', path: '/spec/instancetype', value: { name: 'a' } }, ['instancetype']],
  ['the architecture', { op: 'replace', path: `${SPEC}/architecture`, value: 'arm64' }, ['architecture']],
  [
    'the size of a disk',
    { op: 'replace', path: '/spec/dataVolumeTemplates/0/spec/storage/resources/requests/storage', value: '1Gi' },
    ['disk-size'],
  ],
  ['the source of a disk', { op: 'replace', path: '/spec/dataVolumeTemplates/0/spec/source', value: {} }, []],
  ['nothing', { op: 'test', path: `${SPEC}/domain/memory/guest`, value: '4Gi' }, []],
])('a patch of %s gets a warning if virtwork uses the value elsewhere', async (_, patch, flags) => {
  const { warnings } = await planOf({ workloads: 'disk', patches: JSON.stringify([patch]) });
  expect(warnings).toEqual(
    flags.map(
      (flag) =>
        `flag --patches[0]: changes a value that virtwork uses elsewhere: its sums, its checks of sizes and its lab do not see the patch\n  hint: use --${flag}`,
    ),
  );
});
