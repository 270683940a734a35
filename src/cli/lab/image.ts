import { basename, resolve } from 'node:path';
import { entryFolder, entryNames, findCatalog, isBuiltIn } from '../../catalog/find';
import type { Problems } from '../../catalog/problems';
import { readEntry, shownPath } from '../../catalog/read';
import { EXIT, refuse } from '../../errors';
import { buildImage, SUITE } from '../../lab/image';
import { loadOptions } from '../../options/load';
import { notFound } from '../../plan/select';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb, VerbGroup } from '../verb';
import { cacheOf, catalogOf } from './places';

const build: Verb = {
  name: 'build',
  describe: 'build the Debian image with the packages of all shipped entries, and of those that are named',
  words: 'ENTRY',
  flags: CONFIG_FLAG,
  options: ['catalog_dir', 'verbose'],
  run: runBuild,
};

export const image: VerbGroup = { name: 'image', describe: 'the image that the lab boots', verbs: [build] };

async function runBuild(args: Args, { env, cwd, problems, log, out }: Context): Promise<number> {
  const named = (args.ENTRY as string[] | undefined) ?? [];
  const options = await loadOptions({ flags: { ...args, ...catalogOf(named, cwd) }, env, cwd, problems });
  const catalog = findCatalog(options.catalogDir);
  const findings: Problems = { problems: [], warnings: [] };
  const all = [...new Set([...catalog.builtIns, ...catalog.examples, ...named.map((name) => basename(resolve(cwd, name)))])];
  const packages = all.flatMap((name) => {
    const from = entryFolder(catalog, name);
    if (!from) findings.problems.push(notFound(name, entryNames(catalog)));
    const entry = from && readEntry(from, shownPath(from, cwd), isBuiltIn(catalog, name), findings);
    if (!entry) return [];
    const filesystems = entry.storage.map(({ filesystem }) => (filesystem === 'xfs' ? 'xfsprogs' : 'e2fsprogs'));
    return [...(entry.packages.debian ?? entry.packages.any ?? []), ...filesystems];
  });
  refuse(findings.problems);
  const { root } = await buildImage(cacheOf(env), { suite: SUITE, packages }, log.info);
  out(`${root}\n`);
  return EXIT.done;
}
