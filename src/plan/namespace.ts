import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { namespaceRendered, namespaceShared } from './messages';

/** Namespaces of Kubernetes, OpenShift, KubeVirt and CDI. */
const SYSTEM = /^(kube-.*|openshift|openshift-.*|kubevirt|kubevirt-.*|cdi|cdi-.*)$/;
const DEFAULT = 'default';

/**
 * A base with the Namespace object of a system namespace would label it as virtwork's, and cleanup would delete it with all its
 * contents. `default` belongs to the cluster too, but VMs may run in it.
 */
export function namespaceProblems({ namespace, createNamespace, place, spell }: Options): { problems: Problem[]; warnings: Problem[] } {
  const isSystem = SYSTEM.test(namespace);
  const where = place('namespace');
  if (createNamespace && (isSystem || namespace === DEFAULT))
    return { problems: [{ where, ...namespaceRendered(namespace, spell) }], warnings: [] };
  return { problems: [], warnings: isSystem ? [{ where, ...namespaceShared(namespace, spell) }] : [] };
}
