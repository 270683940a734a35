import { UserError } from '../errors';
import { MANAGED_BY, MANAGED_BY_SHORT, MANAGER, RUN_ID } from '../kubernetes/labels';
import type { Client } from './client';
import { notOwnNamespace } from './messages';
import type { KubeObject } from './objects';
import { isObject } from './shape';

/**
 * The namespace, if it exists.
 * @throws KubectlError when the account may not get it; Interrupted
 */
export async function findNamespace(client: Client, name: string = client.namespace): Promise<KubeObject | undefined> {
  const text = await client.ask(['get', 'namespace', name, '-o', 'json', '--ignore-not-found']);
  return text === '' ? undefined : client.parsed(text, (value) => (isObject(value) ? value : undefined));
}

/** Whether virtwork created the namespace, or a user labeled it so: virtwork changes and deletes no other namespace. */
export function isOwn({ metadata: { labels = {} } }: KubeObject): boolean {
  return labels[RUN_ID] !== undefined || [MANAGED_BY_SHORT, MANAGED_BY].some((key) => labels[key] === MANAGER);
}

/**
 * The namespace to delete, if it exists.
 * @throws UserError when it is not virtwork's; KubectlError when the account may not get it; Interrupted
 */
export async function ownNamespace(client: Client): Promise<KubeObject | undefined> {
  const namespace = await findNamespace(client);
  if (namespace === undefined || isOwn(namespace)) return namespace;
  throw new UserError([notOwnNamespace(client.namespace, `${MANAGED_BY_SHORT}=${MANAGER}`)]);
}
