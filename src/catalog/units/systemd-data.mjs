// Writes systemd-data.json: which directives systemd knows in which section, how it reads their values, and which units it brings.
//   node src/catalog/units/systemd-data.mjs VERSIONS SOURCE...
// SOURCE is a source tree of systemd, or a list of directives in the format of its load-fragment-gperf.gperf.in.
// Sources of several versions make a union. VERSIONS is a text such as "252 to 258".
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const GPERF = 'src/core/load-fragment-gperf.gperf.in';
/** Macros of the list: directives that several sections share. */
const GROUPS = { EXEC: 'Exec', CGROUP: 'Cgroup', KILL: 'Kill' };

const [versions, ...sources] = process.argv.slice(2);
const kinds = new Map();
const units = new Set();
for (const source of sources) {
  const isTree = statSync(source).isDirectory();
  readDirectives(readFileSync(isTree ? join(source, GPERF) : source, 'utf8'));
  if (isTree) readUnits(source);
}
const data = { versions, directives: grouped(), units: [...units].sort().join(' ') };
writeFileSync(join(import.meta.dirname, 'systemd-data.json'), `${JSON.stringify(data, null, 2)}\n`);

function readDirectives(text) {
  let group;
  for (const line of text.split('\n')) {
    const macro = /macro ([A-Z]+)_CONTEXT/.exec(line);
    if (macro) group = GROUPS[macro[1]];
    if (line.includes('endmacro')) group = undefined;
    const [, section, name, parser, flag] = /^(\{\{type\}\}|[A-Z][a-z]+)\.(\w+),\s*(\w+),\s*(\w+)/.exec(line) ?? [];
    if (!name) continue;
    const key = `${section === '{{type}}' ? group : section}.${name}`;
    // The same directive may be read by another function where a build leaves a feature out.
    if (parser === 'config_parse_warn_compat' && kinds.has(key)) continue;
    kinds.set(key, parser === 'NULL' ? 'install' : parser.replace(/^config_parse_/, '') + (flag === 'true' ? '!' : ''));
  }
}

function readUnits(tree) {
  const aliases = readFileSync(join(tree, 'units/meson.build'), 'utf8').match(/[\w.@-]+\.(target|service|socket|timer|path)\b/g);
  const special = readFileSync(join(tree, 'man/systemd.special.xml'), 'utf8').matchAll(/<filename>([\w.@-]+\.[a-z]+)<\/filename>/g);
  const names = [
    ...readdirSync(join(tree, 'units')).map((file) => file.replace(/\.in$/, '')),
    ...aliases,
    ...[...special].map(([, name]) => name),
  ];
  for (const name of names) if (/^[\w.@-]+\.(service|socket|timer|path|target|mount|automount|slice|swap)$/.test(name)) units.add(name);
}

/** Group or section -> kind of value -> directives. */
function grouped() {
  const sections = {};
  for (const [key, kind] of kinds) {
    const [section, name] = key.split('.');
    sections[section] ??= {};
    sections[section][kind] = sections[section][kind] ? `${sections[section][kind]} ${name}` : name;
  }
  return sections;
}
