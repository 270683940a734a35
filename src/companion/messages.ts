/** Every message and hint of the companion. */
import { show } from '../text/show';
import type { Cause } from './cause';

// What kubectl reports

/** What to do about a failed call, by its cause. @default nothing but to try again */
export const HINTS: { readonly [cause in Cause]?: string } = {
  silent: 'run this command yourself: a credential plugin may be waiting for a login, or a proxy does not answer',
  quota: 'use fewer or smaller VMs, or raise the ResourceQuota; run: kubectl describe quota',
  unauthorized: 'log in again: the credentials are wrong or have expired',
  otherNamespace: 'use --namespace with the namespace that the folder renders for',
  forbidden: 'ask for the permission, or use another account; run: kubectl auth can-i --list',
  unknownKind:
    'check that OpenShift Virtualization (KubeVirt and CDI) is installed on this cluster; run: kubectl get crd virtualmachines.kubevirt.io',
  namespaceMissing: 'create it, or set create_namespace: true',
  noCluster: 'use --kubeconfig FILE, or set KUBECONFIG',
  badConfig: 'check --kubeconfig and --context: they must name an existing file and context',
  oldClient: 'install a newer kubectl: virtwork needs 1.27 or later',
  certificate: 'check the certificate authority in the kubeconfig: the server has a certificate of another one',
  conflict: 'another manager owns these fields; run: kubectl get -o yaml --show-managed-fields',
  unreachable: 'check that the API server is running and is the right one; run: kubectl cluster-info',
};

export const NO_CLUSTER = 'no cluster is configured, and no server answers at localhost:8080';
export const NO_OUTPUT = 'failed without a message';

/** @param before what it printed before, on standard error */
export function printedNothing(command: string, seconds: number, before: string): string {
  return `${quiet(seconds)} and was ended: ${command}${before === '' ? '' : `; before that: ${before}`}`;
}

export function quiet(seconds: number): string {
  return `printed nothing for ${seconds} s`;
}

// The program kubectl itself

const OTHER_CLIENT = 'install it, or name another client, kubectl or oc, in the variable KUBECTL';

export function programMissing(program: string) {
  return { where: 'virtwork', message: `needs ${program}, which is not on the PATH`, hint: OTHER_CLIENT };
}

export function programNotExecutable(program: string) {
  return { where: 'virtwork', message: `needs ${program}, which is not executable`, hint: OTHER_CLIENT };
}

/** @param got the start of its answer, quoted */
export function notKubectl(program: string, got: string) {
  return {
    where: program,
    message: `must answer as kubectl does, got ${got}`,
    hint: 'set KUBECTL to the name of a kubectl, or unset it',
  };
}

export function endlessOutput(program: string, command: string) {
  return { where: program, message: 'was ended: it printed too much, or ran for an hour', hint: `run it yourself: ${command}` };
}

// Objects to apply

/** @param flag `--namespace` with its value */
export function rendersForOther(folder: string, rendered: string, namespace: string, flag: string) {
  return { where: folder, message: `renders for namespace ${rendered}, but --namespace is ${namespace}`, hint: `use ${flag}` };
}

export const NAMESPACE_HIDDEN_HINT = 'use --no-create-namespace if the namespace exists, or another account';

// Namespaces

export function notOwnNamespace(namespace: string, label: string) {
  return {
    where: where(namespace),
    message: `is not virtwork's: it does not have the label ${label}`,
    hint: `omit --delete-namespace, then run: kubectl delete namespace ${namespace}`,
  };
}

/** @param objects kinds and names */
export function namespaceHoldsMore(namespace: string, objects: readonly string[]) {
  return {
    where: where(namespace),
    message: `contains objects that this cleanup does not delete: ${first(objects)}`,
    hint: `omit --delete-namespace; or delete everything: kubectl delete namespace ${namespace}`,
  };
}

/** @param kinds at least one */
export function namespaceMayHoldMore(namespace: string, kinds: readonly string[]) {
  return {
    where: where(namespace),
    message: `may contain objects that this cleanup does not delete: this account may not list ${first(kinds)}`,
    hint: `omit --delete-namespace, or use an account with the permission; run: kubectl auth can-i list ${kinds[0]} -n ${namespace}`,
  };
}

function where(namespace: string): string {
  return `namespace ${namespace}`;
}

/** Names that a list states; the others are counted. */
const SHOWN = 10;

function first(all: readonly string[]): string {
  return `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`;
}

// Cleanup

/** A warning. */
export function kindsNotListed(kinds: readonly string[]): string {
  return `this account may not list ${kinds.join(', ')}: objects of these kinds are not deleted; run virtwork cleanup with an account that may`;
}

export const NOT_DELETED = 'was not deleted';
export const BEING_DELETED = 'is being deleted';

export function heldBy(finalizers: readonly string[]): string {
  return `waits for ${finalizers.join(', ')}`;
}

// Why a VM is not ready

export const VM_MISSING = 'not found on the cluster';

/** KubeVirt's phases and states that do not say why. */
export const STATES: { readonly [state: string]: string } = {
  Stopped: 'not started yet',
  Starting: 'starting',
  Pending: 'waiting for its pod',
  Scheduling: 'its pod is starting',
  Scheduled: 'its pod is running; the node has not started the guest yet',
  Failed: 'the guest failed to start, or ended',
  CrashLoopBackOff: 'the guest keeps failing to start; run: kubectl describe vmi',
};

export const NOT_SEEN_BY_KUBEVIRT = 'not seen by KubeVirt yet';
export const NOT_SEEN_BY_CDI = 'not seen by CDI yet';
export const PAUSED = 'paused';
export const UNSCHEDULABLE = 'cannot be scheduled; run: kubectl get events';

