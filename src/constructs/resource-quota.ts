import { Construct } from 'constructs';
import { sharedLabels } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface ResourceQuotaProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** The most that all objects in the namespace may have together: quantities by resource. */
  readonly hard: { readonly [resource: string]: string };
}

/** Limits for everything in a namespace. */
export class ResourceQuota extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, hard }: ResourceQuotaProps) {
    super(scope, id);
    kubernetesObject(this, 'ResourceQuota', { metadata: { name, namespace, labels: sharedLabels('quota', runId) }, spec: { hard } });
  }
}
