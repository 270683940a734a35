import type { ExperimentPlan, PlannedLayers } from '../experiment/experiment-plan';
import { holm } from '../statistics/holm';
import { ratioOf } from '../statistics/ratio';
import { BIN_WIDTH, LEVEL } from './compare';
import type { CellResult, Figure } from './experiment-results';
import { knownValues, type PlannedFigure } from './figures';
import { type Faster, fasterThanBeneath } from './messages';

/** With one repeat, a smaller difference says nothing. */
const ONE_REPEAT = 0.05;
/** Of throughput, only writes: storage with several copies may read from all of them. */
const WRITES = 'write-iops';
/** Of latency, what most operations took. */
const MIDDLE = '50';

/**
 * Flags cells that are faster than the layer beneath them, which they run on: with a lower latency, or more writes in a second. That cannot be,
 * unless a cache answers or a measurement is wrong.
 */
export function withLayerFlags({ layers }: ExperimentPlan, cells: readonly CellResult[], planned: readonly PlannedFigure[]): CellResult[] {
  if (!layers) return [...cells];
  const known = new Map(cells.filter(({ complete }) => complete).map((cell) => [keyOf(cell, layers, cell.values[layers.axis]), cell]));
  const compared = planned.filter(({ key, percent }) => key === WRITES || percent === MIDDLE);
  return cells.map((cell) => {
    const beneath = cell.complete ? beneathOf(cell, layers, known) : undefined;
    const faster = beneath ? fasterFigures(cell, beneath, compared) : [];
    if (!beneath || faster.length === 0) return cell;
    return {
      ...cell,
      flags: [...cell.flags, { kind: 'layer' as const, text: fasterThanBeneath(beneath.values[layers.axis] ?? '', faster) }],
    };
  });
}

function keyOf({ values }: CellResult, { axis }: PlannedLayers, layer: string | undefined): string {
  return JSON.stringify(Object.entries({ ...values, [axis]: layer ?? '' }));
}

/** The next layer beneath that is complete, with the same values of all other axes. */
function beneathOf(cell: CellResult, layers: PlannedLayers, known: ReadonlyMap<string, CellResult>): CellResult | undefined {
  const { axis, order } = layers;
  const below = order.slice(0, Math.max(0, order.indexOf(cell.values[axis] ?? ''))).toReversed();
  return below.map((layer) => known.get(keyOf(cell, layers, layer))).find((found) => found !== undefined);
}

function fasterFigures(cell: CellResult, beneath: CellResult, compared: readonly PlannedFigure[]): Faster[] {
  const rows = compared.flatMap(({ key, unit, better, percent }) => {
    const [own, base] = [cell.figures[key], beneath.figures[key]];
    const ratio = own && base && ratioOf(knownValues(own), knownValues(base));
    if (!ratio) return [];
    const gain = better === 'more' ? ratio.ratio : 1 / ratio.ratio;
    const { p, ...rest } = ratio;
    return [
      { row: { key, unit, own: meanOf(own), beneath: meanOf(base), ...rest }, gain, p, least: percent === undefined ? 0 : BIN_WIDTH },
    ];
  });
  const tested = rows.filter(({ p }) => p !== undefined);
  const adjusted = new Map(holm(tested.map(({ p }) => p as number)).map((p, index) => [tested[index], p]));
  return rows
    .filter((row) => {
      const p = adjusted.get(row);
      return p === undefined ? row.gain > 1 + ONE_REPEAT : p < LEVEL && row.gain > 1 + row.least;
    })
    .map(({ row }) => row);
}

function meanOf({ mean = Number.NaN }: Figure): number {
  return mean;
}
