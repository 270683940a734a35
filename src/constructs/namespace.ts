import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { sharedLabels } from '../labels';

export interface NamespaceProps {
  readonly name: string;
  readonly runId: string;
}

/** The namespace that holds everything else. */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, { name, runId }: NamespaceProps) {
    super(scope, id);
    const props: k8s.KubeNamespaceProps = { metadata: { name, labels: sharedLabels('namespace', runId) } };
    new ApiObject(this, 'namespace', { apiVersion: 'v1', kind: 'Namespace', ...props });
  }
}
