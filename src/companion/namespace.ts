import { MANAGED_BY, MANAGED_BY_SHORT, MANAGER, RUN_ID } from '../kubernetes/labels';
import type { Client } from './client';
import type { KubeObject } from './objects';
import { isObject } from './shape';

/**
 * The namespace, if it is there.
 * @throws UserError where the account may not look at it; Interrupted
 */
export async function findNamespace(client: Client, name: string = client.namespace): Promise<KubeObject | undefined> {
  const text = await client.ask(['get', 'namespace', name, '-o', 'json', '--ignore-not-found']);
  return text === '' ? undefined : client.parsed(text, (value) => (isObject(value) ? value : undefined));
}

/** Whether virtwork made the namespace, or people say so by a label: only then it is changed or deleted. */
export function isOwn({ metadata: { labels = {} } }: KubeObject): boolean {
  return labels[RUN_ID] !== undefined || [MANAGED_BY_SHORT, MANAGED_BY].some((key) => labels[key] === MANAGER);
}
