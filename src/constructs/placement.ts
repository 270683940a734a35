import type {
  VirtualMachineSpecTemplateSpecAffinity as Affinity,
  VirtualMachineSpecTemplateSpecTopologySpreadConstraints as SpreadConstraint,
} from '../../imports/kubevirt.io';
import { PAIR, selector } from '../kubernetes/labels';

const NODE = 'kubernetes.io/hostname';

/** Prefers different nodes for the VMs of a pair, so that their traffic crosses the network between nodes. */
export function apart(workload: string, pair: string): Affinity {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: NODE, labelSelector: { matchLabels: { ...selector({ workload }), [PAIR]: pair } } },
        },
      ],
    },
  };
}

/** Prefers to spread the copies of a role evenly over the nodes; a single node is enough. */
export function spread(workload: string, role: string | undefined): SpreadConstraint[] {
  const owner = role === undefined ? { workload } : { workload, role };
  return [{ maxSkew: 1, topologyKey: NODE, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector(owner) } }];
}
