import type { Entry } from '../catalog/entry';
import { paramValue } from '../catalog/params/param-value';
import type { Problem } from '../errors';
import { settingSpec } from '../options/workload-settings';
import type { YamlFile } from '../yaml/yaml-file';
import type { Axis } from './axes';
import { sameAs, twice } from './messages';
import { isMap, mapAt, type Piece, piecesOf, problemAt, type YamlMap } from './source';

/** Values of an axis that set the same: their difference would be noise. Written differently, they still are the same: 1Gi is 1024Mi. */
export function sameValues(file: YamlFile, entry: Entry, axes: readonly Axis[]): Problem[] {
  const [settings, params, workloads] = ['settings', 'params', 'workloads'].map((key) => piecesOf(mapAt(file.data, key), [key]));
  return axes.flatMap((axis) => {
    const first = new Map<string, string>();
    return axis.values.flatMap((value) => {
      const { from: _, ...pod } = value.pod ?? { from: [] };
      const changes = JSON.stringify([
        changed(value.settings, settings, settingOf),
        changed(value.params, params, (key, piece) => settledParam(file, entry, key, piece)),
        changed(value.workloads, workloads, (_, piece) => workloadOf(piece)),
        pod,
      ]);
      const other = first.get(changes);
      if (other === undefined) first.set(changes, value.name);
      return other === undefined ? [] : [problemAt(file, value.from, other === value.name ? twice(other) : sameAs(value.name, other))];
    });
  });
}

/** What differs from that which the file states for all cells, by key. */
function changed(
  own: ReadonlyMap<string, Piece>,
  common: ReadonlyMap<string, Piece> | undefined,
  settled: (key: string, piece: Piece | undefined) => unknown,
): unknown {
  const all = [...own].map(([key, piece]) => [key, settled(key, piece), settled(key, common?.get(key))] as const);
  return sorted(
    Object.fromEntries(
      all.flatMap(([key, value, before]) => (JSON.stringify(value) === JSON.stringify(before) ? [] : [[key, value ?? null]])),
    ),
  );
}

/** A setting in its final form. A wrong one, which is reported elsewhere, stays as it is. */
function settingOf(key: string, piece: Pick<Piece, 'value'> | undefined): unknown {
  const parsed = piece && settingSpec(key)?.kind.parse(piece.value);
  return sorted(parsed && 'value' in parsed ? parsed.value : piece?.value);
}

/** The value of a param in the form that the guest gets; its default, if it is not stated. A wrong one, which is reported elsewhere, stays as it is. */
export function settledParam(file: YamlFile, entry: Entry, key: string, piece: Piece | undefined): unknown {
  const spec = entry.params.find((each) => each.key === key);
  if (piece === undefined || spec === undefined) return sorted(piece?.value ?? spec?.default);
  const settled = paramValue(spec, piece.value, file.written(piece.from));
  return 'value' in settled ? settled.value : sorted(piece.value);
}

/** @returns undefined for a workload that is not there */
function workloadOf(piece: Piece | undefined): unknown {
  // Next to settings, null is a workload with its defaults; in a value, it removes one.
  const stated = piece?.value === null && piece.from[0] === 'workloads' ? {} : piece?.value;
  if (stated === undefined || stated === null || (isMap(stated) && stated.enabled === false)) return undefined;
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
