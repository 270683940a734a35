import type { Client } from './client';
import type { KubeObject } from './objects';
import { type Seen, type VmState, vmStates } from './readiness';

/** The VMs of a selection, as they stand: two requests, however many there are. */
export async function observe(client: Client, selector: string): Promise<VmState[]> {
  return vmStates(await basics(client, selector));
}

/** The same, with what it takes to say why one is not ready: five requests. */
export async function examine(client: Client, selector: string): Promise<VmState[]> {
  const [seen, dataVolumes, pods, events] = await Promise.all([
    basics(client, selector),
    optional(client, 'datavolumes.cdi.kubevirt.io', '-l', selector),
    optional(client, 'pods', '-l', selector),
    optional(client, 'events', '--field-selector', 'type=Warning'),
  ]);
  return vmStates({ ...seen, dataVolumes, pods, events });
}

async function basics(client: Client, selector: string): Promise<Seen> {
  const [vms, instances] = await Promise.all([
    client.list('virtualmachines.kubevirt.io', '-l', selector),
    client.list('virtualmachineinstances.kubevirt.io', '-l', selector),
  ]);
  return { vms, instances };
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
