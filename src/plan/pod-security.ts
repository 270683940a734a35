import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { PodSecurityPlan } from './component-plan';
import { COMPONENT } from './messages';

/**
 * The pods of VMs comply with `baseline`. They do not comply with `restricted`, because KubeVirt sets a seccomp profile only if the
 * configuration of the cluster names one.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
const LEVEL = 'baseline';
const MODES = ['enforce', 'audit', 'warn'] as const;

export function podSecurity(): PodSecurityPlan {
  return {
    kind: 'pod-security',
    labels: {
      ...Object.fromEntries(MODES.map((mode) => [`pod-security.kubernetes.io/${mode}`, LEVEL])),
      // OpenShift would replace the labels by what the service accounts in the namespace may use.
      'security.openshift.io/scc.podSecurityLabelSync': 'false',
    },
  };
}

/** Without a Namespace in the base, the component has nothing to patch. */
export function podSecurityWarnings({ createNamespace, namespace, place }: Options, { labels }: PodSecurityPlan): Problem[] {
  return createNamespace ? [] : [{ where: place('components'), ...COMPONENT.noNamespace(namespace, labels) }];
}
