import { resolve } from 'node:path';
import { formatProblem, type Problem, refuse } from '../errors';
import { runId } from '../kubernetes/run-id';
import type { DocumentPath } from '../yaml/yaml-file';
import { bootOf } from './boot';
import { folderProblems } from './catalog-folder';
import { type ConfigFile, readConfigFile } from './config-file';
import { contradictions, placeOf } from './contradictions';
import { type Folded, fold, foldOwn, unknownVariables } from './fold';
import { setByStranger, strangersCatalog } from './found-file';
import { guestInput, type Reading, readingOf } from './guest/input';
import type { CompanionOptions, Options, Setting } from './options';
import { asFlag } from './other-names';
import { patchesOf } from './patches';
import { present } from './present';
import { workloadSettings } from './settings-of';
import type { Spell } from './spell';
import { lockedAccount, passwordHash, sshOf } from './ssh';
import { type OptionKey, plainOptions, TABLE } from './table';

/** Everything outside the program that decides about the options. */
export interface Sources {
  /** Flags as given, by long name. Absent: the flag was not given. */
  readonly flags: { readonly [flag: string]: unknown };
  readonly env: NodeJS.ProcessEnv;
  /** Working directory: the folder of `virtwork.yaml`, and the start of relative paths. */
  readonly cwd: string;
  /** Problems found before, to be reported together with those found now. @default none */
  readonly problems?: readonly Problem[];
  /** The verb creates the catalog folder if it does not exist. @default the folder must exist */
  readonly makesCatalog?: boolean;
  /**
   * Options of the verb. In a file that the user did not name, options for a cluster are problems only if the verb uses them; otherwise
   * they are ignored. @default none
   */
  readonly uses?: readonly OptionKey[];
}

/**
 * Folds flags, environment, file and defaults into Options.
 * @throws UserError with every problem of every source
 */
export async function loadOptions(sources: Sources): Promise<Options> {
  const { options, problems } = await readOptions(sources);
  refuse(problems, options.warnings);
  return options;
}

/** Like {@link loadOptions}, for callers that look for further problems: it does not throw, and a wrong value is replaced by its default. */
export async function readOptions({
  flags,
  env,
  cwd,
  problems: before = [],
  makesCatalog = false,
  uses = [],
}: Sources): Promise<{ options: Options; problems: Problem[] }> {
  const problems = [...before];
  const file = readConfigFile(flags.config as string | readonly string[] | undefined, cwd, problems);
  const options = await optionsOf(file, { flags, env, cwd, problems, makesCatalog, uses });
  return { options, problems };
}

/**
 * Options from a configuration that was read before.
 * @param problems gets every problem; a wrong value is replaced by its default
 * @param spell how hints write an option. @default as a flag
 */
export async function optionsOf(
  file: ConfigFile,
  {
    flags,
    env,
    cwd,
    problems,
    makesCatalog = false,
    uses = [],
    spell = asFlag,
  }: Sources & { readonly problems: Problem[]; readonly spell?: Spell },
): Promise<Options> {
  for (const layer of file.layers ?? []) workloadSettings(fold({}, {}, layer, problems), layer, problems);
  const folded = fold(flags, env, file, problems);
  problems.push(...setByStranger(file, folded, uses, cwd));
  return combine({
    folded,
    file,
    env,
    cwd,
    makesCatalog,
    problems,
    passwordHash: await passwordHash(folded.values),
    spell,
  });
}

/**
 * Options from values that a program states, in the form of the configuration file. No other source is read. A password is not
 * supported, because its hash needs an await.
 * @param spell how the program writes an option, see `Options`
 */
export function statedOptions(file: ConfigFile, cwd: string, problems: Problem[], spell: Spell): Options {
  return combine({ folded: fold({}, {}, file, problems), file, env: {}, cwd, problems, spell });
}

interface Combining {
  readonly folded: Folded;
  readonly file: ConfigFile;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly makesCatalog?: boolean;
  readonly problems: Problem[];
  readonly passwordHash?: string | undefined;
  readonly spell: Spell;
}

