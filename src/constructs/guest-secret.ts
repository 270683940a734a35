import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { NOT_A_TEMPLATE, sharedLabels } from '../kubernetes/labels';

export interface GuestSecretProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** Texts by file name on the disk. */
  readonly files: { readonly [key: string]: string };
}

/** What all guests of a run share. KubeVirt gives it to each VM as a read-only disk. */
export class GuestSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, files }: GuestSecretProps) {
    super(scope, id);
    const props: k8s.KubeSecretProps = {
      metadata: { name, namespace, labels: sharedLabels('guest', runId), annotations: NOT_A_TEMPLATE },
      type: 'Opaque',
      stringData: files,
    };
    new ApiObject(this, 'Default', { apiVersion: 'v1', kind: 'Secret', ...props });
  }
}
