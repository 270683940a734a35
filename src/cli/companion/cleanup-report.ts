import type { Cleaned } from '../../companion/cleanup';
import type { KubeObject } from '../../companion/objects';
import { KINDS } from '../../kubernetes/kinds';
import { table } from '../table';
import { DRY_RUN } from './messages';

/** What a cleanup is about. */
export interface Subject {
  readonly namespace: string;
  readonly companion: { readonly dryRun: boolean };
}

/** How many objects of each kind were deleted, by column of `audit_log`. */
export function deletedCounts({ deleted }: Pick<Cleaned, 'deleted'>): { readonly [column: string]: number } {
  return {
    ...Object.fromEntries(KINDS.flatMap(({ kind, deleted: column }) => (column ? [[column, countOf(kind, deleted)]] : []))),
    namespace_deleted: countOf('Namespace', deleted),
  };
}

function countOf(kind: string, objects: readonly KubeObject[]): number {
  return objects.filter((object) => object.kind === kind).length;
}

/** What `-o json` prints. */
export function cleanupJson({ namespace, companion: { dryRun } }: Subject, runIds: readonly string[], result: Cleaned): string {
  return `${JSON.stringify({
    command: 'cleanup',
    namespace,
    dry_run: dryRun,
    ...deletedCounts(result),
    linked_run_ids: runIds,
    left: result.left.map(({ object, why }) => ({ kind: object.kind, name: object.metadata.name, why })),
    errors: result.problems.map(({ message }) => message),
  })}\n`;
}

/** What would be deleted, as a table. */
export function preview({ namespace, companion: { dryRun } }: Subject, objects: readonly KubeObject[]): string {
  const rows = objects.map(({ kind, metadata }) => [kind, metadata.name]);
  return `namespace ${namespace}${dryRun ? `, ${DRY_RUN}: nothing is deleted` : ''}\n${table(['KIND', 'NAME'], rows)}`;
}

/** What was deleted and what is left, as a table. */
export function cleanupTable({ namespace }: Subject, { deleted, left, problems }: Cleaned): string {
  const leftObjects = left.map(({ object }) => object);
  const rows = [...KINDS.map(({ kind }) => kind), 'Namespace']
    .map((kind) => ({ kind, gone: countOf(kind, deleted), still: countOf(kind, leftObjects) }))
    .filter(({ gone, still }) => gone + still > 0)
    .map(({ kind, gone, still }) => [kind, String(gone), String(still)]);
  const remaining = left.map(({ object, why }) => `left: ${object.kind} ${object.metadata.name} ${why}\n`).join('');
  const end = left.length + problems.length === 0 ? 'cleanup complete' : 'cleanup incomplete';
  return `namespace ${namespace}\n${table(['KIND', 'DELETED', 'LEFT'], rows)}${remaining}${end}\n`;
}
