import { Construct } from 'constructs';
import { NOT_A_TEMPLATE, sharedLabels } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface GuestSecretProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** Contents by file name on the disk. */
  readonly files: { readonly [key: string]: string };
}

/** The files that all guests of a run share. KubeVirt creates a read-only disk from them for each VM. */
export class GuestSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, files }: GuestSecretProps) {
    super(scope, id);
    kubernetesObject(this, 'Secret', {
      metadata: { name, namespace, labels: sharedLabels('guest', runId), annotations: NOT_A_TEMPLATE },
      type: 'Opaque',
      stringData: files,
    });
  }
}
