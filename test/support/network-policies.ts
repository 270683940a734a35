import type { Manifest } from '../../src/validation/manifest';

type Labels = { readonly [key: string]: string };

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

export interface NetworkPolicy extends Manifest {
  readonly metadata: Manifest['metadata'] & { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/** A pod, or an address outside of the pod network, such as that of a node. */
export type End = { readonly namespace: string; readonly labels: Labels } | 'outside';

/** As in `TCP/443`. */
export type Port = `${'TCP' | 'UDP'}/${number}`;

/**
 * Whether the policies allow a connection, by the rules of Kubernetes: a pod that no policy for the direction selects is open, and otherwise
 * any of its policies may allow the connection. Both ends must allow it. Connections from the node of a pod are always allowed, and are not
 * asked here. Fields that virtwork does not render are errors.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function mayConnect(policies: readonly NetworkPolicy[], from: End, to: End, port: Port): boolean {
  return side(policies, 'Egress', from, to, port) && side(policies, 'Ingress', to, from, port);
}

function side(policies: readonly NetworkPolicy[], direction: 'Ingress' | 'Egress', own: End, other: End, port: Port): boolean {
  if (own === 'outside') return true;
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === own.namespace && spec.policyTypes.includes(direction) && selects(spec.podSelector, own.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some((policy) => {
    const rules = (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
    return rules.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to;
      const isPort = rule.ports === undefined || rule.ports.some((each) => `${each.protocol}/${each.port}` === port);
      return isPort && (peers === undefined || peers.some((peer) => isPeer(peer, policy.metadata.namespace, other)));
    });
  });
}

function isPeer({ podSelector, namespaceSelector, ...rest }: Peer, namespace: string, other: End): boolean {
  if (Object.keys(rest).length > 0) throw new Error(`not supported: ${Object.keys(rest).join()}`);
  if (other === 'outside') return false;
  const isNamespace =
    namespaceSelector === undefined
      ? other.namespace === namespace
      : selects(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace });
  return isNamespace && (podSelector === undefined || selects(podSelector, other.labels));
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`not supported: ${operator}`);
      return values.includes(labels[key] ?? '');
    })
  );
}
