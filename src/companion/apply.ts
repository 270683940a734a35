import { UserError } from '../errors';
import { apiGroupOf } from '../kubernetes/kinds';
import { shellWord } from '../text/shell-word';
import { type Client, KubectlError } from './client';
import type { Report } from './event';
import { complaintsIn, type KubectlProblem } from './kubectl-problem';
import { NAMESPACE_HIDDEN_HINT, rendersForOther } from './messages';
import { findNamespace, isOwn } from './namespace';
import type { KubeObject } from './objects';
import { attempted, isObject } from './shape';

/** An object that the cluster rejected. */
export interface Refused {
  readonly object: KubeObject;
  readonly problem: KubectlProblem;
}

/** The result of an apply. */
export interface Applied {
  readonly applied: readonly KubeObject[];
  readonly refused: readonly Refused[];
  /** Namespaces that existed before and are not virtwork's: they are not changed. */
  readonly kept: readonly KubeObject[];
}

/** What is still to be applied, by id, with the problem of the last try. */
type Left = ReadonlyMap<string, { readonly object: KubeObject; readonly problem?: KubectlProblem }>;

/** The objects of YAML documents, in their order. */
export function objectsIn(text: string): KubeObject[] {
  const { loadAll } = require('js-yaml') as typeof import('js-yaml');
  // Aliases can expand to more than fits into memory, and kubectl prints none.
  return (loadAll(text, { maxAliases: 0 }) as (KubeObject | null)[]).filter((each) => each !== null);
}

/**
 * The objects that a Kustomize folder renders.
 * @throws UserError when it renders none, or some for another namespace than the client's; Interrupted
 */
export async function objectsOf(client: Client, folder: string): Promise<KubeObject[]> {
  const text = await client.kustomize(folder);
  const objects = attempted(() => objectsIn(text));
  if (!objects || objects.length === 0 || !objects.every((each) => isObject(each) && each.kind)) throw client.senseless(text);
  const elsewhere = objects.flatMap(({ metadata }) => metadata.namespace ?? []).find((namespace) => namespace !== client.namespace);
  if (elsewhere === undefined) return objects;
  throw new UserError([rendersForOther(folder, elsewhere, client.namespace, `--namespace ${shellWord(elsewhere)}`)]);
}

export interface ApplyOptions {
  /** The server checks the objects as if it would apply them, and keeps nothing. */
  readonly isDryRun?: boolean;
}

/**
 * Applies objects server-side. Those that fail for a transient reason are tried again.
 * @throws KubectlError when every object fails for the same reason; Interrupted
 */
export async function apply(
  client: Client,
  objects: readonly KubeObject[],
  report: Report,
  { isDryRun = false }: ApplyOptions = {},
): Promise<Applied> {
  const { own, kept, hidden } = await namespacesOf(client, objects);
  for (const { kind, metadata } of kept) report({ type: 'kept', kind, name: metadata.name });
  const others = objects.filter(({ kind }) => kind !== 'Namespace');
  // First, so that no other object is rejected because its namespace does not exist yet.
  const refused = [...hidden, ...(await applyAll(client, own, report, isDryRun)), ...(await applyAll(client, others, report, isDryRun))];
  for (const { object, problem } of refused)
    report({ type: 'refused', kind: object.kind, name: object.metadata.name, why: problem.message });
  const reasons = new Set(refused.map(({ problem }) => problem.message));
  if (refused.length === objects.length && reasons.size === 1) throw new KubectlError((refused[0] as Refused).problem);
  const missing = new Set([...kept, ...refused.map(({ object }) => object)]);
  return { applied: objects.filter((object) => !missing.has(object)), refused, kept };
}

/**
 * Which namespaces to apply. virtwork's label allows cleanup to delete a namespace, so only namespaces that virtwork creates get it: one that
 * exists without the label is kept, and one that the account may not get is not applied.
 */
async function namespacesOf(client: Client, objects: readonly KubeObject[]) {
  const own: KubeObject[] = [];
  const kept: KubeObject[] = [];
  const hidden: Refused[] = [];
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) {
    try {
      const there = await findNamespace(client, object.metadata.name);
      (there && !isOwn(there) ? kept : own).push(object);
    } catch (error) {
      if (!(error instanceof KubectlError) || error.problem.cause !== 'forbidden') throw error;
      hidden.push({ object, problem: { ...error.problem, hint: NAMESPACE_HIDDEN_HINT } });
    }
  }
  return { own, kept, hidden };
}

async function applyAll(client: Client, objects: readonly KubeObject[], report: Report, isDryRun: boolean): Promise<Refused[]> {
  const refused: Refused[] = [];
  let left: Left = new Map(objects.map((object) => [idOf(object), { object }]));
  while (left.size > 0) {
    const before = left;
    try {
      left = await client.retry(async () => {
        const now = await applyOnce(client, left, report, isDryRun);
        left = now;
        const stays = [...now.values()].find(({ problem }) => problem !== undefined && !problem.transient);
        const [first] = now.values();
        if (!stays && now.size === before.size && first?.problem) throw new KubectlError(first.problem);
        return now;
      });
    } catch (error) {
      // Other errors are about the work as a whole, such as a missing kubectl.
      if (!(error instanceof KubectlError) || [...left.values()].some(({ problem }) => !problem)) throw error;
      return [...refused, ...refusedOf(left, () => true)];
    }
    refused.push(...refusedOf(left, ({ transient }) => !transient));
    left = new Map([...left].filter(([, { problem }]) => problem?.transient === true));
  }
  return refused;
}

function refusedOf(left: Left, which: (problem: KubectlProblem) => boolean): Refused[] {
  return [...left.values()].flatMap(({ object, problem }) => (problem && which(problem) ? [{ object, problem }] : []));
}

/** @returns the objects that were not applied, each with its problem */
async function applyOnce(client: Client, left: Left, report: Report, isDryRun: boolean): Promise<Left> {
  const remaining = new Map(left);
  const text = [...left.values()].map(({ object }) => `---\n${JSON.stringify(object)}\n`).join('');
  const heard = (line: string) => {
    const object = remaining.get(line)?.object;
    if (!remaining.delete(line) || object === undefined) return;
    report({ type: 'applied', kind: object.kind, name: object.metadata.name });
  };
  const answer = await client.run(
    ['apply', '--server-side', ...(isDryRun ? ['--dry-run=server'] : []), '-o', 'name', '-f', '-'],
    text,
    heard,
  );
  if (answer.code === 0 && remaining.size < left.size) return new Map();
  if (answer.code === 0) throw client.senseless('');
  const complaints = complaintsIn(answer.stderr);
  // One complaint for each object that is left, in their order; otherwise the complaints are about the whole call.
  const problems = await client.problemsOf(answer, complaints.length === remaining.size ? complaints : undefined);
  const [first] = problems as [KubectlProblem];
  return new Map([...remaining].map(([id, { object }], index) => [id, { object, problem: problems[index] ?? first }]));
}

/** As `kubectl -o name` prints it. */
function idOf({ apiVersion = 'v1', kind, metadata }: KubeObject): string {
  const group = apiGroupOf(apiVersion);
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${metadata.name}`;
}
