import type {
  VirtualMachineSpecTemplateSpecAffinity as Affinity,
  VirtualMachineSpecTemplateSpec as Spec,
  VirtualMachineSpecTemplateSpecTopologySpreadConstraints as SpreadConstraint,
} from '../../imports/kubevirt.io';
import { type Labels, PAIR, selector } from '../kubernetes/labels';
import type { PlacementPlan, RolePlan } from '../plan/plan';

const NODE = 'kubernetes.io/hostname';
const WEIGHT = 100;
const DEFAULT: PlacementPlan = { spread: 'soft', pairs: 'apart' };

/** The fields of a VM that decide about its node. */
export function placement(role: Pick<RolePlan, 'workload' | 'role' | 'placement'>, pair: string | undefined): Partial<Spec> {
  const { nodeSelector, tolerations, priorityClass, scheduler, ...rules } = role.placement ?? DEFAULT;
  const affinity = affinityOf(role, pair, rules);
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations: [...tolerations] }),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...(scheduler === undefined ? {} : { schedulerName: scheduler }),
    ...spread(role, rules.spread),
    ...(affinity === undefined ? {} : { affinity }),
  };
}

/** Spreads the VMs of a role evenly over the nodes. If it must not, a single node is enough. */
function spread({ workload, role }: Pick<RolePlan, 'workload' | 'role'>, how: PlacementPlan['spread']): Partial<Spec> {
  if (how === 'none' || how === 'pack') return {};
  const whenUnsatisfiable = how === 'hard' ? 'DoNotSchedule' : 'ScheduleAnyway';
  const labelSelector = { matchLabels: selector(role === undefined ? { workload } : { workload, role }) };
  const constraint: SpreadConstraint = { maxSkew: 1, topologyKey: NODE, whenUnsatisfiable, labelSelector };
  return { topologySpreadConstraints: [constraint] };
}

/** The user's rules, and after them those of virtwork, which are preferences: no VM stays without a node because of them. */
function affinityOf(
  { workload, role }: Pick<RolePlan, 'workload' | 'role'>,
  pair: string | undefined,
  { affinity, spread: how, pairs }: PlacementPlan,
): Affinity | undefined {
  const own = role === undefined ? { workload } : { workload, role };
  const near = how === 'pack' ? [onNodeOf(selector(own))] : [];
  const ofPair = pair === undefined ? [] : [onNodeOf({ ...selector({ workload }), [PAIR]: pair })];
  const together = [...near, ...(pairs === 'together' ? ofPair : [])];
  const apart = pairs === 'apart' ? ofPair : [];
  const { podAffinity, podAntiAffinity, ...others } = (affinity ?? {}) as Affinity;
  const rules: Affinity = {
    ...others,
    ...withPreferred('podAffinity', podAffinity, together),
    ...withPreferred('podAntiAffinity', podAntiAffinity, apart),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}

type PodRules = NonNullable<Affinity['podAffinity']>;
type Preferred = NonNullable<PodRules['preferredDuringSchedulingIgnoredDuringExecution']>[number];

function onNodeOf(matchLabels: Labels): Preferred {
  return { weight: WEIGHT, podAffinityTerm: { topologyKey: NODE, labelSelector: { matchLabels } } };
}

function withPreferred(key: 'podAffinity' | 'podAntiAffinity', stated: PodRules | undefined, ours: readonly Preferred[]): Affinity {
  const preferred = [...(stated?.preferredDuringSchedulingIgnoredDuringExecution ?? []), ...ours];
  if (stated === undefined && ours.length === 0) return {};
  return { [key]: { ...stated, ...(preferred.length > 0 ? { preferredDuringSchedulingIgnoredDuringExecution: preferred } : {}) } };
}
