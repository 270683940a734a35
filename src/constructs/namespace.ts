import { Construct } from 'constructs';
import { sharedLabels } from '../kubernetes/labels';
import { runId as runIdOf } from '../kubernetes/run-id';
import { kubernetesObject } from './kubernetes-object';

export interface NamespaceProps {
  /** @default 'virtwork' */
  readonly name?: string;
  /** Value of the label `virtwork/run-id`. @default derived from the name, as for workloads without `run` and `runId` */
  readonly runId?: string;
}

/** The namespace of all other objects. */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, { name = 'virtwork', runId = runIdOf(name) }: NamespaceProps = {}) {
    super(scope, id);
    kubernetesObject(this, 'Namespace', { metadata: { name, labels: sharedLabels('namespace', runId) } });
  }
}
