import type { Entry, ParamSpec } from '../catalog/entry';
import { entryExperiments } from '../catalog/experiments';
import { entryNames, findCatalog } from '../catalog/find';
import { openEntry } from '../catalog/open-entry';
import { allowed, type TypedValue, typedValue } from '../catalog/params/param-value';
import type { Problems } from '../catalog/problems';
import { EXIT, formatProblem } from '../errors';
import { loadOptions } from '../options/load';
import { type Signal, signalsOf } from '../signals/signal';
import { toYaml } from '../yaml/to-yaml';
import type { Args, Context } from './context';
import { idleFlags, listPackages, OF_PACKAGES } from './list-packages';
import { leftOut } from './messages';
import { CONFIG_FLAG, outputFlag } from './options-of';
import { table } from './table';
import type { Verb } from './verb';

const FORMATS = ['table', 'wide', 'json', 'yaml'] as const;

/** Columns of the output if it is not a terminal. */
const WIDTH = 120;

/** A param whose values have the type of the param: the default of an int is a number. */
interface ListedParam extends Omit<ParamSpec, 'default' | 'enum' | 'isOwnPattern'> {
  readonly default: TypedValue;
  readonly enum?: readonly TypedValue[];
}

/** What is listed of an entry. */
interface Listed {
  readonly name: string;
  readonly kind: 'default' | 'opt-in' | 'example' | 'yours';
  readonly chaos: boolean;
  readonly idle: boolean;
  readonly description: string;
  readonly roles: readonly { readonly name: string; readonly vmCount?: number }[];
  readonly params: readonly ListedParam[];
  readonly storage: Entry['storage'];
  /** What a trial leaves. Absent: the entry cannot be measured. */
  readonly results?: Entry['results'];
  /** Names of its experiments. Absent: it has none. */
  readonly experiments?: readonly string[];
  /** What its VMs fire with some params. Absent: nothing. */
  readonly alerts?: Entry['alerts'];
  /** Of all roles, with those that every workload has. */
  readonly signals: readonly Signal[];
  readonly service?: Entry['service'];
  readonly access?: Entry['access'];
  readonly folder: string;
}

export const list: Verb = {
  name: 'list',
  describe: 'list workloads and catalog entries with their params',
  flags: {
    ...CONFIG_FLAG,
    output: outputFlag(...FORMATS),
    packages: { describe: 'list the packages that an image must contain for the selected workloads' },
  },
  options: ['catalog_dir', 'verbose', ...OF_PACKAGES],
  examples: [
    ['virtwork list -o wide', 'every param with its type, default and allowed values'],
    ['virtwork list -o json', 'everything about the entries, for scripts'],
    ['virtwork list --packages --guest-os debian', 'what an image must contain to need no repository'],
  ],
  run: runList,
};

async function runList({ packages, ...args }: Args, context: Context): Promise<number> {
  if (packages) return listPackages(args, context);
  const { env, cwd, problems, out, log } = context;
  const options = await loadOptions({ flags: args, env, cwd, problems: [...problems, ...idleFlags(args)] });
  const catalog = findCatalog(options.catalogDir);
  const findings: Problems = { problems: [], warnings: [] };
  const entries = entryNames(catalog).flatMap((name) => openEntry(catalog, name, cwd, findings) ?? []);
  for (const problem of findings.problems) log.warn(leftOut(formatProblem(problem)));
  const experiments = entryExperiments(catalog);
  const listed = entries.map((entry) => {
    const own = experiments.flatMap((each) => (each.entry === entry.name ? [each.name] : []));
    return row(entry, kindOf(catalog, entry.name), own);
  });
  out(format(entries, listed, (args.output as (typeof FORMATS)[number] | undefined) ?? 'table'));
  return EXIT.done;
}

function kindOf(catalog: ReturnType<typeof findCatalog>, name: string): Listed['kind'] {
  if (catalog.defaults.includes(name)) return 'default';
  if (catalog.builtIns.includes(name)) return 'opt-in';
  return catalog.users.includes(name) ? 'yours' : 'example';
}

function row(
  { name, chaos, idle, description, roles, params, storage, results, signals, alerts, service, access, folder, multiRole }: Entry,
  kind: Listed['kind'],
  experiments: readonly string[],
): Listed {
  return {
    name,
    kind,
    chaos,
    idle,
    description,
    roles: multiRole ? roles.map((role) => ({ name: role.name, ...(role.vmCount === undefined ? {} : { vmCount: role.vmCount }) })) : [],
    params: params.map(typed),
    storage,
    ...(results.length > 0 ? { results } : {}),
    ...(experiments.length > 0 ? { experiments } : {}),
    signals: multiRole
      ? roles.flatMap((role) => signalsOf({ signals }, role.name).map((each) => ({ ...each, role: role.name })))
      : signalsOf({ signals }),
    ...(alerts.length > 0 ? { alerts } : {}),
    ...(service ? { service } : {}),
    ...(access ? { access } : {}),
    folder,
  };
}

function typed(spec: ParamSpec): ListedParam {
  const { enum: words, default: value, isOwnPattern: _, ...rest } = spec;
  return { ...rest, default: typedValue(spec.type, value), ...(words ? { enum: words.map((word) => typedItem(spec, word)) } : {}) };
}

/** For a list or dict, the limits apply to each item, and items are strings. */
function typedItem({ type }: ParamSpec, word: string): TypedValue {
  return type === 'list' || type === 'dict' ? word : typedValue(type, word);
}

function format(entries: readonly Entry[], listed: readonly Listed[], as: (typeof FORMATS)[number]): string {
  if (as === 'json') return `${JSON.stringify(listed, null, 2)}\n`;
  if (as === 'yaml') return toYaml(listed);
  const width = process.stdout.columns || WIDTH;
  if (as === 'wide') return wide(entries, width);
  return table(
    ['NAME', 'KIND', 'ROLES', 'PARAMS', 'DESCRIPTION'],
    listed.map((each) => [
      each.name,
      each.chaos ? `${each.kind}, chaos` : each.kind,
      each.roles.map((role) => role.name).join(', ') || '-',
      each.params.map((param) => param.key).join(', ') || '-',
      each.description,
    ]),
    { width, whole: 1, names: [2, 3] },
  );
}

/** A row for each param with its allowed values. */
function wide(entries: readonly Entry[], width: number): string {
  return table(
    ['WORKLOAD', 'PARAM', 'TYPE', 'DEFAULT', 'ALLOWED', 'MEANING'],
    entries.flatMap(({ name, params, description }) => {
      if (params.length === 0) return [[name, '-', '-', '-', '-', description]];
      return params.map((param) => [name, param.key, param.type, param.default || '""', allowed(param) || '-', param.description]);
    }),
    { width, whole: 2 },
  );
}
