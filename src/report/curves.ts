import type { ExperimentPlan } from '../experiment/experiment-plan';
import { kneeOf } from '../statistics/knee';
import type { CellResult, Curve } from './experiment-results';

/** Values that a curve needs. */
const LEAST = 3;

/**
 * Throughput and latency over each axis whose values are numbers, such as the queue depth: one curve for each combination of the other axes.
 * Latency is the p99 of the first histogram that all points have.
 */
export function curvesOf({ axes, metrics }: ExperimentPlan, cells: readonly CellResult[]): Curve[] {
  const throughput = metrics.find(({ vms }) => vms === 'sum')?.key;
  const latencies = metrics.filter(({ vms }) => vms === 'merge').map(({ key }) => `${key}.p99`);
  if (throughput === undefined) return [];
  return axes
    .filter(({ values }) => values.length >= LEAST && values.every((value) => Number.isFinite(Number(value)) && value.trim() !== ''))
    .flatMap(({ name }) => {
      const families = new Map<string, CellResult[]>();
      for (const cell of cells) {
        const key = JSON.stringify(Object.entries(cell.values).filter(([axis]) => axis !== name));
        families.set(key, [...(families.get(key) ?? []), cell]);
      }
      return [...families.values()].flatMap((family) => curveOf(family, name, throughput, latencies) ?? []);
    });
}

function curveOf(family: readonly CellResult[], axis: string, throughput: string, latencies: readonly string[]): Curve | undefined {
  const whole = family.filter(({ complete }) => complete).sort((a, b) => Number(a.values[axis]) - Number(b.values[axis]));
  const latency = latencies.find((key) => whole.every(({ figures }) => figures[key]?.mean !== undefined));
  const [first] = whole;
  if (!first || whole.length < LEAST || latency === undefined || whole.some(({ figures }) => figures[throughput]?.mean === undefined))
    return undefined;
  const points = whole.map(({ id, figures }) => ({
    cell: id,
    throughput: figures[throughput]?.mean as number,
    latency: figures[latency]?.mean as number,
  }));
  const knee = kneeOf(points);
  const { [axis]: _, ...values } = first.values;
  return {
    axis,
    values,
    throughput,
    latency,
    cells: points.map(({ cell }) => cell),
    ...(knee === undefined ? {} : { knee: points[knee]?.cell as string }),
  };
}