/** Copies the plain options, and computes the rest from the others. */
function combine(combining: Combining): Options {
  const { folded, file, env, cwd, problems, spell } = combining;
  const { values } = folded;
  const ssh = sshOf(folded, combining.passwordHash, cwd, problems);
  const settings = workloadSettings(folded, file, problems);
  const ofWorkloads = new Map([...settings].flatMap(([name, { own }]) => (own.size === 0 ? [] : [[name, foldOwn(folded, own)] as const])));
  const odd = [folded, ...ofWorkloads.values()].map((each) => contradictions(each, folded));
  problems.push(...odd.flatMap((each) => each.problems));
  const reading = readingOf(file, cwd, atHome('~', env), problems);
  const general = decided(folded, folded, reading);
  const decisions = new Map([...ofWorkloads].map(([name, each]) => [name, decided(each, folded, reading)]));
  const options: Options = {
    ...general,
    ...present('workloads', namedWorkloads(folded, file)),
    catalogDir: resolve(cwd, atHome(values.catalog_dir, env)),
    settings,
    of: (workload) => own.get(workload) ?? options,
    ...present('ssh', ssh),
    runId: values.run_id ?? runId(values.namespace, values.run),
    companion: { ...plainOptions(values).companion, ...companionOf(folded, cwd, env) },
    spell,
    warnings: [
      ...unknownVariables(env),
      ...lockedAccount(ssh, spell),
      ...new Set([...odd.flatMap((each) => each.warnings.map(formatProblem)), ...reading.warnings]),
    ],
  };
  const own = new Map([...decisions].map(([name, each]) => [name, Object.freeze({ ...options, ...each })]));
  problems.push(...catalogProblems(options, combining));
  return Object.freeze(options);
}

/**
 * What a workload may decide by its own values.
 * @param general the values of all workloads
 */
function decided(folded: Folded, general: Folded, reading: Reading) {
  return {
    ...plainOptions(folded.values).options,
    guest: guestInput(folded, reading),
    vmCount: setting(folded, 'vm_count'),
    cpuCores: setting(folded, 'cpu_cores'),
    memory: setting(folded, 'memory'),
    boot: bootOf(folded),
    patches: patchesOf(folded, general),
    place: (key: OptionKey, at?: DocumentPath) => placeOf(folded, key, at),
    origin: (key: OptionKey) => folded.origins[key],
  };
}

function catalogProblems(options: Options, { folded: { values, origins }, file, env, cwd, makesCatalog = false }: Combining): Problem[] {
  const usual = resolve(cwd, atHome(TABLE.catalog_dir.fallback, env));
  const isStrangers = file.isFound && origins.catalog_dir === 'file' && options.catalogDir !== usual;
  const mustExist = !makesCatalog && origins.catalog_dir !== 'default';
  return [
    ...(isStrangers ? strangersCatalog(options, values.catalog_dir, cwd, makesCatalog) : []),
    ...(mustExist ? folderProblems(options.catalogDir, values.catalog_dir, options.place('catalog_dir')) : []),
  ];
}

/**
 * The names given by flag or environment. Otherwise the workloads of the file, unless a flag or the environment requests catalog entries,
 * or the file only disables workloads.
 */
function namedWorkloads({ values, origins }: Folded, file: ConfigFile): readonly string[] | undefined {
  if (values.workloads) return values.workloads.map((name) => name.replace(/=.*/, ''));
  const outside = origins.from_catalog === 'flag' || origins.from_catalog === 'env';
  const onlyDisables = [...file.workloads.values()].every(({ settings }) => settings.enabled === false);
  return outside || onlyDisables ? undefined : [...file.workloads.keys()];
}

function setting<K extends 'vm_count' | 'cpu_cores' | 'memory'>({ values, origins }: Folded, key: K): Setting<Folded['values'][K]> {
  const fallback = TABLE[key].fallback as Folded['values'][K];
  return origins[key] === 'default' ? { fallback } : { stated: values[key], fallback };
}

function companionOf(
  { values, origins }: Folded,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Pick<CompanionOptions, 'oneRun' | 'auditAsked' | 'auditDb'> {
  return {
    oneRun: origins.run !== 'default' || origins.run_id !== 'default',
    auditAsked: origins.audit !== 'default' || origins.audit_db !== 'default',
    auditDb: resolve(cwd, atHome(values.audit_db, env)),
  };
}

function atHome(path: string, { HOME = '~' }: NodeJS.ProcessEnv): string {
  return path.replace(/^~(?=\/|$)/, HOME);
}
