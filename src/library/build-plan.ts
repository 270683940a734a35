import type { Problem } from '../errors';
import type { Plan } from '../plan/plan';
import { formatPath } from '../schema-errors';
import { show } from '../show';
import { COMMON, type CommonOptions, type Keys, OF_WORKLOAD, type WorkloadOptions } from './options';
import { inPlace, keyed, statedPlan, type Values } from './stated';

export interface PlanOptions extends CommonOptions {
  /** The plan has a Namespace object. @default true */
  readonly createNamespace?: boolean;
  /** The workloads: a list of names, or what each has of its own by name. @default the set that `virtwork synth` renders by default */
  readonly workloads?: readonly string[] | { readonly [name: string]: WorkloadOptions };
}

const KEYS: Keys<PlanOptions> = { ...COMMON, createNamespace: 'create_namespace', workloads: 'workloads' };

/**
 * Settles names, counts, sizes, params, disks and ports of workloads, for {@link addWorkload} and {@link render}.
 * @throws UserError with every fault of the options
 */
export function buildPlan(options: PlanOptions = {}): Plan {
  return inPlace('buildPlan', () => {
    const problems: Problem[] = [];
    const { workloads = {}, ...common } = keyed(options, KEYS, '', problems);
    const stated = Object.entries(byName(workloads, problems)).map(([name, own]): [string, Values] => [
      name,
      keyed(own, OF_WORKLOAD, `workloads.${name}`, problems),
    ]);
    return statedPlan({ common, workloads: Object.fromEntries(stated), locate: formatPath, problems });
  });
}

function byName(workloads: unknown, problems: Problem[]): { readonly [name: string]: unknown } {
  if (Array.isArray(workloads)) return Object.fromEntries(workloads.map((name) => [String(name), {}]));
  if (typeof workloads === 'object' && workloads !== null) return workloads as { readonly [name: string]: unknown };
  const message = `must be a list of names or an object by name, got ${show(workloads)}`;
  problems.push({ where: 'workloads', message, hint: "workloads: ['cpu', 'disk']" });
  return {};
}
