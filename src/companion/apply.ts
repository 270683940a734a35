import { type Problem, UserError } from '../errors';
import { shellWord } from '../text/shell-word';
import { type Client, KubectlError } from './client';
import type { Report } from './event';
import type { KubectlProblem } from './kubectl-problem';
import { findNamespace, isOwn } from './namespace';
import type { KubeObject } from './objects';
import { attempted, isObject } from './shape';

/** An object that the cluster did not take. */
export interface Refused {
  readonly object: KubeObject;
  readonly problem: Problem;
}

/** What an apply came to. */
export interface Applied {
  readonly applied: readonly KubeObject[];
  readonly refused: readonly Refused[];
  /** Namespaces that were there before, and are not virtwork's: they stay as they are. */
  readonly kept: readonly KubeObject[];
}

/** What is still to be done, by id, and what is known of why. */
type Left = ReadonlyMap<string, { readonly object: KubeObject; readonly problem?: KubectlProblem }>;

const START_OF_PROBLEM = /^(?=Error from server|error: |Error: |The \S+ "[^"]*" is invalid|Unable to connect|Apply failed with)/m;

/** The objects of YAML documents, in their order. */
export function objectsIn(text: string): KubeObject[] {
  const { loadAll } = require('js-yaml') as typeof import('js-yaml');
  // An alias can stand for more than there is memory, and kubectl prints none.
  return (loadAll(text, { maxAliases: 0 }) as (KubeObject | null)[]).filter((each) => each !== null);
}

/**
 * The objects that a Kustomize folder renders.
 * @throws UserError when there are none, or some are for another namespace than the client's; Interrupted
 */
export async function objectsOf(client: Client, folder: string): Promise<KubeObject[]> {
  const text = await client.kustomize(folder);
  const objects = attempted(() => objectsIn(text));
  if (!objects || objects.length === 0 || !objects.every((each) => isObject(each) && each.kind)) throw client.senseless(text);
  const elsewhere = objects.flatMap(({ metadata }) => metadata.namespace ?? []).find((namespace) => namespace !== client.namespace);
  if (elsewhere === undefined) return objects;
  const message = `renders for namespace ${elsewhere}, and --namespace is ${client.namespace}`;
  throw new UserError([{ where: folder, message, hint: `--namespace ${shellWord(elsewhere)}` }]);
}

/**
 * Applies objects on the server's side. What fails for a reason that passes is tried again, and only that.
 * @throws UserError when nothing could be applied, for one and the same reason; Interrupted
 */
export async function apply(client: Client, objects: readonly KubeObject[], report: Report): Promise<Applied> {
  const { made, kept, unseen } = await namespacesOf(client, objects);
  for (const { kind, metadata } of kept) report({ type: 'kept', kind, name: metadata.name });
  const others = objects.filter(({ kind }) => kind !== 'Namespace');
  // A namespace that is late must not be why the others are refused.
  const refused = [...unseen, ...(await applyAll(client, made, report)), ...(await applyAll(client, others, report))];
  for (const { object, problem } of refused)
    report({ type: 'refused', kind: object.kind, name: object.metadata.name, why: problem.message });
  const reasons = new Set(refused.map(({ problem }) => problem.message));
  if (refused.length === objects.length && reasons.size === 1) throw new UserError([(refused[0] as Refused).problem]);
  const missing = new Set([...kept, ...refused.map(({ object }) => object)]);
  return { applied: objects.filter((object) => !missing.has(object)), refused, kept };
}

/**
 * Which namespaces are to be applied. The label of virtwork allows cleanup to delete a namespace, so it goes only on one that virtwork
 * makes: another that is there stays as it is, and so does one of which nobody knows.
 */
async function namespacesOf(client: Client, objects: readonly KubeObject[]) {
  const made: KubeObject[] = [];
  const kept: KubeObject[] = [];
  const unseen: Refused[] = [];
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) {
    try {
      const there = await findNamespace(client, object.metadata.name);
      (there && !isOwn(there) ? kept : made).push(object);
    } catch (error) {
      const [problem] = error instanceof UserError ? error.problems : [];
      if (!problem || !/forbidden/i.test(problem.message)) throw error;
      unseen.push({ object, problem: { ...problem, hint: '--no-create-namespace, if it is there; or another account' } });
    }
  }
  return { made, kept, unseen };
}

async function applyAll(client: Client, objects: readonly KubeObject[], report: Report): Promise<Refused[]> {
  const refused: Refused[] = [];
  let left: Left = new Map(objects.map((object) => [idOf(object), { object }]));
  while (left.size > 0) {
    const before = left;
    try {
      left = await client.retry(async () => {
        const now = await applyOnce(client, left, report);
        left = now;
        const stays = [...now.values()].find(({ problem }) => problem !== undefined && !problem.transient);
        const [first] = now.values();
        if (!stays && now.size === before.size && first?.problem) throw new KubectlError(first.problem);
        return now;
      });
    } catch (error) {
      // What is about no object in particular is about the work as a whole, such as a client that is not there.
      if (!(error instanceof UserError) || [...left.values()].some(({ problem }) => !problem)) throw error;
      return [...refused, ...refusedOf(left, () => true)];
    }
    refused.push(...refusedOf(left, ({ transient }) => !transient));
    left = new Map([...left].filter(([, { problem }]) => problem?.transient === true));
  }
  return refused;
}

function refusedOf(left: Left, which: (problem: KubectlProblem) => boolean): Refused[] {
  return [...left.values()].flatMap(({ object, problem }) => (problem && which(problem) ? [{ object, problem: problem.problem }] : []));
}

/** @returns what was not applied, each with why */
async function applyOnce(client: Client, left: Left, report: Report): Promise<Left> {
  const remaining = new Map(left);
  const text = [...left.values()].map(({ object }) => `---\n${JSON.stringify(object)}\n`).join('');
  const heard = (line: string) => {
    const object = remaining.get(line)?.object;
    if (!remaining.delete(line) || object === undefined) return;
    report({ type: 'applied', kind: object.kind, name: object.metadata.name });
  };
  const { code, stderr } = await client.run(['apply', '--server-side', '-o', 'name', '-f', '-'], text, heard);
  if (code === 0 && remaining.size < left.size) return new Map();
  if (code === 0) throw client.senseless('');
  const problems = stderr
    .split(START_OF_PROBLEM)
    .map((each) => each.trim())
    .filter((each) => START_OF_PROBLEM.test(each));
  // One complaint for each object that is left, in their order; otherwise it is about the whole.
  const apart = problems.length === remaining.size;
  const meant = await client.problemsOf(apart ? problems : [stderr]);
  return new Map([...remaining].map(([id, { object }], index) => [id, { object, problem: meant[apart ? index : 0] as KubectlProblem }]));
}

/** As `kubectl -o name` prints it. */
function idOf({ apiVersion = 'v1', kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}
