import type { Manifest } from './manifest';
import { must, NO_ITEM, NO_WILDCARD } from './messages';
import type { FieldProblem } from './object-schema';

/** Kinds whose names may contain colons and be longer than a label. */
export const ROLE_KINDS = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** An API server rejects a rule without a list. A wildcard grants more than a reviewer can read. */
export function roleProblems({ rules }: Manifest): FieldProblem[] {
  return (rules as readonly PolicyRule[]).flatMap((rule, index) =>
    (['apiGroups', 'resources', 'verbs'] as const).flatMap((key) => [
      ...(rule[key].length > 0 ? [] : [{ field: `rules[${index}].${key}`, message: NO_ITEM }]),
      ...rule[key]
        .filter((word) => word.includes('*'))
        .map((word) => ({ field: `rules[${index}].${key}`, message: must(NO_WILDCARD, word) })),
    ]),
  );
}
