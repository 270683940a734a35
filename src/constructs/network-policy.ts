import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { sharedLabels, WORKLOAD } from '../kubernetes/labels';
import type { PodSelector, PolicyPlan } from '../plan/component-plan';
import { kubernetesObject } from './kubernetes-object';

export interface NetworkPolicyProps extends PolicyPlan {
  readonly namespace: string;
  readonly runId: string;
}

/** One rule about the connections of pods of VMs. */
export class NetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, pods, directions, ports, peer }: NetworkPolicyProps) {
    super(scope, id);
    const peers = peer === undefined ? undefined : [peerOf(peer)];
    const listed = ports?.map(({ port, protocol }) => ({ port, protocol }));
    const isIngress = directions.includes('Ingress');
    kubernetesObject(this, 'NetworkPolicy', {
      metadata: { name, namespace, labels: sharedLabels('network-policy', runId) },
      spec: {
        podSelector: selector(pods),
        policyTypes: [...directions],
        ...(listed && isIngress ? { ingress: [{ ...(peers ? { from: peers } : {}), ports: listed }] } : {}),
        ...(listed && !isIngress ? { egress: [{ ...(peers ? { to: peers } : {}), ports: listed }] } : {}),
      },
    });
  }
}

/** Other pods are selected by an expression: an overlay adds its labels to maps of labels, and those pods do not get them. */
function peerOf(peer: NonNullable<PolicyPlan['peer']>): k8s.NetworkPolicyPeer {
  if (peer !== 'virt-api') return { podSelector: selector(peer) };
  return { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'kubevirt.io', operator: 'In', values: ['virt-api'] }] } };
}

function selector({ labels, workloads }: PodSelector): k8s.LabelSelector {
  return {
    matchLabels: { ...labels },
    ...(workloads ? { matchExpressions: [{ key: WORKLOAD, operator: 'In', values: [...workloads] }] } : {}),
  };
}
