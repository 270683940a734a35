import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/catalog/entry';
import { findCatalog } from '../../src/catalog/find';
import { allowed } from '../../src/catalog/params/param-value';
import { readEntry } from '../../src/catalog/read';
import { formatProblem } from '../../src/errors';
import { specs } from '../../src/options/table';
import type { Manifest } from '../../src/validation/manifest';
import { validateObject } from '../../src/validation/validate';
import { SHIPPED } from './entries';
import { ROOT } from './render';

/**
 * Tables and messages of the documentation that are generated from code or catalog, by the name of their place.
 * @param page path relative to the root; the README of an entry has only the params and results of that entry
 */
export function docTables(page = ''): { readonly [place: string]: string } {
  const [, own] = /^catalog\/([^/]+)\/README\.md$/.exec(page) ?? [];
  if (own !== undefined) return { params: paramsOf(entry(own)), results: resultsOf(entry(own)) };
  if (page === 'docs/validation.md') return { problem: problemOfMisspelling() };
  const entries = SHIPPED.map(entry);
  return { workloads: workloads(entries), params: params(entries), options: options() };
}

function entry(name: string): Entry {
  const findings = { problems: [], warnings: [] };
  const read = readEntry(join(findCatalog('/nonexistent').shippedDir, name), name, true, findings);
  if (!read) throw new Error(JSON.stringify(findings));
  return read;
}

/** What virtwork reports of a VM whose field `sockets` is misspelled. */
function problemOfMisspelling(): string {
  const { loadAll } = require('js-yaml') as typeof import('js-yaml');
  const objects = loadAll(readFileSync(join(ROOT, 'dist/cpu.yaml'), 'utf8').replace(/\bsockets:/, 'sokets:')) as Manifest[];
  const problems = objects.filter(({ kind }) => kind === 'VirtualMachine').flatMap((object) => validateObject('cpu.yaml', object));
  return ['```text', ...problems.map(formatProblem), '```'].join('\n');
}

function workloads(entries: readonly Entry[]): string {
  const { defaults, builtIns } = findCatalog('/nonexistent');
  return table(
    ['workload', 'rendered', 'does', 'roles', 'data disk', 'Service'],
    entries.map(({ name, description, roles, multiRole, storage, service }) => [
      `\`${name}\``,
      defaults.includes(name) ? 'by default' : builtIns.includes(name) ? 'when named' : 'example',
      description,
      multiRole ? roles.map((role) => (role.vmCount ? `${role.name} (${role.vmCount})` : role.name)).join(', ') : '–',
      storage.map((disk) => `${disk.mount ?? 'raw'}, serial \`${disk.serial}\``).join('; ') || '–',
      service ? `\`${service.name}\` ${service.ports.map((port) => port.port).join(', ')}` : '–',
    ]),
  );
}

function params(entries: readonly Entry[]): string {
  return table(
    ['workload', 'param', 'type', 'default', 'allowed', 'meaning'],
    entries.flatMap(({ name, params: specs }) =>
      specs.map((param) => [
        `\`${name}\``,
        `\`${param.key}\``,
        param.type,
        `\`${param.default || '""'}\``,
        code(allowed(param)),
        param.description,
      ]),
    ),
  );
}

function paramsOf({ params }: Entry): string {
  return table(
    ['param', 'default', 'allowed', 'meaning'],
    params.map((param) => [`\`${param.key}\``, code(param.default), short(allowed(param)), param.description]),
  );
}

function resultsOf({ results }: Entry): string {
  return table(
    ['figure', 'unit', 'better', 'of several VMs'],
    results.map(({ key, unit, better, vms }) => [`\`${key}\``, unit, better, vms === 'merge' ? 'one histogram' : vms]),
  );
}

/** Long patterns do not help a reader. What follows a pattern does, such as the params that it depends on. */
function short(values: string): string {
  const [pattern = '', ...others] = values.split(/, (?=only with |not below )/);
  return pattern.length > 60 && pattern.startsWith('^') ? ['a pattern, see `workload.yaml`', ...others].join(', ') : code(values);
}

function options(): string {
  return table(
    ['key in the file', 'per workload', 'flag', 'variable', 'default', 'meaning'],
    specs().map(([key, spec]) => [
      spec.notInFile ? '–' : `\`${key}\``,
      spec.ofWorkload ? 'yes' : '–',
      spec.flag ? `\`${spec.alias ? `-${spec.alias} ` : ''}--${spec.flag}\`` : '–',
      spec.env ? `\`VIRTWORK_${spec.env}\`` : '–',
      ['', '{}', '[]'].includes(written(spec.fallback)) ? '–' : `\`${written(spec.fallback)}\``,
      spec.describe,
    ]),
  );
}

function written(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}

function code(text: string): string {
  return text ? `\`${text}\`` : '–';
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
