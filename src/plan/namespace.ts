import type { Problem } from '../errors';
import type { Options } from '../options/options';

/** Namespaces of Kubernetes, of OpenShift, and of what virtwork runs on. */
const SYSTEM = /^(kube-.*|openshift|openshift-.*|kubevirt|kubevirt-.*|cdi|cdi-.*)$/;
const DEFAULT = 'default';
const HINT = '--namespace with one for virtwork alone';

/**
 * A base with the Namespace object of a system would label it as virtwork's, and cleanup would delete it with all
 * that runs there. `default` belongs to the cluster too, but VMs may well run in it.
 */
export function namespaceProblems({ namespace, createNamespace, place }: Options): { problems: Problem[]; warnings: Problem[] } {
  const isSystem = SYSTEM.test(namespace);
  const where = place('namespace');
  if (createNamespace && (isSystem || namespace === DEFAULT)) {
    const message = `${namespace} is a namespace of the cluster, and virtwork would render its Namespace object as its own`;
    return { problems: [{ where, message, hint: `${HINT}, or --no-create-namespace` }], warnings: [] };
  }
  const message = `${namespace} is a namespace of the cluster, and the VMs would run beside its own components`;
  return { problems: [], warnings: isSystem ? [{ where, message, hint: HINT }] : [] };
}
