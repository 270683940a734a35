import { type Problem, UserError } from '../errors';
import { KINDS, type Kind, resourceOf } from '../kubernetes/kinds';
import { NAMESPACE, RUN_ID } from '../kubernetes/labels';
import { type Client, KubectlError } from './client';
import type { Report } from './event';
import { BEING_DELETED, heldBy, kindsNotListed, NOT_DELETED } from './messages';
import { findNamespace } from './namespace';
import type { KubeObject } from './objects';

/** Milliseconds between two lists; more when a list itself takes long. */
const INTERVAL = 1000;

/** The objects of virtwork in a namespace, by kind. */
export interface Inventory {
  readonly objects: readonly KubeObject[];
  /** Their runs. */
  readonly runIds: readonly string[];
  /** Kinds that the account may not list: there may be objects of them. */
  readonly hidden: readonly string[];
}

/** The result of a cleanup. */
export interface Cleaned {
  readonly deleted: readonly KubeObject[];
  /** The objects that still exist, and why. */
  readonly left: readonly { readonly object: KubeObject; readonly why: string }[];
  readonly problems: readonly Problem[];
}

/** Selects everything that virtwork rendered, or one run of it, also where an overlay overwrites the recommended labels. */
export function selectorOf(runId?: string): string {
  return runId === undefined ? RUN_ID : `${RUN_ID}=${runId}`;
}

/** Selects the objects of a kind; those outside of all namespaces by the label that names the client's namespace. */
function filterOf({ cluster }: Kind, client: Client, selector: string): string[] {
  return ['-l', cluster ? `${selector},${NAMESPACE}=${client.namespace}` : selector];
}

/**
 * Lists everything with the labels. There are no objects of a kind that the cluster does not have.
 * @throws KubectlError when a kind cannot be listed, unless it is a guarded one; Interrupted
 */
export async function inventory(client: Client, selector: string, kinds: readonly Kind[] = KINDS): Promise<Inventory> {
  const lists = await Promise.all(kinds.map((kind) => listKnown(client, kind, selector)));
  const objects = lists.flatMap((list) => list ?? []);
  return {
    objects,
    runIds: [...new Set(objects.flatMap(({ metadata }) => metadata.labels?.[RUN_ID] ?? []))].sort(),
    hidden: kinds.filter((_, index) => lists[index] === undefined).map(({ kind }) => kind),
  };
}

/** A warning of what a cleanup may leave; undefined when it finds everything. */
export function hiddenWarning({ hidden }: Inventory): string | undefined {
  return hidden.length === 0 ? undefined : kindsNotListed(hidden);
}

/** @returns undefined for a guarded kind that the account may not list */
async function listKnown(client: Client, kind: Kind, selector: string): Promise<KubeObject[] | undefined> {
  try {
    return await client.list(resourceOf(kind), ...filterOf(kind, client, selector));
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    const { cause } = error.problem;
    if (cause === 'unknownKind' && !(await client.hasKubeVirt())) return [];
    if (cause === 'forbidden' && kind.guarded) return undefined;
    throw error;
  }
}

export interface CleanupProps {
  readonly client: Client;
  readonly selector: string;
  readonly found: Inventory;
  /** Delete the namespace as well. */
  readonly namespace?: KubeObject;
  /** Seconds to wait until the objects are gone; 0: it does not wait. */
  readonly timeout: number;
  readonly report: Report;
  /** Called with the number of objects that still exist. */
  readonly progress: (left: number) => void;
}

/**
 * Deletes everything with the labels, kind by kind. A kind that cannot be deleted does not keep the others from being deleted.
 * @throws Interrupted
 */
export async function cleanUp({ client, selector, found, namespace, timeout, report, progress }: CleanupProps): Promise<Cleaned> {
  const problems: Problem[] = [];
  for (const kind of KINDS) {
    if (!found.objects.some((object) => object.kind === kind.kind)) continue;
    problems.push(...(await tried(() => remove(client, [resourceOf(kind), ...filterOf(kind, client, selector)]))));
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

/** Deletes until a call succeeds. Failed calls are tried again as long as each of them deletes more objects than the one before. */
async function remove(client: Client, what: readonly string[]): Promise<void> {
  // kubectl prints objects that a finalizer holds each time.
  const named = new Set<string>();
  for (let done = false; !done; ) {
    done = await client.retry(async () => {
      const before = named.size;
      const answer = await client.run(['delete', ...what, '--wait=false', '--ignore-not-found', '-o', 'name'], '', (line) => {
        named.add(line);
      });
      if (answer.code === 0) return true;
      const faulty = await client.faulty(answer);
      if (named.size === before || !faulty.problem.transient) throw faulty;
      return false;
    });
  }
}

/** @returns the objects that still exist in the end */
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
    // Without a wait, objects that are being deleted count as gone.
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
  if (!deletionTimestamp) return NOT_DELETED;
  return finalizers.length > 0 ? heldBy(finalizers) : BEING_DELETED;
}

/** A new object with the same name has another uid. */
function idOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}/${metadata.uid ?? ''}`;
}
