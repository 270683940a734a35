import type { Client } from './client';
import type { KubeObject } from './objects';
import { type Snapshot, type VmState, vmStates } from './readiness';
import { userDataIn } from './staleness';

/** The VMs of a selection, as they stand: three requests, however many there are. */
export async function observe(client: Client, selector: string): Promise<VmState[]> {
  const [seen, more] = await Promise.all([look(client, selector), userData(client, selector)]);
  return vmStates({ ...seen, ...more });
}

/** The same, with what it takes to say why one is not ready: six requests. */
export async function examine(client: Client, selector: string): Promise<VmState[]> {
  const [seen, more] = await Promise.all([lookCloser(client, selector), userData(client, selector)]);
  return vmStates({ ...seen, ...more });
}

/** What it takes to say which VMs are ready: two requests. */
export async function look(client: Client, selector: string): Promise<Snapshot> {
  const [vms, instances] = await Promise.all([
    client.list('virtualmachines.kubevirt.io', '-l', selector),
    client.list('virtualmachineinstances.kubevirt.io', '-l', selector),
  ]);
  return { vms, instances };
}

/** The same, with what it takes to say why one is not: five requests. */
export async function lookCloser(client: Client, selector: string): Promise<Snapshot> {
  const [seen, dataVolumes, pods, events] = await Promise.all([
    look(client, selector),
    optional(client, 'datavolumes.cdi.kubevirt.io', '-l', selector),
    optional(client, 'pods', '-l', selector),
    optional(client, 'events', '--field-selector', 'type=Warning'),
  ]);
  return { ...seen, dataVolumes, pods, events };
}

/** What it takes to say which instances run with older user data: one request. Tokens are Secrets of another type, and stay where they are. */
export async function userData(client: Client, selector: string): Promise<Pick<Snapshot, 'userData'>> {
  const secrets = await optional(client, 'secrets', '-l', selector, '--field-selector', 'type=Opaque', '--show-managed-fields');
  return { userData: userDataIn(secrets) };
}

/** Reasons are told as far as the account may see them. */
async function optional(client: Client, resource: string, ...filter: string[]): Promise<KubeObject[]> {
  try {
    return await client.list(resource, ...filter);
  } catch (error) {
    if ((error as Error).name === 'UserError') return [];
    throw error;
  }
}
