import { type Problem, UserError } from '../errors';
import { NAMESPACE, RUN_ID } from '../kubernetes/labels';
import type { Client } from './client';
import type { Report } from './event';
import { findNamespace } from './namespace';
import { KINDS, type Kind, type KubeObject } from './objects';

/** Milliseconds between two looks; more when a look itself takes long. */
const INTERVAL = 1000;

/** The objects of virtwork in a namespace, by kind. */
export interface Inventory {
  readonly objects: readonly KubeObject[];
  /** The runs that they are of. */
  readonly runIds: readonly string[];
  /** Kinds that the account may not look at. */
  readonly hidden: readonly string[];
}

/** What a cleanup came to. */
export interface Cleaned {
  readonly deleted: readonly KubeObject[];
  /** What is still there, with what holds it. */
  readonly left: readonly { readonly object: KubeObject; readonly why: string }[];
  readonly problems: readonly Problem[];
}

/** Everything that virtwork rendered, or that of one run, also where an overlay overwrites the recommended labels. */
export function selectorOf(runId?: string): string {
  return runId === undefined ? RUN_ID : `${RUN_ID}=${runId}`;
}

/** What finds the objects of a kind: those outside of every namespace by their label for the client's own. */
function filterOf({ cluster }: Kind, client: Client, selector: string): string[] {
  return ['-l', cluster ? `${selector},${NAMESPACE}=${client.namespace}` : selector];
}

/** Looks for everything with the labels. Kinds that the cluster does not know have no objects. */
export async function inventory(client: Client, selector: string, kinds: readonly Kind[] = KINDS): Promise<Inventory> {
  const lists = await Promise.all(kinds.map((kind) => listKnown(client, kind, selector)));
  const objects = lists.flatMap((list) => list ?? []);
  return {
    objects,
    runIds: [...new Set(objects.flatMap(({ metadata }) => metadata.labels?.[RUN_ID] ?? []))].sort(),
    hidden: kinds.filter((_, index) => lists[index] === undefined).map(({ kind }) => kind),
  };
}

/** @returns undefined for a kind that the account may not look at, nor need to */
async function listKnown(client: Client, kind: Kind, selector: string): Promise<KubeObject[] | undefined> {
  try {
    return await client.list(kind.resource, ...filterOf(kind, client, selector));
  } catch (error) {
    if (error instanceof UserError && /resource type/.test(error.message) && !(await client.hasKubeVirt())) return [];
    if (error instanceof UserError && kind.guarded && /forbidden/i.test(error.message)) return undefined;
    throw error;
  }
}

export interface CleanupProps {
  readonly client: Client;
  readonly selector: string;
  readonly found: Inventory;
  /** Delete the namespace as well. */
  readonly namespace?: KubeObject;
  /** Seconds that the objects may take to go; 0: nobody waits for them. */
  readonly timeout: number;
  readonly report: Report;
  /** Called with the number of those that are still there. */
  readonly progress: (left: number) => void;
}

/**
 * Deletes everything with the labels, kind by kind. A kind that fails keeps none of the others from going.
 * @throws Interrupted
 */
export async function cleanUp({ client, selector, found, namespace, timeout, report, progress }: CleanupProps): Promise<Cleaned> {
  const problems: Problem[] = [];
  for (const kind of KINDS) {
    if (!found.objects.some((object) => object.kind === kind.kind)) continue;
    problems.push(...(await tried(() => remove(client, [kind.resource, ...filterOf(kind, client, selector)]))));
  }
  if (namespace) problems.push(...(await tried(() => remove(client, ['namespace', client.namespace]))));
  const left = await waitGone({
    client,
    selector,
    found,
    ...(namespace ? { namespace } : {}),
    timeout: problems.length > 0 ? 0 : timeout,
    report,
    progress,
  });
  const there = new Set(left.map(idOf));
  const deleted = [...found.objects, ...(namespace ? [namespace] : [])].filter((object) => !there.has(idOf(object)));
  return { deleted, left: left.map((object) => ({ object, why: whyStillThere(object) })), problems };
}

async function tried(attempt: () => Promise<void>): Promise<Problem[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    if (error instanceof UserError) return [...error.problems];
    throw error;
  }
}

/** Deletes until the cluster has taken every call. As long as there are objects that it had not taken before, others that fail are tried again. */
async function remove(client: Client, what: readonly string[]): Promise<void> {
  // Objects that a finalizer holds are named each time: they are no progress.
  const taken = new Set<string>();
  for (let done = false; !done; ) {
    done = await client.retry(async () => {
      const before = taken.size;
      const answer = await client.run(['delete', ...what, '--wait=false', '--ignore-not-found', '-o', 'name'], '', (line) => {
        taken.add(line);
      });
      if (answer.code === 0) return true;
      const faulty = await client.faulty(answer);
      if (taken.size === before || !faulty.problem.transient) throw faulty;
      return false;
    });
  }
}

/** @returns what is still there in the end */
async function waitGone(props: CleanupProps): Promise<KubeObject[]> {
  const { client, selector, found, namespace, timeout, report, progress } = props;
  const deadline = Date.now() + timeout * 1000;
  let before: readonly KubeObject[] = [...found.objects, ...(namespace ? [namespace] : [])];
  const kinds = KINDS.filter(({ kind }) => found.objects.some((object) => object.kind === kind));
  for (;;) {
    const began = Date.now();
    const now = [
      ...(await inventory(client, selector, kinds)).objects,
      ...(namespace ? [await findNamespace(client)].filter((each) => each !== undefined) : []),
    ];
    const known = new Set(before.map(idOf));
    // Whoever does not wait takes what is on its way for gone.
    const left = now.filter((object) => known.has(idOf(object)) && !(timeout === 0 && object.metadata.deletionTimestamp));
    const there = new Set(left.map(idOf));
    for (const object of before.filter((each) => !there.has(idOf(each))))
      report({ type: 'deleted', kind: object.kind, name: object.metadata.name });
    before = left;
    progress(left.length);
    if (left.length === 0 || began >= deadline) return left;
    await client.pause(Math.min(Math.max(INTERVAL, 2 * (Date.now() - began)), Math.max(deadline - Date.now(), 0)));
  }
}

function whyStillThere({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): string {
  if (!deletionTimestamp) return 'was not deleted';
  return finalizers.length > 0 ? `waits for ${finalizers.join(', ')}` : 'is being deleted';
}

/** One made anew under the same name is another. */
function idOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}/${metadata.uid ?? ''}`;
}
