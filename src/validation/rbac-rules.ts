import type { Manifest } from './manifest';
import type { FieldProblem } from './object-schema';

/** Kinds whose names an API server takes with colons, and longer than a label. */
export const ROLE_KINDS = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A rule without a list is none to an API server; one with a wildcard gives what nobody has read. */
export function roleProblems({ rules }: Manifest): FieldProblem[] {
  return (rules as readonly PolicyRule[]).flatMap((rule, index) =>
    (['apiGroups', 'resources', 'verbs'] as const).flatMap((key) => [
      ...(rule[key].length > 0 ? [] : [{ field: `rules[${index}].${key}`, message: 'must have at least one item' }]),
      ...rule[key]
        .filter((word) => word.includes('*'))
        .map((word) => ({ field: `rules[${index}].${key}`, message: `must name what is meant, got ${JSON.stringify(word)}` })),
    ]),
  );
}
