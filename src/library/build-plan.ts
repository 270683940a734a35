import type { Problem } from '../errors';
import type { Plan } from '../plan/plan';
import { formatPath } from '../schema/schema-errors';
import { NO_WORKLOADS, notWorkloads } from './messages';
import { COMMON, type CommonOptions, type Keys, OF_WORKLOAD, type WorkloadOptions } from './options';
import { inPlace, keyed, statedPlan, type Values } from './stated';

export interface PlanOptions extends CommonOptions {
  /** The plan has a Namespace object. @default true */
  readonly createNamespace?: boolean;
  /** The workloads: a list of names, or the options of each by name. @default the set that `virtwork synth` renders by default */
  readonly workloads?: readonly string[] | { readonly [name: string]: WorkloadOptions };
}

const KEYS: Keys<PlanOptions> = { ...COMMON, createNamespace: 'create_namespace', workloads: 'workloads' };

/**
 * Computes names, counts, sizes, params, disks and ports of workloads, for {@link addWorkload} and {@link render}.
 * @throws UserError with every problem of the options
 */
export function buildPlan(options: PlanOptions = {}): Plan {
  return inPlace('buildPlan', () => {
    const problems: Problem[] = [];
    const { workloads, ...common } = keyed(options, KEYS, '', problems);
    const named = workloads === undefined ? {} : byName(workloads, problems);
    const stated = Object.entries(named).map(([name, own]): [string, Values] => [
      name,
      keyed(own, OF_WORKLOAD, `workloads.${name}`, problems),
    ]);
    return statedPlan({ common, workloads: Object.fromEntries(stated), locate: formatPath, problems });
  });
}

function byName(workloads: unknown, problems: Problem[]): { readonly [name: string]: unknown } {
  if (typeof workloads !== 'object' || workloads === null) {
    problems.push({ where: 'workloads', ...notWorkloads(workloads) });
    return {};
  }
  const named = Array.isArray(workloads) ? Object.fromEntries(workloads.map((name) => [String(name), {}])) : { ...workloads };
  // A computed list that is empty must not render the default set.
  if (Object.keys(named).length === 0) problems.push({ where: 'workloads', ...NO_WORKLOADS });
  return named;
}
