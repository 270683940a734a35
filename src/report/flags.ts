import type { ExperimentPlan } from '../experiment/experiment-plan';
import { countOf } from '../statistics/histogram';
import { type Steadiness, steadinessOf } from '../statistics/steady';
import type { CellResult, Figure } from './experiment-results';
import { type PlannedFigure, samplesOf } from './figures';
import { fewSamples, guestBusy, rateNotReached, readAgain, stolen, unsteady } from './messages';
import type { TrialRecord } from './record';

type Flag = CellResult['flags'][number];

/** The records of all VMs of a cell by repeat, from 1 on. Empty: the repeat is not complete. */
export type Repeats = readonly (readonly TrialRecord[])[];

/** Shares of CPU time in percent above which the VM may have been the limit. */
const [BUSY, STOLEN] = [90, 5];
/** Share of the wanted rate that counts as reached. */
const REACHED = 0.98;
/** Percentiles whose absence is reported: with usual numbers of samples, they exist. */
const USUAL = ['50', '95', '99'];

/** What a reader must know about the figures of a cell. */
export function flagsOf(
  plan: ExperimentPlan,
  repeats: Repeats,
  figures: { readonly [key: string]: Figure },
  planned: readonly PlannedFigure[],
  asked: readonly string[],
): Flag[] {
  const records = repeats.flat();
  const flags: (Flag | undefined)[] = [
    unsteadyFlag(plan, repeats),
    highest(records, 'cpu-busy', BUSY, 'guest-cpu', guestBusy),
    highest(records, 'cpu-steal', STOLEN, 'steal', stolen),
    readAgainFlag(records),
    rateFlag(plan, repeats, figures),
    fewSamplesFlag(repeats, figures, planned, asked),
  ];
  return flags.filter((flag) => flag !== undefined);
}

function unsteadyFlag({ steady }: ExperimentPlan, repeats: Repeats): Flag | undefined {
  if (!steady) return undefined;
  const verdicts = repeats.map((records) => seriesOf(steady.of, records).flatMap((values) => steadinessOf(values, steady) ?? []));
  const wrong = verdicts.map((each) => each.filter(({ isSteady }) => !isSteady));
  const numbers = wrong.flatMap((each, index) => (each.length > 0 ? [index + 1] : []));
  const most = (of: (verdict: Steadiness) => number) => Math.max(...wrong.flat().map(of));
  if (numbers.length === 0) return undefined;
  return {
    kind: 'unsteady',
    text: unsteady(
      steady.of,
      numbers,
      most(({ spread }) => spread),
      most(({ slope }) => slope),
    ),
  };
}

/** The series of all VMs, added up. A profile with several sections has one series for each, because their levels differ. */
function seriesOf(of: string, records: readonly TrialRecord[]): number[][] {
  const keys = Object.keys(records[0]?.series ?? {});
  const sections = keys.filter((key) => key.endsWith(`-${of}`));
  return (sections.length > 0 ? sections : keys.filter((key) => key === of)).flatMap((key) => {
    const all = records.flatMap(({ series }) => series?.[key] ?? []);
    const isWhole = all.length === records.length && all.every(({ every }) => every === all[0]?.every);
    const length = Math.min(...all.map(({ values }) => values.length));
    if (!isWhole || length === 0) return [];
    return [Array.from({ length }, (_, index) => all.reduce((sum, { values }) => sum + (values[index] as number), 0))];
  });
}

function highest(
  records: readonly TrialRecord[],
  key: string,
  limit: number,
  kind: Flag['kind'],
  text: (share: number) => string,
): Flag | undefined {
  const most = records.reduce((max, { metrics }) => Math.max(max, metrics?.[key] ?? 0), 0);
  return most > limit ? { kind, text: text(most) } : undefined;
}

/** Workloads that read random blocks of a region say its size in the param `size`, and the bytes that they read in `read-bytes`. */
function readAgainFlag(records: readonly TrialRecord[]): Flag | undefined {
  const times = records.flatMap(({ metrics, params, window }) => {
    const size = bytesOf(params.size ?? '');
    const seconds = Number(params.runtime) || window?.seconds;
    const rate = metrics?.['read-bytes'];
    return size === undefined || seconds === undefined || rate === undefined ? [] : [(rate * seconds) / size];
  });
  const most = Math.max(0, ...times);
  return most > 1 ? { kind: 'read-again', text: readAgain(most, records[0]?.params.size ?? '') } : undefined;
}

function bytesOf(size: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]?)i?b?$/i.exec(size) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase());
}

/** A workload with the param `rate` states how many operations each VM does in a second. */
function rateFlag({ metrics }: ExperimentPlan, repeats: Repeats, figures: { readonly [key: string]: Figure }): Flag | undefined {
  const metric = metrics.find(({ vms, unit }) => vms === 'sum' && unit === '1/s');
  const shares = repeats.map((records, index) => {
    const wanted = records.reduce((sum, { params }) => sum + (Number(params.rate) || 0), 0);
    const got = metric && figures[metric.key]?.values[index];
    return wanted > 0 && typeof got === 'number' ? got / wanted : 1;
  });
  const numbers = shares.flatMap((share, index) => (share < REACHED ? [index + 1] : []));
  return numbers.length === 0 ? undefined : { kind: 'rate', text: rateNotReached(numbers, Math.min(...shares)) };
}

/** A repeat without records has no percentile either, but its cell is incomplete for that reason. */
function fewSamplesFlag(
  repeats: Repeats,
  figures: { readonly [key: string]: Figure },
  planned: readonly PlannedFigure[],
  asked: readonly string[],
): Flag | undefined {
  const absent = planned.filter(({ key, metric, percent }) => {
    if (percent === undefined || !(USUAL.includes(percent) || asked.includes(key))) return false;
    return repeats.some((records, index) => {
      if (typeof figures[key]?.values[index] === 'number') return false;
      const samples = samplesOf(metric.key, records);
      return samples !== undefined && countOf(samples) > 0;
    });
  });
  return absent.length === 0 ? undefined : { kind: 'few-samples', text: fewSamples(absent.map(({ key }) => key)) };
}
