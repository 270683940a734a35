import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { toJson_VirtualMachineSpec } from '../../imports/kubevirt.io';
import { selector } from '../kubernetes/labels';
import { patched } from './patches';
import { type VirtualMachineRole, virtualMachine } from './virtual-machine';

export interface VirtualMachinePoolProps {
  /** Name of the pool: KubeVirt appends `-0`, `-1` and so on for the VMs. */
  readonly name: string;
  /** Number of VMs. */
  readonly replicas: number;
  /** What the VMs have in common. */
  readonly role: VirtualMachineRole;
  /** Changes when the user data does. */
  readonly userDataHash: string;
}

/**
 * All VMs of a role as one object. KubeVirt creates them with the names that they have as objects of their own, and appends their index to
 * the names of their data volumes; all share one Secret with user data.
 *
 * A changed template changes the VMs, and each guest gets the change with its next restart, as without a pool. Fewer replicas delete the VMs
 * with the highest indices, and their disks.
 */
export class VirtualMachinePool extends Construct {
  /** @throws UserError with every patch of the role that cannot be applied */
  constructor(scope: Construct, id: string, { name, replicas, role, userDataHash }: VirtualMachinePoolProps) {
    super(scope, id);
    const template = virtualMachine({ role, vm: { name }, userDataHash });
    const vm = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name, namespace: role.namespace, ...template.metadata },
      spec: toJson_VirtualMachineSpec(template.spec),
    };
    const { metadata, spec } = patched(vm, role.patches ?? []);
    const { name: _, namespace: __, ...marks } = metadata;
    // The class that is generated from the CRD contains all fields of a VM once more, and takes long to load.
    new ApiObject(this, 'Default', {
      apiVersion: 'pool.kubevirt.io/v1beta1',
      kind: 'VirtualMachinePool',
      metadata: { name, namespace: role.namespace, ...template.metadata },
      spec: {
        replicas,
        // Immutable in the cluster, so without the run and labels of users.
        selector: { matchLabels: selector(role) },
        updateStrategy: { opportunistic: {} },
        scaleInStrategy: { proactive: { selectionPolicy: { sortPolicy: 'DescendingOrder' }, statePreservation: 'Disabled' } },
        virtualMachineTemplate: { metadata: marks, spec },
      },
    });
  }
}
