import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KINDS } from '../src/kubernetes/kinds';
import { docTables } from './support/doc-tables';
import { MEASURABLE, SHIPPED } from './support/entries';
import { entryOf, read, UNIT } from './support/entry-folder';
import { TRIAL } from './support/measured';
import { ROOT } from './support/render';

/** The kinds that a manual cleanup deletes. A migration is deleted with its VM. */
function kinds(cluster: boolean): string {
  const those = KINDS.filter((kind) => (kind.cluster === true) === cluster && kind.kind !== 'VirtualMachineInstanceMigration');
  return those.map(({ short }) => short).join(',');
}

/** `npm run update` updates the tables. */
const UPDATE = process.env.UPDATE === '1';
const PLACE = /(<!-- (\w+): made by npm run update -->\n)[\s\S]*?(<!-- end -->)/g;
const PAGES = [
  'README.md',
  ...(readdirSync(join(ROOT, 'docs'), { recursive: true }) as string[]).map((name) => join('docs', name)),
  'CHANGELOG.md',
  'test/cluster/README.md',
  ...SHIPPED.map((name) => `catalog/${name}/README.md`),
].filter((name) => name.endsWith('.md'));

test.each(PAGES)('the generated tables of %s are up to date', (page) => {
  const tables = docTables(page);
  const path = join(ROOT, page);
  const text = readFileSync(path, 'utf8');
  const fresh = text
    .replace(PLACE, (_, start: string, place: string, end: string) => `${start}${tables[place]}\n${end}`)
    .replace(/kubectl delete (vmpool,)?vm,[a-z,]*serviceaccount\b/g, `kubectl delete ${kinds(false)}`)
    .replace(/kubectl delete clusterrolebinding,clusterrole\b[a-z,]*/g, `kubectl delete ${kinds(true)}`);
  if (UPDATE) writeFileSync(path, fresh);
  expect(readFileSync(path, 'utf8')).toBe(fresh);
});

/** Those that have a continuous load too. */
const BOTH = MEASURABLE.filter((name) => readdirSync(join(ROOT, 'catalog', name)).some((file) => /^files\.(.+-)?trial$/.test(file)));

test.each(BOTH)('the README of %s says how to measure it, and what a trial leaves', (name) => {
  expect(readFileSync(join(ROOT, 'catalog', name, 'README.md'), 'utf8')).toMatch(
    /^## Measure it$[\s\S]*^<!-- results: made by npm run update -->\n\| figure \|[\s\S]*?^<!-- end -->$/m,
  );
});

const WITH_PARAMS = SHIPPED.filter((name) => /^params:/m.test(readFileSync(join(ROOT, `catalog/${name}/workload.yaml`), 'utf8')));

test.each(WITH_PARAMS)('the README of %s has a table of its params', (name) => {
  expect(readFileSync(join(ROOT, `catalog/${name}/README.md`), 'utf8')).toMatch(
    /^<!-- params: made by npm run update -->\n\| param \|[\s\S]*?^<!-- end -->$/m,
  );
});

test('the index lists every page', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md').map((page) => page.slice('docs/'.length));
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test.each(PAGES)('every link of %s leads to an existing file and heading', (page) => {
  for (const [file, heading] of linksOf(page)) {
    const target = file === '' ? page : join(dirname(page), file);
    expect([file, existsSync(join(ROOT, target))]).toEqual([file, true]);
    if (heading !== undefined && target.endsWith('.md'))
      expect([target, anchorsOf(target)]).toEqual([target, expect.arrayContaining([heading])]);
  }
});

/** Phrases that the style guide forbids. Single words are in .lint/cspell.yaml. */
const AVOIDED = /[«»]|\b(?:is|are) told\b|\bfor ever\b|\bfor good\b|\brights\b/gi;

test.each(PAGES)('the prose of %s follows the style guide', (page) => {
  const prose = withoutBlocks(page)
    .replaceAll(PLACE, '')
    .replaceAll(/`[^`\n]*`/g, '');
  expect(prose.match(AVOIDED) ?? []).toEqual([]);
});

/** The links of a page to files and headings. Code is removed first, because it may contain text that looks like a link. */
function linksOf(page: string): (readonly [file: string, heading: string | undefined])[] {
  const text = withoutBlocks(page).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)].map(([, file = '', heading]) => [file, heading]);
}

/** The anchors of a page's headings, as GitHub creates them. */
function anchorsOf(page: string): string[] {
  return [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutBlocks(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
}

test('the sample of a workload.yaml is valid', () => {
  const [, sample = ''] = /^## workload\.yaml\n\n```yaml\n([\s\S]*?)```/m.exec(readFileSync(join(ROOT, 'docs/catalog.md'), 'utf8')) ?? [];
  const units = { 'server.service': UNIT, 'client.service': UNIT, 'client-trial.service': TRIAL };
  const files = { ...units, 'files.client/etc/my-benchmark/pgpass': '' };
  expect(sample).toContain('space:');
  expect(read(entryOf({ 'workload.yaml': sample, ...files })).problems).toBe('');
});
