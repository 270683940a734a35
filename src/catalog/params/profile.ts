import type { ParamSpec } from '../entry';
import { PROFILE_DESCRIPTION } from '../messages/presets';
import type { WorkloadFile } from '../workload-file';
import { paramValue } from './param-value';

/** Key of the param that selects a preset. */
export const PROFILE = 'profile';
/** Its value that selects none. */
export const NO_PRESET = 'none';

/** The param that selects a preset, if workload.yaml, which is valid, has presets. */
export function profileParam({ presets = {} }: WorkloadFile, params: readonly ParamSpec[]): ParamSpec[] {
  const names = Object.keys(presets);
  if (names.length === 0) return [];
  const valuesOf = (preset: { readonly [key: string]: unknown }) =>
    Object.entries(preset).map(([key, value]) => [key, textOf(params, key, value)]);
  return [
    {
      key: PROFILE,
      type: 'string',
      default: NO_PRESET,
      description: PROFILE_DESCRIPTION,
      enum: [NO_PRESET, ...names],
      presets: Object.fromEntries(names.map((name) => [name, Object.fromEntries(valuesOf(presets[name] ?? {}))])),
    },
  ];
}

/** A value in the form that the guest gets. */
export function textOf(params: readonly ParamSpec[], key: string, value: unknown): string {
  const result = paramValue(params.find((param) => param.key === key) as ParamSpec, value);
  return 'value' in result ? result.value : String(value);
}
