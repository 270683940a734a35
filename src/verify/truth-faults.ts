import { documentErrors } from '../schema/schema-errors';
import { LONGEST, type Truth, type TruthVm, type TruthWorkload } from './truth';
import { TRUTH } from './truth-messages';
import { validate } from './truth-validator';

const SCHEMA = 'virtwork.truth/1';

/** Whether a JSON document is meant as a recorded truth, of whatever version. */
export function isTruth(data: unknown): boolean {
  return /^virtwork\.truth\/\d+$/.test(String(schemaOf(data)));
}

/** What is wrong with a recorded truth, each with its place in it. */
export function truthFaults(data: unknown): string[] {
  const schema = schemaOf(data);
  // What another version requires is not known.
  if (schema !== SCHEMA) return [TRUTH.schema(SCHEMA, schema)];
  const shape = documentErrors(data, validate);
  return shape.length > 0 ? shape : contentFaults(data as Truth);
}

function schemaOf(data: unknown): unknown {
  return (data as { readonly schema?: unknown } | null)?.schema;
}

function contentFaults({ from, to, workloads, vms }: Truth): string[] {
  const known = new Map(workloads.map((each) => [keyOf(each), each]));
  return [
    ...(to > from ? [] : [TRUTH.after('to', 'from', to, from)]),
    ...(to - from > LONGEST ? [TRUTH.tooLong(LONGEST / 86_400, to - from)] : []),
    ...repeated(workloads.map(keyOf), 'workloads'),
    ...repeated(
      vms.map(({ name }) => name),
      'vms',
    ),
    ...vms.flatMap((vm, index) => vmFaults(`vms[${index}]`, vm, known.get(keyOf(vm)))),
  ];
}

function keyOf({ workload, role }: { readonly workload: string; readonly role?: string }): string {
  return JSON.stringify([workload, role]);
}

function repeated(keys: readonly string[], list: string): string[] {
  const first = new Map<string, number>();
  return keys.flatMap((key, index) => {
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    return before === undefined ? [] : [TRUTH.repeated(`${list}[${index}]`, `${list}[${before}]`)];
  });
}

function vmFaults(path: string, vm: TruthVm, workload: TruthWorkload | undefined): string[] {
  if (workload === undefined) return [TRUTH.noWorkload(path, vm.workload, vm.role)];
  const as = new Map(workload.signals.map(({ name, guest }) => [name, guest?.as]));
  const series = Object.entries(vm.series).flatMap(([name, all]) => {
    const place = `${path}.series.${name}`;
    if (!as.has(name)) return [TRUTH.noSignal(place, [...as.keys()])];
    if (as.get(name) !== 'rate' && all.length > 1) return [TRUTH.oneSeries(place, all.length)];
    return all.flatMap((samples, index) =>
      notRising(
        `${place}[${index}]`,
        samples.map(([time]) => time),
      ),
    );
  });
  const levels = (vm.levels ?? []).map(([time]) => time);
  return [...notRising(`${path}.times`, vm.times), ...series, ...notRising(`${path}.levels`, levels)];
}

/** The first time that is not after the one before: the others may follow from it. */
function notRising(path: string, times: readonly number[]): string[] {
  const at = times.findIndex((time, index) => index > 0 && time <= (times[index - 1] as number));
  return at === -1 ? [] : [TRUTH.notRising(`${path}[${at}]`, times[at] as number, times[at - 1] as number)];
}
