import type { Entry } from '../catalog/entry';
import { paramValue } from '../catalog/params/param-value';
import type { Problem } from '../errors';
import { settingSpec } from '../options/workload-settings';
import type { YamlFile } from '../yaml/yaml-file';
import type { Axis, AxisValue } from './axes';
import { sameAs, twice } from './messages';
import { isMap, mapAt, type Piece, problemAt, type YamlMap } from './source';

/** Values of an axis that set the same: their difference would be noise. Written differently, they still are the same: 1Gi is 1024Mi. */
export function sameValues(file: YamlFile, entry: Entry, axes: readonly Axis[]): Problem[] {
  return axes.flatMap((axis) => {
    const first = new Map<string, string>();
    const keysOf = (of: (value: AxisValue) => ReadonlyMap<string, Piece>) => [
      ...new Set(axis.values.flatMap((each) => [...of(each).keys()])),
    ];
    const keys = { settings: keysOf(({ settings }) => settings), params: keysOf(({ params }) => params) };
    const workloads = keysOf((value) => value.workloads);
    return axis.values.flatMap((value) => {
      const { from: _, ...pod } = value.pod ?? { from: [] };
      const all = JSON.stringify([
        keys.settings.map((key) => settingOf(key, pieceOf(file, 'settings', value.settings, key))),
        keys.params.map((key) => paramOf(file, entry, key, pieceOf(file, 'params', value.params, key))),
        workloads.map((name) => workloadOf(file, name, value)),
        pod,
      ]);
      const other = first.get(all);
      if (other === undefined) first.set(all, value.name);
      return other === undefined ? [] : [problemAt(file, value.from, other === value.name ? twice(other) : sameAs(value.name, other))];
    });
  });
}

/** What a value sets, or else what the file states for all cells. */
function pieceOf(file: YamlFile, common: string, pieces: ReadonlyMap<string, Piece>, key: string): Piece | undefined {
  const stated = mapAt(file.data, common);
  return pieces.get(key) ?? (Object.hasOwn(stated, key) ? { value: stated[key], from: [common, key] } : undefined);
}

/** A setting in its final form. A wrong one, which is reported elsewhere, stays as it is. */
function settingOf(key: string, piece: Pick<Piece, 'value'> | undefined): unknown {
  const parsed = piece && settingSpec(key)?.kind.parse(piece.value);
  return sorted(parsed && 'value' in parsed ? parsed.value : piece?.value);
}

function paramOf(file: YamlFile, entry: Entry, key: string, piece: Piece | undefined): unknown {
  const spec = entry.params.find((each) => each.key === key);
  if (piece === undefined || spec === undefined) return sorted(piece?.value ?? spec?.default);
  const settled = paramValue(spec, piece.value, file.written(piece.from));
  return 'value' in settled ? settled.value : sorted(piece.value);
}

/** @returns undefined for a workload that is not there */
function workloadOf(file: YamlFile, name: string, { workloads }: AxisValue): unknown {
  const common = mapAt(file.data, 'workloads');
  const stated = workloads.has(name) ? workloads.get(name)?.value : Object.hasOwn(common, name) ? (common[name] ?? {}) : null;
  if (stated === null || (isMap(stated) && stated.enabled === false)) return undefined;
  if (!isMap(stated)) return stated;
  const { enabled: _, ...settings } = stated;
  return sorted(Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, settingOf(key, { value })])));
}

/** With the keys of all maps in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const map: YamlMap = value;
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, sorted(map[key])]),
  );
}
