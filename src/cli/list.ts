import type { Entry, ParamSpec } from '../catalog/entry';
import type { Findings } from '../catalog/faults';
import { entryFolder, entryNames, findCatalog } from '../catalog/find';
import { readEntry, shownPath } from '../catalog/read';
import { EXIT, formatProblem } from '../errors';
import { loadOptions } from '../options/load';
import { allowed } from '../param-value';
import { toYaml } from '../yaml';
import type { Args, Context } from './context';
import { CONFIG_FLAG } from './options-of';
import { table } from './table';
import type { Verb } from './verb';

const FORMATS = ['table', 'wide', 'json', 'yaml'] as const;

/** What a list says of an entry. */
interface Listed {
  readonly name: string;
  readonly kind: 'default' | 'opt-in' | 'example' | 'yours';
  readonly chaos: boolean;
  readonly description: string;
  readonly roles: readonly { readonly name: string; readonly vmCount?: number }[];
  readonly params: readonly ParamSpec[];
  readonly storage: Entry['storage'];
  readonly service?: Entry['service'];
  readonly access?: Entry['access'];
  readonly folder: string;
}

export const list: Verb = {
  name: 'list',
  describe: 'workloads and catalog entries with their params',
  flags: { ...CONFIG_FLAG, output: { alias: 'o', metavar: 'FORMAT', choices: FORMATS, describe: 'table, wide, json or yaml' } },
  options: ['catalog_dir', 'verbose'],
  run: runList,
};

async function runList(args: Args, { env, cwd, problems, out, log }: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env, cwd, problems });
  const catalog = findCatalog(options.catalogDir);
  const findings: Findings = { problems: [], warnings: [] };
  const listed = entryNames(catalog).flatMap((name): Listed[] => {
    const folder = entryFolder(catalog, name) as string;
    const entry = readEntry(folder, shownPath(folder, cwd), catalog.builtIns.includes(name), findings);
    return entry ? [row(entry, kindOf(catalog, name))] : [];
  });
  for (const problem of findings.problems) log.warn(`left out: ${formatProblem(problem)}`);
  out(format(listed, (args.output as (typeof FORMATS)[number] | undefined) ?? 'table'));
  return EXIT.done;
}

function kindOf(catalog: ReturnType<typeof findCatalog>, name: string): Listed['kind'] {
  if (catalog.defaults.includes(name)) return 'default';
  if (catalog.builtIns.includes(name)) return 'opt-in';
  return catalog.users.includes(name) ? 'yours' : 'example';
}

function row(
  { name, chaos, description, roles, params, storage, service, access, folder, multiRole }: Entry,
  kind: Listed['kind'],
): Listed {
  return {
    name,
    kind,
    chaos,
    description,
    roles: multiRole ? roles.map((role) => ({ name: role.name, ...(role.vmCount === undefined ? {} : { vmCount: role.vmCount }) })) : [],
    params,
    storage,
    ...(service ? { service } : {}),
    ...(access ? { access } : {}),
    folder,
  };
}

function format(listed: readonly Listed[], as: (typeof FORMATS)[number]): string {
  if (as === 'json') return `${JSON.stringify(listed, null, 2)}\n`;
  if (as === 'yaml') return toYaml(listed);
  if (as === 'wide') return wide(listed);
  return table(
    ['NAME', 'KIND', 'ROLES', 'PARAMS', 'DESCRIPTION'],
    listed.map((each) => [
      each.name,
      each.chaos ? `${each.kind}, chaos` : each.kind,
      each.roles.map((role) => role.name).join(',') || '-',
      each.params.map((param) => param.key).join(',') || '-',
      each.description,
    ]),
  );
}

/** A row for each param, with what it may be. */
function wide(listed: readonly Listed[]): string {
  return table(
    ['WORKLOAD', 'PARAM', 'TYPE', 'DEFAULT', 'ALLOWED', 'MEANING'],
    listed.flatMap((each) => {
      if (each.params.length === 0) return [[each.name, '-', '-', '-', '-', each.description]];
      return each.params.map((param) => [
        each.name,
        param.key,
        param.type,
        param.default || '""',
        allowed(param) || '-',
        param.description,
      ]);
    }),
  );
}
