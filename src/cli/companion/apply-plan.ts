import { planColumns } from '../../audit/rows';
import { objectsIn, type Refused } from '../../companion/apply';
import { selectorOf } from '../../companion/cleanup';
import type { Client } from '../../companion/client';
import { observe } from '../../companion/observe';
import type { VmState } from '../../companion/readiness';
import { isSettled, waitReady } from '../../companion/wait';
import { EXIT } from '../../errors';
import { WORKLOAD } from '../../kubernetes/labels';
import type { Options } from '../../options/options';
import type { Plan } from '../../plan/plan';
import { renderStream } from '../../synth/render';
import type { Args, Context } from '../context';
import { type Audited, audited, type Outcome } from './audited';
import { announced, clientOf, interruptible } from './cluster';
import { CHANGES_KEPT, objectsRejected } from './messages';
import { applyCounted, readyCounter } from './progress';
import { verdict, vmReport } from './summary';

/** Applies what a plan renders, waits for its VMs, and reports. @returns the exit code */
export function applyPlan(args: Args, options: Options, plan: Plan, context: Context): Promise<number> {
  const { waitForReady: wait, timeout } = options.companion;
  const log = { command: 'run', wait_for_ready: wait ? 1 : 0, ready_timeout_seconds: timeout };
  const { total_vm_count: vms, total_workload_count: workloads } = planColumns(plan);
  return interruptible(
    context,
    async (signal) => {
      const client = clientOf(options, context, signal);
      const { columns } = await announced(client, context);
      return audited({ options, plan, context, log: { ...log, ...columns } }, async (record) => {
        const started = Date.now();
        record.audit.event('execution_started', `run ${plan.runId}: ${vms} VMs of ${workloads} workloads`);
        const { refused } = await applyCounted(client, objectsIn([...renderStream(plan)].join('')), record.report, context.log);
        const states = await standing({ client, options, plan, refused, record, context });
        context.out(vmReport(args.output, { command: 'run', namespace: options.namespace, runId: plan.runId, states, refused, started }));
        const code = refused.length > 0 ? EXIT.no : wait ? verdict(states, timeout, context.log) : EXIT.done;
        return outcome({ plan, states: wait ? states : [], refused, record, code });
      });
    },
    CHANGES_KEPT,
  );
}

interface Standing {
  readonly client: Client;
  readonly options: Options;
  readonly plan: Plan;
  readonly refused: readonly Refused[];
  readonly record: Audited;
  readonly context: Context;
}

/** The state of the VMs: after the wait, or at once without a wait or when objects were rejected. */
async function standing({ client, options, plan, refused, record, context }: Standing): Promise<VmState[]> {
  const selector = selectorOf(plan.runId);
  const names = plan.workloads.flatMap(({ roles }) => roles.flatMap(({ vms }) => vms.map(({ name }) => name)));
  if (!options.companion.waitForReady || refused.length > 0) {
    const wanted = new Set(names);
    return (await observe(client, selector)).filter(({ name }) => wanted.has(name));
  }
  return waitReady({
    client,
    selector,
    expected: names,
    timeout: options.companion.timeout,
    report: record.report,
    progress: readyCounter(context.log),
  });
}

interface Ended {
  readonly plan: Plan;
  /** Empty: it did not wait for them. */
  readonly states: readonly VmState[];
  readonly refused: readonly Refused[];
  readonly record: Audited;
  readonly code: number;
}

function outcome({ plan, states, refused, record, code }: Ended): Outcome {
  const late = new Set(states.filter((state) => !isSettled(state)).map(({ name }) => name));
  const refusedOf = new Set(refused.map(({ object }) => object.metadata.labels?.[WORKLOAD]));
  for (const { name, roles } of plan.workloads) {
    const failed = refusedOf.has(name) || roles.some(({ vms }) => vms.some((vm) => late.has(vm.name)));
    record.audit.workloadIs(name, failed ? 'failed' : 'created');
  }
  const error = refused.length > 0 ? objectsRejected(refused.length) : `${late.size} VMs were not ready in time`;
  return { code, ending: code === EXIT.done ? { status: 'success' } : { status: 'failed', error } };
}
