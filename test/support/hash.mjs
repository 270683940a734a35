// Hashes of the dependencies of a test. They depend only on file contents and facts, not on path and time of a checkout.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { transformSync } from 'esbuild';

/**
 * The files at and below some paths, relative to the root, without documentation.
 * @param except more paths to leave out
 * @throws Error when a path of `except` does not exist: a renamed file would count again unnoticed
 */
export function filesIn(root, paths, except = []) {
  const gone = except.find((path) => !existsSync(join(root, path)));
  if (gone !== undefined) throw new Error(`${gone} does not exist; correct the list of files that do not count`);
  const within = (path) => {
    if (except.includes(path)) return [];
    if (!statSync(join(root, path)).isDirectory()) return path.endsWith('.md') ? [] : [path];
    return readdirSync(join(root, path)).flatMap((name) => within(join(path, name)));
  };
  return paths.filter((path) => existsSync(join(root, path))).flatMap(within);
}

/** A file and all files that it imports by a relative path, directly or indirectly. */
export function withImports(root, file, found = new Set()) {
  if (found.has(file)) return [...found];
  found.add(file);
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, path] of text.matchAll(/(?:from|import|require)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
    const target = relative(root, resolve(root, dirname(file), path));
    const there = [target, ...['.ts', '.mjs', '.cjs', '.json', '/index.ts'].map((end) => `${target}${end}`)].find((each) =>
      isFile(join(root, each)),
    );
    if (there !== undefined) withImports(root, there, found);
  }
  return [...found];
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}

/** The content of a file without comments and layout of code, so that a better comment boots no guest. */
function meaning(path) {
  const content = readFileSync(path);
  if (!/\.(ts|mjs|cjs)$/.test(path)) return content;
  return transformSync(content.toString(), { loader: path.endsWith('.ts') ? 'ts' : 'js', minifyWhitespace: true, legalComments: 'none' })
    .code;
}

/**
 * @param files paths relative to the root
 * @param facts other dependencies, such as versions of tools
 * @returns 16 hexadecimal digits
 */
export function hashOf(root, files, facts = {}) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const file of [...new Set(files)].sort()) {
    const content = createHash('sha256')
      .update(meaning(join(root, file)))
      .digest('hex');
    const mode = statSync(join(root, file)).mode & 0o100 ? 'x' : '-';
    hash.update(`\0${file}\0${mode}\0${content}`);
  }
  return hash.digest('hex').slice(0, 16);
}
