import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { docTables } from './support/doc-tables';
import { SHIPPED } from './support/entries';
import { entryOf, read, UNIT } from './support/entry-folder';
import { virtwork } from './support/program';
import { ROOT, tempDir } from './support/render';

/** `npm run update` writes the tables anew. */
const UPDATE = process.env.UPDATE === '1';
const PLACE = /(<!-- (\w+): made by npm run update -->\n)[\s\S]*?(<!-- end -->)/g;
const PAGES = [
  'README.md',
  ...(readdirSync(join(ROOT, 'docs'), { recursive: true }) as string[]).map((name) => join('docs', name)),
  'CHANGELOG.md',
  'test/cluster/README.md',
  ...SHIPPED.map((name) => `catalog/${name}/README.md`),
].filter((name) => name.endsWith('.md'));

test.each(PAGES)('the tables of %s are made from what they describe', (page) => {
  const tables = docTables(page);
  const path = join(ROOT, page);
  const text = readFileSync(path, 'utf8');
  const fresh = text.replace(PLACE, (_, start: string, place: string, end: string) => `${start}${tables[place]}\n${end}`);
  if (UPDATE) writeFileSync(path, fresh);
  expect(readFileSync(path, 'utf8')).toBe(fresh);
});

test.each(SHIPPED)('the README of %s has a table of its params', (name) => {
  expect(readFileSync(join(ROOT, `catalog/${name}/README.md`), 'utf8')).toContain('<!-- params: made by npm run update -->');
});

test.each(PAGES)('every link of %s to a file of the project leads somewhere', (page) => {
  // A pattern in code may look like a link.
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map((match) => match[1] as string);
  for (const link of links.filter((each) => !each.includes('://'))) {
    expect([link, existsSync(resolve(ROOT, dirname(page), link))]).toEqual([link, true]);
  }
});

test('the example of the README prints what stands there', () => {
  const [, config = '', session = ''] =
    /^# virtwork\.yaml\n([\s\S]*?)```\n\n<!-- example -->\n```console\n([\s\S]*?)```/m.exec(
      readFileSync(join(ROOT, 'README.md'), 'utf8'),
    ) ?? [];
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), config);
  const steps = [...session.matchAll(/^\$ npx --no virtwork (.*)\n((?:[^$].*\n)*)/gm)];
  expect(steps.length).toBeGreaterThan(1);
  for (const [, args = '', shown] of steps) {
    const { stdout, stderr } = virtwork(args, { cwd });
    expect({ args, shown: stdout + stderr }).toEqual({ args, shown });
  }
});

test('the sample of a workload.yaml is valid as it stands', () => {
  const [, sample = ''] = /^## workload\.yaml\n\n```yaml\n([\s\S]*?)```/m.exec(readFileSync(join(ROOT, 'docs/catalog.md'), 'utf8')) ?? [];
  const files = { 'server.service': UNIT, 'client.service': UNIT, 'files.client/etc/my-benchmark/pgpass': '' };
  expect(sample).toContain('space:');
  expect(read(entryOf({ 'workload.yaml': sample, ...files })).faults).toBe('');
});
