import { didYouMean } from '../text/messages';
import { misspelt, nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { INSTEAD } from './messages';
import { type OptionKey, type OptionSpec, specs, TABLE } from './table';
import { SETTINGS } from './workload-settings';

export const PREFIX = 'VIRTWORK_';

/** The option as the user writes it on the command line: `--memory 4Gi`, `--no-create-namespace`; without a value the flag alone. */
export function asFlag(key: OptionKey, value?: string): string {
  const { flag, kind }: OptionSpec = TABLE[key];
  if (kind.metavar === undefined) return value === 'false' ? `--no-${flag}` : `--${flag}`;
  return value === undefined ? `--${flag}` : `--${flag} ${value}`;
}

/** Words for options in other tools, and names of fields that an option sets. */
const OTHER_WORDS: { readonly [word: string]: OptionKey } = {
  ...{ replicas: 'vm_count', count: 'vm_count', instances: 'vm_count' },
  ...{ cores: 'cpu_cores', cpus: 'cpu_cores', vcpus: 'cpu_cores', ram: 'memory', guest_memory: 'memory' },
  ...{ image: 'container_disk_image', container_disk: 'container_disk_image', os: 'guest_os', tz: 'timezone' },
  ...{ cloud_init: 'extra_user_data', user_data: 'extra_user_data', userdata: 'extra_user_data', ntp: 'extra_user_data' },
  ...{ storage: 'storage_class', storage_class_name: 'storage_class' },
  ...{ bootloader: 'firmware', efi: 'firmware', uefi: 'firmware', secure_boot: 'firmware' },
  ...{ interfaces: 'networks', network_interface_multiqueue: 'network_multiqueue', io_threads_policy: 'io_threads' },
  ...{ gpus: 'patches', host_devices: 'patches', termination_grace_period_seconds: 'patches', machine_type: 'patches' },
  ...{ priority_class_name: 'priority_class', scheduler_name: 'scheduler', topology_spread_constraints: 'spread' },
};

/**
 * The option with this name in any source: as a key, a flag or a variable, with - or _ or in camel case, with or without `VIRTWORK_` or `no-`,
 * or under another common name.
 */
export function optionCalled(name: string): readonly [OptionKey, OptionSpec] | undefined {
  const words = [plain(name), plain(name).replace(/^no_/, '')];
  const other = Object.hasOwn(OTHER_WORDS, plain(name)) ? OTHER_WORDS[plain(name)] : undefined;
  return specs().find(
    ([key, { flag, env }]) => key === other || [key, flag, env].some((each) => each !== undefined && words.includes(plain(each))),
  );
}

/**
 * @param known flags of a verb
 * @returns the known flag that an unknown one probably means
 */
export function flagFor(name: string, known: readonly string[]): string | undefined {
  const flag = optionCalled(name)?.[1].flag;
  if (flag !== undefined && known.includes(flag)) return flag;
  return known.find((each) => plain(each) === plain(name)) ?? nearest(name, known);
}

/** @returns the variable or the flag that an unknown variable probably means */
export function nearVariable(name: string, known: readonly string[]): { readonly variable?: string; readonly flag?: string } {
  const spec = optionCalled(name)?.[1];
  if (name === `${PREFIX}CONFIG`) return { flag: 'config' };
  if (spec?.flag && !spec.env) return { flag: spec.flag };
  // Without the prefix, which makes all names look similar.
  const words = known.map((each) => each.slice(PREFIX.length));
  const word = spec?.env ?? nearest(name.slice(PREFIX.length), words);
  return word === undefined ? {} : { variable: PREFIX + word };
}

/** @returns the hint for an unknown key of the configuration file */
export function hintFor(path: DocumentPath, key: string, value: unknown): string | undefined {
  if (path.length === 2 && path[0] === 'workloads') return settingFor(key);
  if (path.length > 0) return undefined;
  const [known, spec] = optionCalled(key) ?? [];
  if (known === undefined || spec === undefined) {
    if (['trials', 'repeats', 'seed'].includes(key)) return INSTEAD.ofWorkload(key);
    if (value === null || typeof value !== 'object') return undefined;
    return misspelt(key, ['workloads']) ? didYouMean('workloads') : INSTEAD.workload(key);
  }
  if (spec.insteadInFile !== undefined) return INSTEAD.write(spec.insteadInFile);
  return spec.notInFile ? INSTEAD.flag(spec.flag) : didYouMean(known);
}

/** @returns the hint for an unknown key of `--set` */
export function hintForSetting(workload: string, key: string): string {
  const [option, spec] = optionCalled(key) ?? [];
  const isOfAll = option !== undefined && spec?.flag !== undefined && !Object.hasOwn(SETTINGS, option);
  return isOfAll ? INSTEAD.flag(spec.flag) : settingFor(key, INSTEAD.paramFlag(workload, key));
}

/** @param otherwise the hint if nothing is similar */
function settingFor(key: string, otherwise = INSTEAD.param(key)): string {
  const known = Object.keys(SETTINGS);
  const setting = known.find((each) => each === plain(key));
  if (setting !== undefined) return didYouMean(setting);
  const [option, spec] = optionCalled(key) ?? [];
  if (option !== undefined && Object.hasOwn(SETTINGS, option)) return didYouMean(option);
  if (option !== undefined && !spec?.notInFile) return INSTEAD.topLevel(option);
  const near = nearest(key, [...known, 'params', 'trials']);
  // Params such as cpu-load-percent begin with the name of a setting.
  return near === undefined || key.startsWith(`${near}-`) ? otherwise : didYouMean(near);
}

function plain(name: string): string {
  const snake = name.replace(/([a-z])([A-Z])/g, '$1_$2');
  return snake.toLowerCase().replaceAll('-', '_').replace(/^_+/, '').replace(PREFIX.toLowerCase(), '');
}
