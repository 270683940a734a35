import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kept } from '../../src/results/answer';
import { ResultsFolder } from '../../src/results/folder';
import type { Result } from '../../src/results/result';
import { tempDir } from '../support/render';
import { member, record } from '../support/trial-records';

const [GROUP, VM] = ['fio-bench', 'virtwork-fio-bench-0'];

function kept(more: Partial<Result> = {}): Kept {
  const result = record(more);
  return { summary: result, bytes: member(result) };
}

function setUp() {
  const path = tempDir();
  const folder = new ResultsFolder(path);
  const own = join(path, GROUP, VM);
  return {
    path,
    folder,
    own,
    files: () => readdirSync(own).sort(),
    trials: () => [...folder.of(GROUP, VM)].map(({ summary }) => summary.why || summary.trial),
  };
}

test('a record is stored as the guest wrote it', () => {
  const { folder, own, files, trials } = setUp();
  const one = kept();
  folder.keep(one);
  folder.keep(kept({ trial: '002', name: 'mixed-4k', repeat: 2 }));
  expect(files()).toEqual(['001-random-4k-r1.json.gz', '002-mixed-4k-r2.json.gz']);
  expect(readFileSync(join(own, '001-random-4k-r1.json.gz'))).toEqual(one.bytes);
  expect(trials()).toEqual(['001', '002']);
});

test('the same record again changes nothing', () => {
  const { folder, files } = setUp();
  folder.keep(kept());
  folder.keep(kept());
  expect(files()).toEqual(['001-random-4k-r1.json.gz']);
});

test('another record of the same trial is kept next to the first', () => {
  const { folder, own, files, trials } = setUp();
  for (const why of ['first', 'second', 'third', 'second']) folder.keep(kept({ outcome: 'failed', why }));
  expect(files()).toEqual(['001-random-4k-r1.2.json.gz', '001-random-4k-r1.3.json.gz', '001-random-4k-r1.json.gz']);
  expect(JSON.stringify(record({ outcome: 'failed', why: 'first' }))).toBe([...folder.of(GROUP, VM)][0]?.text.trim());
  expect(trials()).toEqual(['first', 'second', 'third']);
  expect(readFileSync(join(own, '001-random-4k-r1.json.gz'))).toEqual(kept({ outcome: 'failed', why: 'first' }).bytes);
});

test('a damaged file stays, and the record gets another name', () => {
  const { folder, own, files, trials } = setUp();
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, '001-random-4k-r1.json.gz'), kept().bytes.subarray(0, 20));
  expect(trials()).toEqual([]);
  folder.keep(kept());
  expect(files()).toEqual(['001-random-4k-r1.2.json.gz', '001-random-4k-r1.json.gz']);
  expect(trials()).toEqual(['001']);
});

test('other files are ignored', () => {
  const { folder, own, trials } = setUp();
  folder.keep(kept());
  writeFileSync(join(own, 'notes.txt'), 'x');
  writeFileSync(join(own, '.virtwork-abc'), member(record()).subarray(0, 9));
  writeFileSync(join(own, '002-other-r1.json.gz'), member(record({ trial: '002', vm: 'another' })));
  symlinkSync(join(own, '001-random-4k-r1.json.gz'), join(own, '003-link-r1.json.gz'));
  expect(trials()).toEqual(['001']);
});

test.each([[GROUP], [`${GROUP}/${VM}`]])('a link in the place of %s is not followed', (where) => {
  const { path, folder } = setUp();
  const elsewhere = tempDir();
  folder.keep(kept());
  rmSync(join(path, where), { recursive: true });
  symlinkSync(elsewhere, join(path, where));
  expect(() => folder.keep(kept())).toThrow(/must be a folder, and not a link/);
  expect(() => [...folder.of(GROUP, VM)]).toThrow(/must be a folder, and not a link/);
  expect(readdirSync(elsewhere)).toEqual([]);
});
