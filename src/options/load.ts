import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatProblem, type Problem, refuse } from '../errors';
import { isFolder } from '../files/make-folder';
import { liesIn } from '../files/real-path';
import { runId } from '../kubernetes/run-id';
import { show, showScalar } from '../text/show';
import { CONFIG_FILE, type ConfigFile, readConfigFile } from './config-file';
import { contradictions, placeOf } from './contradictions';
import { type Folded, fold, type Given, unknownVariables } from './fold';
import type { Boot, CompanionOptions, Options, Setting } from './options';
import { PREFIX } from './other-names';
import { lockedAccount, passwordHash, sshOf } from './ssh';
import { DISK_SIZES, IMAGES, type OptionKey, specs, TABLE } from './table';
import { type GivenParams, parseAssignments, SETTINGS, type WorkloadSettings } from './workload-settings';

/** Everything outside that decides about the options. */
export interface Sources {
  /** Flags as given, by long name. Absence means that the flag was not given. */
  readonly flags: { readonly [flag: string]: unknown };
  readonly env: NodeJS.ProcessEnv;
  /** Working directory: where `virtwork.yaml` lies and relative paths start. */
  readonly cwd: string;
  /** Faults found before, to be told together with those found now. @default none */
  readonly problems?: readonly Problem[];
  /** A catalog that is named need not be there yet. @default it must */
  readonly makesCatalog?: boolean;
  /** Options of the verb. Those for a cluster are problems in a file that nobody named only where they are used; elsewhere they are left out. @default none */
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

/**
 * The same without throwing, for whoever goes on looking for problems: in the place of a faulty value stands its default.
 */
export async function readOptions({
  flags,
  env,
  cwd,
  problems: before = [],
  makesCatalog = false,
  uses = [],
}: Sources): Promise<{ options: Options; problems: Problem[] }> {
  const problems = [...before];
  const file = readConfigFile(flags.config as string | undefined, cwd, problems);
  const folded = fold(flags, env, file, problems);
  problems.push(...statedByStranger(file, folded, uses));
  const settled = settle({ folded, file, env, cwd, makesCatalog, problems, passwordHash: await passwordHash(folded.values) });
  return { options: settled, problems };
}

/**
 * A file that lies in the working directory may have come with a cloned repository. A kubeconfig runs programs, a context
 * chooses the cluster that is changed, a record is written: none of that is for a stranger to say.
 */
function statedByStranger(file: ConfigFile, { origins }: Folded, uses: readonly OptionKey[]): Problem[] {
  if (!file.isFound) return [];
  return specs()
    .filter(
      ([key, { byHand, companion }]) =>
        byHand && (!companion || uses.includes(key)) && (file.values[key] ?? undefined) !== undefined && origins[key] === 'default',
    )
    .map(([key, { flag, env, kind }]) => ({
      where: file.place([key]),
      message: 'must not be set in a configuration file that --config does not name',
      hint: `${kind.metavar ? `--${flag} ${kind.metavar}` : `--[no-]${flag}`}${env ? ` or ${PREFIX}${env}` : ''}; or --config ${CONFIG_FILE}, if you trust the file`,
    }));
}

/**
 * The same for options that a program states, in the form of the configuration file. Nothing but them decides.
 * A password is no such option: its hash needs an await.
 */
export function statedOptions(file: ConfigFile, cwd: string, problems: Problem[]): Options {
  return settle({ folded: fold({}, {}, file, problems), file, env: {}, cwd, problems });
}

interface Settling {
  readonly folded: Folded;
  readonly file: ConfigFile;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly makesCatalog?: boolean;
  readonly problems: Problem[];
  readonly passwordHash?: string | undefined;
}

function settle({ folded, file, env, cwd, makesCatalog = false, problems, passwordHash }: Settling): Options {
  const { values } = folded;
  const ssh = sshOf(folded, passwordHash, cwd, problems);
  const odd = contradictions(folded);
  problems.push(...odd.problems);
  const options: Options = {
    namespace: values.namespace,
    createNamespace: values.create_namespace,
    ...present('workloads', namedWorkloads(folded, file)),
    fromCatalog: values.from_catalog,
    allowAccess: values.allow_access,
    catalogDir: resolve(cwd, atHome(values.catalog_dir, env)),
    settings: workloadSettings(folded, file, problems),
    vmCount: setting(folded, 'vm_count'),
    cpuCores: setting(folded, 'cpu_cores'),
    memory: setting(folded, 'memory'),
    dataDiskSize: values.data_disk_size,
    ...present('storageClass', values.storage_class),
    ...present('accessModes', values.access_modes),
    ...present('volumeMode', values.volume_mode),
    boot: bootOf(folded, problems),
    guestOs: values.guest_os,
    ...present('ssh', ssh),
    writePasswordHash: values.write_password_hash,
    runId: values.run_id ?? runId(values.namespace, values.run),
    healthPort: values.health_port,
    dryRun: values.dry_run,
    companion: companionOf(folded, cwd, env),
    verbose: values.verbose,
    place: (key) => placeOf(folded, key),
    origin: (key) => folded.origins[key],
    warnings: [...unknownVariables(env), ...lockedAccount(ssh), ...odd.warnings.map(formatProblem)],
  };
  const usual = resolve(cwd, atHome(TABLE.catalog_dir.fallback, env));
  if (file.isFound && folded.origins.catalog_dir === 'file' && options.catalogDir !== usual)
    problems.push(...strangersCatalog(options, values.catalog_dir, cwd, makesCatalog));
  if (!makesCatalog && folded.origins.catalog_dir !== 'default' && !existsSync(options.catalogDir)) {
    problems.push({
      where: options.place('catalog_dir'),
      message: `must be a folder, got ${show(values.catalog_dir)}, which is not there`,
    });
  }
  return Object.freeze(options);
}

/**
 * A file that nobody named gets at nothing outside of its folder: not to write a new entry there, and not to render units
 * that lie there into files which are made for being committed.
 */
function strangersCatalog({ catalogDir, place }: Options, stated: string, cwd: string, isNew: boolean): Problem[] {
  const where = place('catalog_dir');
  const hint = `--catalog-dir PATH; or --config ${CONFIG_FILE}, if you trust the file`;
  if (!liesIn(cwd, catalogDir)) return [{ where, message: `must be a folder in this one, got ${show(stated)}`, hint }];
  if (isNew || !isFolder(catalogDir)) return [];
  return readdirSync(catalogDir)
    .filter((name) => isFolder(join(catalogDir, name)) && !liesIn(cwd, join(catalogDir, name)))
    .map((name) => ({ where, message: `must be a folder without links to folders outside of this one, got ${show(name)} in it`, hint }));
}

/**
 * The names given by flag or environment; else the workloads of the file, unless catalog entries are asked for
 * from outside of the file or the file does nothing but switch some off.
 */
function namedWorkloads({ values, origins }: Folded, file: ConfigFile): readonly string[] | undefined {
  if (values.workloads) return values.workloads;
  const outside = origins.from_catalog === 'flag' || origins.from_catalog === 'env';
  const listed = [...file.workloads.keys()];
  const onlySwitchesOff = [...file.workloads.values()].every(({ settings }) => settings.enabled === false);
  return outside || onlySwitchesOff ? undefined : listed;
}

function workloadSettings({ given }: Folded, file: ConfigFile, problems: Problem[]): Map<string, WorkloadSettings> {
  const read = new Map<string, WorkloadSettings>();
  for (const [name, workload] of file.workloads) {
    const setting = (key: string) => settingOf(file, name, key, workload.settings[key], problems);
    read.set(name, {
      enabled: (setting('enabled') as boolean | undefined) ?? true,
      ...present('vmCount', setting('vm_count') as number | undefined),
      ...present('cpuCores', setting('cpu_cores') as number | undefined),
      ...present('memory', setting('memory') as string | undefined),
      place: (key) => file.place(['workloads', name, ...(key === undefined ? [] : [key])]),
      params: new Map(Object.entries(workload.params).map(([key, given]) => [key, [given]])),
    });
  }
  for (const each of given.params.toReversed()) assign(read, each, problems);
  return read;
}

/** Each param beside what weaker sources gave for it. */
function assign(settings: Map<string, WorkloadSettings>, { value: text, origin, where }: Given, problems: Problem[]): void {
  const { assignments, faulty } = parseAssignments(text as string);
  for (const part of text ? faulty : []) {
    problems.push({
      where: where(),
      message: `must be WORKLOAD.KEY=VALUE, got ${show(part.replace(/=.+$/s, '=…'))}`,
      hint: 'cpu.cpu-load-percent=50',
    });
  }
  for (const { workload, key, value } of assignments) {
    const known = settings.get(workload) ?? { enabled: true, params: new Map() as GivenParams };
    const param = { raw: value, origin, source: () => `${where()} ${workload}.${key}` };
    settings.set(workload, { ...known, params: new Map([...known.params, [key, [param, ...(known.params.get(key) ?? [])]]]) });
  }
}

function settingOf(file: ConfigFile, workload: string, key: string, raw: unknown, problems: Problem[]): unknown {
  if (raw === undefined || raw === null) return undefined;
  const parsed = (SETTINGS[key] as (typeof SETTINGS)[string]).parse(raw);
  if ('value' in parsed) return parsed.value;
  problems.push({ where: file.place(['workloads', workload, key]), message: `must ${parsed.must}, got ${showScalar(raw)}` });
  return undefined;
}

function setting<K extends 'vm_count' | 'cpu_cores' | 'memory'>({ values, origins }: Folded, key: K): Setting<Folded['values'][K]> {
  const fallback = TABLE[key].fallback as Folded['values'][K];
  if (origins[key] === 'default') return { fallback };
  return origins[key] === 'file' ? { general: values[key], fallback } : { forAll: values[key], fallback };
}

function companionOf({ values, origins }: Folded, cwd: string, env: NodeJS.ProcessEnv): CompanionOptions {
  return {
    oneRun: origins.run !== 'default' || origins.run_id !== 'default',
    timeout: values.timeout,
    wait: values.wait_for_ready,
    audit: values.audit,
    auditAsked: origins.audit !== 'default' || origins.audit_db !== 'default',
    auditDb: resolve(cwd, atHome(values.audit_db, env)),
    ...present('kubeconfig', values.kubeconfig),
    ...present('context', values.context),
  };
}

function atHome(path: string, { HOME = '~' }: NodeJS.ProcessEnv): string {
  return path.replace(/^~(?=\/|$)/, HOME);
}

function bootOf(folded: Folded, problems: Problem[]): Boot {
  const { values } = folded;
  const [kind, source = ''] = values.boot.split(':');
  const [namespace = '', name = ''] = source.split('/');
  if (kind === 'dataSource') {
    return {
      kind,
      namespace,
      name,
      ...present('storageClass', values.storage_class),
      ...present('accessModes', values.access_modes),
      ...present('volumeMode', values.volume_mode),
    };
  }
  const image = values.container_disk_image ?? IMAGES[values.guest_os];
  if (image === undefined) {
    problems.push({
      where: placeOf(folded, 'guest_os'),
      message: `${values.guest_os} has no container disk that everyone may pull: it needs a boot source or an image of your own`,
      hint: '--boot dataSource:openshift-virtualization-os-images/rhel9',
    });
  }
  const diskSize = values.container_disk_image === undefined ? DISK_SIZES[values.guest_os] : undefined;
  return { kind: 'containerDisk', image: image ?? '', ...present('diskSize', diskSize) };
}

function present<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}
