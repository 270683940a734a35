import type { Refused } from '../../companion/apply';
import { migratingTo as migration } from '../../companion/messages';
import type { VmState } from '../../companion/readiness';
import { isSettled } from '../../companion/wait';
import { EXIT, formatProblem } from '../../errors';
import type { Log } from '../context';
import { table } from '../table';
import { notReadyInTime, RESTART_REQUIRED, staleInstance } from './messages';

export interface VmReport {
  readonly command: string;
  readonly namespace: string;
  readonly runId?: string;
  readonly states: readonly VmState[];
  /** Objects that the cluster rejected. @default none */
  readonly refused?: readonly Refused[];
  /** When the work began, in milliseconds since the epoch. Absent: the report is not about any work. */
  readonly started?: number;
}

/** What run, wait and status print in the end: a table, or one JSON object. */
export function vmReport(format: unknown, report: VmReport): string {
  return format === 'json' ? `${JSON.stringify(vmObject(report))}\n` : asTable(report);
}

/** The exit code after a wait. Logs an error when VMs are not ready. */
export function verdict(states: readonly VmState[], timeout: number, log: Log): number {
  const late = states.filter((state) => !isSettled(state)).length;
  if (late > 0) log.error(notReadyInTime(late, states.length, timeout));
  return late === 0 ? EXIT.done : EXIT.timeout;
}

function asTable({ namespace, runId, states, refused = [], started }: VmReport): string {
  const rows = states.map((state) => [state.name, shown(state), state.node || '-', attention(state) || '-']);
  const ready = states.filter(({ ready: isReady }) => isReady).length;
  const halted = states.filter(({ halted: isHalted }) => isHalted).length;
  return [
    `namespace ${namespace}${runId ? `, run ${runId}` : ''}\n`,
    states.length > 0 ? table(['VM', 'STATE', 'NODE', 'ATTENTION'], rows) : '',
    refusedLines(refused),
    `${ready} of ${states.length} VMs ready${halted > 0 ? `, ${halted} halted` : ''}${started === undefined ? '' : `, ${seconds(started)} s`}\n`,
  ].join('');
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

function shown({ ready, halted, status, phase }: VmState): string {
  return ready ? 'ready' : halted ? 'halted' : status || phase || 'applied';
}

/** What a user should know about a VM. */
function attention({ why, stale, restartRequired, migratingTo }: VmState): string {
  return [why ?? (migratingTo && migration(migratingTo)), stale && staleInstance(stale), restartRequired && RESTART_REQUIRED]
    .filter(Boolean)
    .join('; ');
}

/** What `-o json` prints. */
export function vmObject({ command, namespace, runId, states, refused = [], started }: VmReport) {
  return {
    command,
    namespace,
    ...(runId === undefined ? {} : { run_id: runId }),
    total_vm_count: states.length,
    vms_ready: states.filter(({ ready }) => ready).length,
    ...(started === undefined ? {} : { seconds: seconds(started) }),
    vms: states.map(({ name, component, role, status, phase, node, ready, halted, why, stale, restartRequired, migratingTo }) => ({
      vm_name: name,
      component,
      role,
      status: ready ? 'ready' : halted ? 'halted' : 'not ready',
      printable_status: status,
      phase,
      node,
      why: why ?? null,
      stale: stale ?? null,
      restart_required: restartRequired,
      migrating_to: migratingTo ?? null,
    })),
    refused: refusedRows(refused),
  };
}

/** A line for each object that the cluster rejected. */
export function refusedLines(refused: readonly Refused[]): string {
  return refused.map(({ object, problem }) => `refused ${object.kind} ${object.metadata.name}: ${formatProblem(problem)}\n`).join('');
}

/** The same for JSON. */
export function refusedRows(refused: readonly Refused[]): object[] {
  return refused.map(({ object, problem }) => ({ kind: object.kind, name: object.metadata.name, why: problem.message }));
}
