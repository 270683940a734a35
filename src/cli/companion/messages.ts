/** Every message and hint of the verbs that use a cluster or the record. */
import { show } from '../../text/show';

// The cluster

/** @param parts the context and the server, as far as they are known */
export function clusterIs({ context, server }: { readonly context?: string; readonly server?: string }): string {
  const known = [
    ...(context === undefined ? [] : [`context ${show(context)}`]),
    ...(server === undefined ? [] : [`server ${show(server)}`]),
  ];
  return `cluster: ${known.join(', ') || 'no current context in the kubeconfig'}`;
}

export function tryingAgain(why: string): string {
  return `trying again: ${why}`;
}

export const INTERRUPTED = 'interrupted';
/** After an interrupt of a verb that changes or stores something. */
export const CHANGES_KEPT = 'changes so far are kept';
export const RECORDS_KEPT = 'stored records are kept';

// Apply

export function oneFolder(folders: readonly string[]) {
  return { where: 'virtwork apply', message: `takes one folder, got ${folders.join(' ')}` };
}

export function folderMissing(folder: string) {
  return {
    where: 'virtwork apply',
    message: `must be given an existing folder, got ${folder}`,
    hint: 'run: virtwork synth (it writes dist)',
  };
}

export function namespaceKept(name: string): string {
  return `namespace ${name} already exists: it is used as it is, and not labeled`;
}

export function objectsRejected(count: number): string {
  return count === 1 ? '1 object was rejected' : `${count} objects were rejected`;
}

// Wait

export function noVms(namespace: string) {
  return {
    where: `namespace ${namespace}`,
    message: 'contains no VMs of virtwork',
    hint: 'run: kubectl apply --server-side -k dist; or use --namespace',
  };
}

export function notReadyInTime(late: number, all: number, seconds: number): string {
  return `${late} of ${all} VMs were not ready in ${seconds} s`;
}

export function staleInstance(part: string): string {
  return `its ${part} is newer than the running instance`;
}

export const RESTART_REQUIRED = 'needs a restart; run: virtctl restart';

// Cleanup

export const NOT_CONFIRMED = {
  where: 'virtwork cleanup',
  message: 'refusing to delete without confirmation: no terminal (use --yes)',
  hint: 'use --dry-run to see what would be deleted',
};

export const ABORTED = 'cleanup aborted';

export function nothingToCleanUp(namespace: string): string {
  return `nothing to clean up in namespace ${namespace}`;
}

/** @param preview what is deleted, as lines */
export function confirmation(preview: string, cluster: string): string {
  return `${preview}${cluster}\ndelete all of this? `;
}

export const DRY_RUN = 'dry-run mode';

export function objectsLeft(count: number): string {
  return count === 1 ? '1 object is left' : `${count} objects are left`;
}

// The record

export function noRecord(file: string) {
  return {
    where: 'virtwork audit',
    message: `no record at ${file}`,
    hint: 'use --audit-db FILE; virtwork run, apply and cleanup write the record',
  };
}

export function noExecution(given: readonly string[]) {
  return { where: 'virtwork audit', message: `no execution ${given.join(', ')}`, hint: 'run: virtwork audit, which lists the executions' };
}

/** @param why the library's message */
export function unreadableRecord(file: string, why: string) {
  return { where: file, message: `cannot be read as a record of virtwork: ${why}`, hint: 'use --audit-db FILE' };
}

export const NOTHING_RECORDED = 'nothing is recorded yet';

/** A warning. @param shown number of executions */
export function listIsCut(shown: number) {
  return recordIsCut(`the newest ${shown} executions`);
}

/** A warning. @param shown number of executions; rows of each table */
export function detailsAreCut(shown: number, rows: number) {
  return recordIsCut(`at most ${shown} executions, the newest, with ${rows} rows of each table`);
}

function recordIsCut(shown: string) {
  return {
    where: 'virtwork audit',
    message: `shows ${shown}; the record contains more`,
    hint: 'run: virtwork audit NUMBER (for one execution); or use any SQLite tool',
  };
}

// Chaos

export const CHAOS = {
  stopping: (namespace: string) => `the Service virtwork-chaos-stop exists in namespace ${namespace}: guests stop within a minute`,
  notStopped: (vms: readonly string[], seconds: number, namespace: string) =>
    `${vms.join(', ')} did not stop in ${seconds} s; a guest without the DNS of the cluster cannot see the Service: run: virtctl stop ${vms[0]} -n ${namespace}`,
  resumed: (namespace: string) => `deleted the Service virtwork-chaos-stop of namespace ${namespace}: chaos goes on within a minute`,
  notThere: (namespace: string) => `namespace ${namespace} has no Service virtwork-chaos-stop: chaos was not stopped`,
  none: (namespace: string) => `namespace ${namespace} has no VMs with chaos`,
  isStopped: (namespace: string) =>
    `chaos is stopped by the Service virtwork-chaos-stop; to let it go on, run: virtwork chaos resume -n ${namespace}`,
  isNotStopped: 'chaos is not stopped',
} as const;
