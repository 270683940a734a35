import { Construct } from 'constructs';
import { sharedLabels } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface LimitRangeProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** What containers that state nothing get: quantities by resource. */
  readonly requests: { readonly [resource: string]: string };
  readonly limits: { readonly [resource: string]: string };
}

/** Defaults for the containers in a namespace: a quota for CPUs and memory rejects pods without requests and limits. */
export class LimitRange extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, requests, limits }: LimitRangeProps) {
    super(scope, id);
    kubernetesObject(this, 'LimitRange', {
      metadata: { name, namespace, labels: sharedLabels('quota', runId) },
      spec: { limits: [{ type: 'Container', default: limits, defaultRequest: requests }] },
    });
  }
}
