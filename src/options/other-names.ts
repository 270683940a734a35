import { nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { type OptionKey, type OptionSpec, specs } from './table';
import { SETTINGS } from './workload-settings';

export const PREFIX = 'VIRTWORK_';

/**
 * The option that has this name in any source: as a key, a flag or a variable, with - or _, and also with the
 * prefix of variables or with the no- of flags.
 */
export function optionCalled(name: string): readonly [OptionKey, OptionSpec] | undefined {
  const words = [plain(name), plain(name).replace(/^no_/, '')];
  return specs().find(([key, { flag, env }]) => [key, flag, env].some((each) => each !== undefined && words.includes(plain(each))));
}

/** @returns what a flag that does not exist was meant to be, of the flags of a verb */
export function flagFor(name: string, known: readonly string[]): string | undefined {
  const flag = optionCalled(name)?.[1].flag;
  if (flag !== undefined && known.includes(flag)) return flag;
  return known.find((each) => plain(each) === plain(name)) ?? nearest(name, known);
}

/** @returns what to say of a variable that no option reads */
export function variableFor(name: string, known: readonly string[]): string {
  const spec = optionCalled(name)?.[1];
  if (spec && !spec.env) return `; use the flag --${spec.flag}`;
  if (name === `${PREFIX}CONFIG`) return '; use the flag --config';
  // The prefix, which all of them have, must not make them look alike.
  const word =
    spec?.env ??
    nearest(
      name.slice(PREFIX.length),
      known.map((each) => each.slice(PREFIX.length)),
    );
  const near = word === undefined ? undefined : PREFIX + word;
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** @returns what to write in the place of an unknown key of the configuration file */
export function keyFor(path: DocumentPath, key: string, value: unknown): string | undefined {
  if (path.length === 2 && path[0] === 'workloads') return settingFor(key);
  if (path.length > 0) return undefined;
  const [known, spec] = optionCalled(key) ?? [];
  if (known === undefined || spec === undefined) return value !== null && typeof value === 'object' ? `workloads: {${key}: …}` : undefined;
  if (known === 'params') return 'workloads: {cpu: {params: {cpu-load-percent: 50}}}';
  return spec.notInFile ? `the flag --${spec.flag}` : known;
}

function settingFor(key: string): string | undefined {
  const known = Object.keys(SETTINGS);
  const setting = known.find((each) => each === plain(key));
  if (setting !== undefined) return setting;
  const [option, spec] = optionCalled(key) ?? [];
  if (option !== undefined && Object.hasOwn(SETTINGS, option)) return option;
  if (spec && !spec.notInFile) return `${option} at the top level, where it holds for all workloads`;
  return nearest(key, [...known, 'params']) ?? `params: {${key}: …} if it is a param`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_').replace(/^_+/, '').replace(PREFIX.toLowerCase(), '');
}