/** @param pool name of the pool that is to create the VM */
export function poolSlow(pool: string): string {
  return `not created by its pool ${pool} yet`;
}

/** @param why KubeVirt's words */
export function poolFails(pool: string, why: string): string {
  return `its pool ${pool} cannot create it: ${why}`;
}

export function poolPaused(pool: string): string {
  return `not created, because its pool ${pool} is paused`;
}

export function beingDeleted(finalizers: readonly string[]): string {
  return `being deleted${finalizers.length > 0 ? `, waiting for ${finalizers.join(', ')}` : ''}`;
}

export function migratingTo(node: string): string {
  return `migrating to ${node}`;
}

/** @param why KubeVirt's message, or the names of the volumes; empty: neither is known */
export function claimMissing(why: string): string {
  return `a claim is missing: ${why || 'see the volumes of the VM'}`;
}

export interface VolumeState {
  readonly name: string;
  readonly phase: string;
  /** Such as `12.3%`. @default not known */
  readonly progress?: string;
  /** A controller's message. @default none */
  readonly detail?: string;
}

export function volumeState({ name, phase, progress, detail }: VolumeState): string {
  const waits = phase === 'WaitForFirstConsumer' ? ' (its storage class binds when the VM is scheduled)' : '';
  return `data volume ${name}: ${phase}${progress ? ` ${progress}` : ''}${waits}${detail ? `, ${detail}` : ''}`;
}

export function cannotBeScheduled(why: string): string {
  return `cannot be scheduled: ${why}`;
}

/** @param says the kubelet's message; empty: none */
export function imageFails(reason: string, image: string, says: string): string {
  return `${reason}: image ${image}${says ? `, ${says}` : ''}`;
}

export function bootImageFails(status: string): string {
  return `${status}: the boot image cannot be pulled`;
}

/** @param says the message of the probe; empty: none */
export function notHealthy(says: string): string {
  return `the guest is running, but its health endpoint does not report a healthy workload${says ? `: ${says}` : ''}`;
}

/** Of a VM that is measured. */
export function trialsNotDone(says: string): string {
  return `the guest is running; it is ready when all its trials are done, see virtwork results${says ? `: ${says}` : ''}`;
}

export function lastEvent(state: string, event: string): string {
  return `${state}; last event: ${event}`;
}

// Results

export const NOT_RUNNING = 'is not running';
export const HALTED = 'is stopped';
export const NO_HEALTH_PORT =
  'has no health endpoint: health_port is 0, the VM has no pod network, or an overlay removes its readiness probe';

/** @param why empty: not known */
export function notRunning(why: string): string {
  return `${NOT_RUNNING}${why && `: ${why}`}`;
}

/** @param path without its slash */
export function notServed(path: string): string {
  return `does not serve /${path}; an image or a base of an earlier version may not have it`;
}

export function otherType(path: string, type: string): string {
  return `must serve /${path} as text, got ${type === '' ? 'no content type' : show(type)}`;
}

/** Ways to the guests, and the permission that each needs in the namespace. */
export const PERMISSIONS = {
  proxy: { verb: 'get', resource: 'pods/proxy' },
  'port-forward': { verb: 'create', resource: 'pods/portforward' },
} as const;

/** @param ways those that this account may not take */
export function waysForbidden(namespace: string, ways: readonly (keyof typeof PERMISSIONS)[]) {
  const needed = ways.map((way) => `${PERMISSIONS[way].verb} on ${PERMISSIONS[way].resource}`);
  const { verb, resource } = PERMISSIONS[ways[0] ?? 'proxy'];
  const [, subresource] = resource.split('/');
  return {
    where: where(namespace),
    message: `requests to guests need the permission ${needed.join(' or ')}, which this account does not have`,
    hint: `ask for a Role with this permission (edit and admin have it, view does not); run: kubectl auth can-i ${verb} pods --subresource=${subresource} -n ${namespace}`,
  };
}

export const PROXY_FORBIDDEN = 'this account may not get pods/proxy: using kubectl port-forward';

/** Why the proxy does not lead to a pod. */
export interface Refusal {
  /** The API server does not allow the request. Otherwise it does not reach the pod. */
  readonly isForbidden: boolean;
  /** The API server's words. */
  readonly why: string;
}

/** @param refusal of the first pod */
export function proxyFails(count: number, { isForbidden, why }: Refusal): string {
  const pods = count === 1 ? 'a pod' : `${count} pods`;
  return `the API server does not ${isForbidden ? 'allow requests to' : 'reach'} ${pods} (${why}): using kubectl port-forward`;
}

/** @param why the API server's words */
export function notReached(why: string): string {
  return `the API server does not reach its pod: ${why}`;
}

/** @param why the API server's words */
export function requestForbidden(why: string): string {
  return `the API server does not allow the request: ${why}`;
}

export function podGone(pod: string): string {
  return `its pod ${pod} is gone; it may have moved`;
}

/** @param why the API server's words */
export function serverFails(status: number, why: string): string {
  return `the API server answers with status ${status}: ${why}`;
}

/** @param why kubectl's words */
export function forwardFails(why: string): string {
  return `kubectl port-forward fails: ${why}`;
}

export function noMeasuredVms(namespace: string) {
  return {
    where: where(namespace),
    message: 'contains no VMs that are measured (label virtwork/group)',
    hint: 'apply a base with a measured workload, such as fio-bench; or use --namespace',
  };
}

/** @param what such as `group x`; @param known values that exist */
export function noSuchVms(namespace: string, what: string, known: readonly string[]) {
  return { where: where(namespace), message: `contains no measured VMs of ${what}; it has ${first(known)}` };
}

// Chaos

export const NO_CHAOS_METRIC = 'its guest has no metric virtwork_chaos_active; restart the VM, so that it gets the files of this version';
