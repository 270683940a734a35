import type { Client } from './client';
import type { KubeObject } from './objects';
import { itemsOf } from './shape';

/**
 * The objects of a kind, for work that can do without them: it is asked for once.
 * @returns undefined when the account may not list them, the cluster does not have the kind, or does not answer
 * @throws Interrupted
 */
export async function listedOnce(client: Client, resource: string, ...filter: string[]): Promise<KubeObject[] | undefined> {
  const { code, stdout } = await client.run(['get', resource, '-o', 'json', '--chunk-size=0', ...filter]);
  return code === 0 ? client.parsed(stdout, itemsOf) : undefined;
}
