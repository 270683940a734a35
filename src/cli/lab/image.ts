import { basename, resolve } from 'node:path';
import { type CatalogIndex, entryNames, findCatalog } from '../../catalog/find';
import { openEntry } from '../../catalog/open-entry';
import type { Problems } from '../../catalog/problems';
import { EXIT, refuse } from '../../errors';
import { buildImage, SUITE } from '../../lab/image';
import { loadOptions } from '../../options/load';
import { guestPackages, OF_TRIALS } from '../../plan/packages';
import { notFound } from '../../plan/select';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb, VerbGroup } from '../verb';
import { cacheOf, catalogOf } from './places';

const build: Verb = {
  name: 'build',
  describe: 'build the Debian image with the packages of all shipped entries and of the named ones',
  words: 'ENTRY',
  flags: CONFIG_FLAG,
  options: ['catalog_dir', 'verbose'],
  examples: [
    ['virtwork lab image build', 'build the image once'],
    ['virtwork lab image build my-benchmark', 'with the packages of an entry of your own'],
  ],
  run: runBuild,
};

export const image: VerbGroup = { name: 'image', describe: 'the image that the lab boots', verbs: [build] };

async function runBuild(args: Args, { env, cwd, problems, log, out }: Context): Promise<number> {
  const named = (args.ENTRY as string[] | undefined) ?? [];
  const options = await loadOptions({ flags: { ...args, ...catalogOf(named, cwd) }, env, cwd, problems });
  const catalog = findCatalog(options.catalogDir);
  const names = [...catalog.builtIns, ...catalog.examples, ...named.map((name) => basename(resolve(cwd, name)))];
  const { root } = await buildImage(cacheOf(env), { suite: SUITE, packages: packagesOf(catalog, names, cwd) }, log.info);
  out(`${root}\n`);
  return EXIT.done;
}

/** @throws UserError with the problems of all entries */
function packagesOf(catalog: CatalogIndex, names: readonly string[], cwd: string): string[] {
  const known = entryNames(catalog);
  const findings: Problems = { problems: [], warnings: [] };
  const packages = [...new Set(names)].flatMap((name) => {
    if (!known.includes(name)) findings.problems.push(notFound(name, known));
    const entry = openEntry(catalog, name, cwd, findings);
    if (!entry) return [];
    return guestPackages(entry, 'debian', entry.storage, entry.roles.some(({ trial }) => trial) ? OF_TRIALS : []);
  });
  refuse(findings.problems);
  return packages;
}
