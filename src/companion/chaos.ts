import type { Labels } from '../kubernetes/labels';
import type { Client } from './client';
import type { GuestRequests } from './guest-requests';
import type { Text } from './guest-texts';
import { type FoundVm, foundVms } from './measured';
import { NO_CHAOS_METRIC } from './messages';
import type { KubeObject } from './objects';

/** The Service whose name stops chaos in its namespace. Guests look for this name. */
export const CHAOS_STOP = 'virtwork-chaos-stop';

/** A VM with chaos. */
export interface ChaosVm {
  readonly name: string;
  readonly workload: string;
  /** Whether chaos may act in it now. Absent: not known. */
  readonly active?: boolean;
  /** Why it is not known, or why the VM does not run. */
  readonly why?: string;
}

/**
 * Creates the Service, or takes over one that was created in another way. It leads nowhere.
 * @throws KubectlError, Interrupted
 */
export async function createStop(client: Client, labels: Labels): Promise<void> {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: CHAOS_STOP, namespace: client.namespace, labels },
    // A Service needs a port, and one with an address has a name in every DNS of a cluster.
    spec: { ports: [{ name: 'none', port: 9, protocol: 'TCP' }] },
  };
  await client.ask(['apply', '--server-side', '--force-conflicts', '-o', 'name', '-f', '-'], JSON.stringify(service));
}

/** @returns whether there was one @throws KubectlError, Interrupted */
export async function deleteStop(client: Client): Promise<boolean> {
  return (await client.ask(['delete', 'services', CHAOS_STOP, '--ignore-not-found', '-o', 'name'])) !== '';
}

/** @throws KubectlError, Interrupted */
export async function findStop(client: Client): Promise<KubeObject | undefined> {
  const found = await client.list('services', `--field-selector=metadata.name=${CHAOS_STOP}`);
  return found.find(({ metadata }) => metadata.name === CHAOS_STOP);
}

export interface ChaosVmsProps {
  readonly client: Client;
  readonly requests: GuestRequests<Text>;
  readonly selector: string;
  /** Whether a VM is of a chaos workload. undefined: not known; it is one if its guest has the metric. */
  readonly isChaos: (vm: FoundVm) => boolean | undefined;
}

/** The VMs with chaos, sorted by name, and what their guests report. @throws UserError, Interrupted */
export async function chaosVms({ client, requests, selector, isChaos }: ChaosVmsProps): Promise<ChaosVm[]> {
  const vms = (await foundVms(client, selector)).filter((vm) => isChaos(vm) !== false);
  const answers = new Map<string, Omit<ChaosVm, 'name' | 'workload'>>();
  await requests.each(vms, async ({ name }, ask) => {
    const answer = await ask('metrics');
    if ('body' in answer) answers.set(name, stateIn(answer.body.toString('utf8')));
    // A VM that does not run does no harm.
    else answers.set(name, { ...(answer.trouble.kind === 'halted' ? { active: false } : {}), why: answer.trouble.message });
  });
  return vms.flatMap((vm) => {
    const { name, workload } = vm;
    const state = answers.get(name) ?? {};
    return isChaos(vm) === undefined && state.active === undefined ? [] : [{ name, workload, ...state }];
  });
}

function stateIn(metrics: string): Pick<ChaosVm, 'active' | 'why'> {
  const value = /^virtwork_chaos_active ([01])$/m.exec(metrics)?.[1];
  return value === undefined ? { why: NO_CHAOS_METRIC } : { active: value === '1' };
}
