import type { Client } from './client';

/** What an account does, as `kubectl auth can-i` asks: `get pods/proxy`, `delete virtualmachines.kubevirt.io`. */
export interface Permission {
  readonly verb: string;
  /** Plural with its API group, and with a subresource after a slash. */
  readonly resource: string;
}

/** Whether the account may do something in the client's namespace. Where that cannot be asked, it is assumed. */
export async function mayDo(client: Client, { verb, resource }: Permission): Promise<boolean> {
  const [plural = '', subresource] = resource.split('/');
  // With `pods/proxy`, kubectl would ask for a pod of the name proxy.
  const flags = subresource === undefined ? [] : [`--subresource=${subresource}`];
  const { stdout } = await client.run(['auth', 'can-i', verb, plural, ...flags]);
  return !/^no\b/m.test(stdout);
}
