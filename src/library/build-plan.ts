import type { Problem } from '../errors';
import type { Plan } from '../plan/plan';
import { formatPath } from '../schema/schema-errors';
import { show } from '../text/show';
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
  const isObject = typeof workloads === 'object' && workloads !== null;
  if (!isObject) {
    const message = `must be a list of names or an object by name, got ${show(workloads)}`;
    problems.push({ where: 'workloads', message, hint: "workloads: ['cpu', 'disk']" });
    return {};
  }
  const named = Array.isArray(workloads) ? Object.fromEntries(workloads.map((name) => [String(name), {}])) : { ...workloads };
  // A list that comes out empty must not render the default set.
  if (Object.keys(named).length === 0)
    problems.push({ where: 'workloads', message: 'must name at least one workload, got none', hint: 'omit workloads for the default set' });
  return named;
}
