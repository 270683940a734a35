import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf } from '../../src/report/csv';
import type { ExperimentResults } from '../../src/report/experiment-results';
import { junitOf } from '../../src/report/junit';
import { markdownOf } from '../../src/report/markdown';
import { xlsxOf } from '../../src/report/xlsx';
import { experimentResults } from '../support/experiment-results';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';

/** Two classes, one job, two repeats, two VMs. */
const small = (): ExperimentResults => experimentResults({ storage: ['rbd', 'cephfs'], jobs: ['log-8k'], repeats: 2 });

describe('CSV', () => {
  test('has a row for each cell, repeat and metric, and for each VM', () => {
    const lines = csvOf(small()).trimEnd().split('\n');
    expect(lines[0]).toBe('cell,storage,job,group,complete,repeat,vm,metric,unit,value');
    const of = (cell: string, metric: string) =>
      lines
        .filter((line) => line.startsWith(`${cell},`) && line.includes(`,${metric},`))
        .map((line) => line.split(',').slice(5, 9).join(','));
    expect(of('rbd/log-8k', 'iops')).toEqual(['1,all,iops,1/s', '2,all,iops,1/s', ',bench-0,iops,1/s', ',bench-1,iops,1/s']);
    // The incomplete cell misses the first repeat.
    expect(of('cephfs/log-8k', 'bytes')).toEqual(['2,all,bytes,B/s']);
    expect(lines.every((line) => line.split(',').length === 10)).toBe(true);
  });

  test('quotes fields, and no field is a formula', () => {
    const results = small();
    const cells = results.cells.map((cell) => ({ ...cell, group: '=cmd|x', vms: [{ vm: 'a,"b"\n', figures: { iops: -1 } }] }));
    const csv = csvOf({ ...results, cells });
    expect(csv).toContain(",'=cmd|x,");
    expect(csv).toContain(',"a,""b""\n",iops,1/s,-1\n');
  });
});

describe('Markdown', () => {
  test('has the answer, the score, the figures of each job, and what is missing', () => {
    const text = markdownOf(experimentResults());
    expect(text).toMatch(/^# rank\n\nWhich storage class serves VMs best\?\n\n\*\*rbd-virt ranks first, with 98\.0 of 100 points\.\*\*\n/);
    expect(text).toContain(
      '| Rank |  | Points | IOPS | bytes | p99 of write latency |\n| --- | --- | --- | --- | --- | --- |\n| 1 | rbd-virt | 98.0 |',
    );
    expect(text).toMatch(/## random-4k\n\n\| {2}\| rbd \(baseline\) \| rbd-virt \| cephfs \|\n/);
    expect(text).toMatch(/\| IOPS \| 17\.\d k IOPS \| 24\.\d k IOPS, 1\.\d\d× \\\[1\.\d\d, 1\.\d\d\\\] better \|/);
    expect(text).toContain('- cephfs: storage=cephfs job=log-8k is incomplete');
    expect(text).toContain('| cephfs-000000 | bench-1 | 003 | no record |');
  });

  test('no string of the results is markup', () => {
    const results = { ...small(), name: 'a|b\n# <b>c</b> [d](javascript:e) `f`' };
    expect(markdownOf(results).split('\n')[0]).toBe('# a\\|b \\# \\<b\\>c\\</b\\> \\[d\\](javascript:e) \\`f\\`');
  });
});

describe('JUnit', () => {
  test('has a test for each expectation and each cell; failures have a reason', () => {
    const results = experimentResults();
    const [first, second] = results.expect;
    const xml = junitOf({
      ...results,
      expect: [{ text: 'iops at least 5', outcome: 'not met', got: '4 "<1>"' }, ...(first && second ? [first, second] : [])],
    });
    expect(xml).toContain('<testsuites name="rank" tests="12" failures="2" errors="0" skipped="1">');
    expect(xml).toContain('name="iops at least 5"><failure message="got 4 &quot;&lt;1&gt;&quot;"/></testcase>');
    expect(xml).toContain('<skipped message="not decided: got 0.98 [0.93, 1.03]"/>');
    expect(xml).toContain('name="write-latency.p99 at most 10 ms (job=log-8k) (rbd, random-4k)"/>');
    expect(xml).toContain('name="cephfs, log-8k"><failure message="repeat 1: no record (bench-1)"/></testcase>');
  });

  test('is well-formed XML, whatever the results contain', () => {
    const { parseHTML } = jest.requireActual<typeof import('linkedom')>('linkedom');
    const results = { ...small(), name: ']]>&\u0000\u0001\ud800<a b="' };
    const xml = junitOf(results);
    expect(xml).not.toContain('\u0000');
    expect(parseHTML(xml).document.querySelector('testsuites')?.getAttribute('name')).toBe(']]>&\ufffd\ufffd\ufffd<a b="');
  });
});

describe('XLSX', () => {
  test('is a workbook with the answer, means, figures and what is missing', async () => {
    const dir = tempDir();
    const file = join(dir, 'a.xlsx');
    writeFileSync(file, await xlsxOf(small()));
    expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
    const program = `
      const { unzipSync, strFromU8 } = require('fflate');
      const files = unzipSync(require('fs').readFileSync(process.argv[1]));
      process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))));`;
    const parts: { readonly [name: string]: string } = JSON.parse(outputOf(process.execPath, ['-e', program, file]));
    expect([...(parts['xl/workbook.xml'] ?? '').matchAll(/<sheet [^>]*name="(\w+)"/g)].map((match) => match[1])).toEqual([
      'Answer',
      'Means',
      'Figures',
      'Missing',
    ]);
    const strings = parts['xl/sharedStrings.xml'] ?? '';
    for (const each of ['rbd/log-8k', 'ratio to baseline', 'incomplete cell', 'Which storage class serves VMs best?'])
      expect(strings).toContain(`>${each}<`);
    expect(parts['xl/worksheets/sheet2.xml']).toMatch(/<v>\d+\.\d+<\/v>/);
  });

  test('has the tuning of the run', async () => {
    const file = join(tempDir(), 'a.xlsx');
    writeFileSync(file, await xlsxOf({ ...small(), tuning: '=1+1' }));
    const program = `
      const { unzipSync, strFromU8 } = require('fflate');
      process.stdout.write(strFromU8(unzipSync(require('fs').readFileSync(process.argv[1]))['xl/sharedStrings.xml']));`;
    const strings = outputOf(process.execPath, ['-e', program, file]);
    for (const each of ['Tuning', 'tuning', '=1+1']) expect(strings).toContain(`>${each}<`);
  });

  test('names of guests are neither markup nor formulas', async () => {
    const results = small();
    const cells = results.cells.map((cell) => ({ ...cell, vms: [{ vm: '=1+1<a>\u0000', figures: { iops: 1 } }] }));
    const bytes = await xlsxOf({ ...results, cells });
    expect(bytes.length).toBeGreaterThan(1000);
  });
});
