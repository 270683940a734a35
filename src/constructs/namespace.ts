import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { sharedLabels } from '../kubernetes/labels';
import { runId as runIdOf } from '../kubernetes/run-id';
import { outsideOfNamespaces } from './outside-of-namespaces';

export interface NamespaceProps {
  /** @default 'virtwork' */
  readonly name?: string;
  /** Value of the label `virtwork/run-id`. @default derived from the name, as for workloads without `run` and `runId` */
  readonly runId?: string;
}

/** The namespace that holds everything else. */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, { name = 'virtwork', runId = runIdOf(name) }: NamespaceProps = {}) {
    super(scope, id);
    const props: k8s.KubeNamespaceProps = { metadata: { name, labels: sharedLabels('namespace', runId) } };
    outsideOfNamespaces(new ApiObject(this, 'Default', { apiVersion: 'v1', kind: 'Namespace', ...props }));
  }
}
