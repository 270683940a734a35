import { UserError } from '../errors';
import { resourceNamed } from '../kubernetes/kinds';
import type { Client } from './client';
import type { KubeObject } from './objects';
import { type Snapshot, type VmState, vmStates } from './readiness';
import { userDataIn } from './staleness';

/** The state of the selected VMs: four requests, however many VMs there are. */
export async function observe(client: Client, selector: string): Promise<VmState[]> {
  const [seen, more] = await Promise.all([look(client, selector), userData(client, selector)]);
  return vmStates({ ...seen, ...more });
}

/** The same, with the reasons why VMs are not ready: seven requests. */
export async function examine(client: Client, selector: string): Promise<VmState[]> {
  const [seen, more] = await Promise.all([lookCloser(client, selector), userData(client, selector)]);
  return vmStates({ ...seen, ...more });
}

/** The objects that show which VMs are ready: three requests. */
export async function look(client: Client, selector: string): Promise<Snapshot> {
  const [vms, instances, pools] = await Promise.all([
    client.list(resourceNamed('VirtualMachine'), '-l', selector),
    client.list('virtualmachineinstances.kubevirt.io', '-l', selector),
    optional(client, resourceNamed('VirtualMachinePool'), '-l', selector),
  ]);
  return { vms, instances, pools };
}

/** The same, with the objects that show why others are not: six requests. */
export async function lookCloser(client: Client, selector: string): Promise<Snapshot> {
  const [seen, dataVolumes, pods, events] = await Promise.all([
    look(client, selector),
    optional(client, resourceNamed('DataVolume'), '-l', selector),
    optional(client, 'pods', '-l', selector),
    optional(client, 'events', '--field-selector', 'type=Warning'),
  ]);
  return { ...seen, dataVolumes, pods, events };
}

/** The Secrets that show which instances run with older user data: one request. Tokens are Secrets of another type, and are not read. */
export async function userData(client: Client, selector: string): Promise<Pick<Snapshot, 'userData'>> {
  const secrets = await optional(
    client,
    resourceNamed('Secret'),
    '-l',
    selector,
    '--field-selector',
    'type=Opaque',
    '--show-managed-fields',
  );
  return { userData: userDataIn(secrets) };
}

/** An account may not be allowed to list all of these kinds. */
async function optional(client: Client, resource: string, ...filter: string[]): Promise<KubeObject[]> {
  try {
    return await client.list(resource, ...filter);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
