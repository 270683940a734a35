import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../evaluate.mjs';
import { root } from '../root.mjs';
import { swapModules } from './swap.mjs';

const CATALOG = join(root, 'catalog');
const NONE = { problems: [], warnings: [] };

/** The YAML files of the shipped catalog, read. A start compares their texts, and reads again what has changed since the build. */
export const knownYaml = swapModules('known-yaml', {
  'src/yaml/known-yaml.ts': async () => `export const KNOWN_YAML = new Map(${JSON.stringify(await catalogYaml())});`,
});

/** The built-in entries and what all guests share, read and checked. A start compares the hashes of their texts, and reads again what has changed since the build. */
export const knownEntries = swapModules('known-entries', {
  // As literals: each is parsed only when its entry is used, and one JSON text of all would be parsed at every start.
  'src/catalog/shipped/known-entries.ts': async () =>
    `export const KNOWN_ENTRIES = new Map(${JSON.stringify(await catalogEntries())});
     export const KNOWN_PIECES = new Map(${JSON.stringify(await sharedPieces())});`,
});

/** Each text with its value as JSON, except for texts whose scalars are written in a notation that the value does not keep. */
async function catalogYaml() {
  const { loadYaml, followsFromValues } = await evaluate('src/yaml/yaml-file.ts');
  const manifests = readdirSync(CATALOG).map((name) => join(CATALOG, name, 'workload.yaml'));
  return [join(CATALOG, 'index.yaml'), ...manifests]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .map((text) => [text, loadYaml(text)])
    .filter(([, data]) => followsFromValues(data))
    .map(([text, data]) => [text, JSON.stringify(data)]);
}

/** The built-in entries that have neither problems nor warnings. */
async function catalogEntries() {
  const { readEntry } = await evaluate('src/catalog/read.ts');
  const { hashOf, textsOf, withoutTexts } = await evaluate('src/catalog/shipped/known-entry.ts');
  const { findCatalog } = await evaluate('src/catalog/find.ts');
  const { builtIns, shippedDir } = findCatalog(join(root, 'none'));
  return builtIns.flatMap((name) => {
    const findings = structuredClone(NONE);
    const entry = readEntry(join(shippedDir, name), name, true, findings);
    if (!entry || hasFindings(findings)) return [];
    return [[name, JSON.stringify({ hash: hashOf(textsOf(join(shippedDir, name))), entry: withoutTexts(entry) })]];
  });
}

/** What virtwork adds to the guests of all entries. */
async function sharedPieces() {
  const { readFiles } = await evaluate('src/catalog/files/guest-files.ts');
  const { filesWithoutTexts, hashOf, textsOf } = await evaluate('src/catalog/shipped/known-entry.ts');
  const shared = join(CATALOG, '_shared');
  return readdirSync(shared).flatMap((piece) => {
    const findings = structuredClone(NONE);
    const files = readFiles(join(shared, piece), 'files', piece, findings);
    if (hasFindings(findings)) return [];
    return [[piece, JSON.stringify({ hash: hashOf(textsOf(join(shared, piece))), files: filesWithoutTexts(files, piece) })]];
  });
}

function hasFindings({ problems, warnings }) {
  return problems.length + warnings.length > 0;
}
