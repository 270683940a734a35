import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

/** The lines of the errors, or of the warnings if there are no errors. */
async function said(flags: { readonly [flag: string]: unknown }): Promise<string[]> {
  try {
    const { plan } = await loadPlan({ flags, env: {}, cwd: tempDir() });
    return plan.warnings.flatMap((warning) => `warning: ${warning}`.split('\n'));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n');
  }
}

describe('shipped workloads', () => {
  test.each<[string, { readonly [flag: string]: unknown }, string[]]>([
    [
      'a database that is larger than its disk',
      { workloads: 'database', 'disk-size': '1Gi', params: 'database.scale-factor=20000' },
      [
        'flag --params database.scale-factor: database needs 533Gi on disk pgdata (scale-factor is 20000), which has 1Gi',
        '  hint: use --disk-size 533Gi, or reduce scale-factor',
      ],
    ],
    [
      'a database that leaves no space for the file system',
      { workloads: 'database', 'disk-size': '1Gi', params: 'database.scale-factor=30' },
      [
        'warning: flag --params database.scale-factor: database needs 964Mi on disk pgdata (scale-factor is 30), which has 1Gi, of which about 85Mi is in use',
        '  hint: use --disk-size 1049Mi, or reduce scale-factor',
      ],
    ],
    ['a database that fits', { workloads: 'database', 'disk-size': '1Gi', params: 'database.scale-factor=26' }, []],
    [
      'many processes on a small disk',
      { workloads: 'disk', 'disk-size': '300Mi', params: 'disk.numjobs=64' },
      [
        'warning: flag --params disk.numjobs: disk should have 1320Mi on disk data (numjobs is 64), which has 300Mi: with files below 16Mi the results mostly show the cache',
        '  hint: use --disk-size 1390Mi, or reduce numjobs',
      ],
    ],
    [
      'files of a given size',
      { workloads: 'disk', 'disk-size': '10Gi', params: 'disk.file-size=2G' },
      [
        'flag --params disk.file-size: disk needs 15Gi on disk data (numjobs is 4, file-size is 2G), which has 10Gi',
        '  hint: use --disk-size 16Gi, or reduce numjobs or file-size',
      ],
    ],
    [
      'large blocks',
      { workloads: 'disk', 'disk-size': '300Mi', params: 'disk.block-size-seq=99M' },
      [
        'flag --params disk.block-size-seq: disk needs 743Mi on disk data (numjobs is 4, block-size-seq is 99M), which has 300Mi',
        '  hint: use --disk-size 813Mi, or reduce numjobs or block-size-seq',
      ],
    ],
    [
      'a file that is larger than the root disk',
      { workloads: 'tps', params: 'tps.file-size=500G' },
      [
        'flag --params tps.file-size: tps needs 501Gi on the root disk (file-size is 500G), which has 5Gi: the file, and the space that must stay free for the system',
        '  hint: reduce file-size',
      ],
    ],
    ['the same, with a boot source', { workloads: 'tps', params: 'tps.file-size=20G', boot: 'dataSource:a/b' }, []],
    [
      'the same, with an unknown image',
      { workloads: 'tps', params: 'tps.file-size=500G', 'container-disk-image': 'a/b:1' },
      [
        'warning: flag --params tps.file-size: tps needs 501Gi on the root disk (file-size is 500G), whose size is unknown: the file, and the space that must stay free for the system',
        '  hint: reduce file-size',
      ],
    ],
    [
      'buffers of all processes',
      { workloads: 'fio-bench', params: 'fio-bench.block-size=16M' },
      [
        'flag --params fio-bench.block-size: fio-bench needs 2176Mi in the memory of a VM (queue-depth is 32, jobs is 4, block-size is 16M), which has 2Gi',
        '  hint: use --memory 2176Mi, or reduce queue-depth or jobs or block-size',
      ],
    ],
    ['processes that the profile does not have', { workloads: 'fio-bench', params: 'fio-bench.block-size=16M,fio-bench.profile=log' }, []],
    [
      'more data than memory',
      { 'from-catalog': 'redis-bench', params: 'redis-bench.maxmemory=4gb' },
      [
        'warning: flag --params redis-bench.maxmemory: redis-bench should have 4Gi in the memory of a VM (maxmemory is 4gb), which has 2Gi: the kernel kills the server when the memory is full',
        '  hint: use --memory 4Gi, or reduce maxmemory',
      ],
    ],
    ['everything with its defaults', { workloads: 'all', 'from-catalog': 'redis-bench,sysbench', 'access-modes': 'ReadWriteMany' }, []],
  ])('%s', async (_, flags, lines) => expect(await said(flags)).toEqual(lines));
});

describe('an entry of the user', () => {
  const UNIT = '[Service]\nExecStart=/bin/true $PARAM_N\n[Install]\nWantedBy=multi-user.target\n';
  const entry = (space: string, storage = '{name: a, serial: a, mount: /mnt/a}') => {
    const dir = tempDir();
    mkdirSync(join(dir, 'mine'));
    writeFileSync(join(dir, 'mine/workload.service'), UNIT);
    const params = 'params: [{key: n, type: int, default: 5}]';
    writeFileSync(join(dir, 'mine/workload.yaml'), `${params}\nstorage: [${storage}]\nspace: [${space}]\n`);
    return { 'catalog-dir': dir, 'from-catalog': 'mine' };
  };

  test('with its defaults, without a flag', async () => {
    expect(await said(entry('{on: a, each: {n: 4Gi}}'))).toEqual([
      'workload mine: mine needs 20Gi on disk a (n is 5), which has 10Gi',
      '  hint: use --disk-size 21Gi, or reduce n',
    ]);
  });

  test('with a disk that states its size', async () => {
    const flags = { ...entry('{on: a, base: 1Gi, each: {n: 1Gi}}', '{name: a, serial: a, mount: /mnt/a, size: 2Gi}'), params: 'mine.n=9' };
    expect(await said(flags)).toEqual(['flag --params mine.n: mine needs 10Gi on disk a (n is 9), which has 2Gi', '  hint: reduce n']);
  });
});
