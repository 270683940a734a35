import { isLabelKey, labelProblems, oneOf } from './fields';
import { beAtLeast, beFrom, LABEL_KEY, must, sameConstraint } from './messages';
import type { FieldProblem } from './object-schema';
import type { PodAffinityTerm, SpreadConstraint, VirtualMachineSpec } from './vm-spec';

const TEMPLATE = 'template.spec';
const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];
const HEAVIEST = 100;

/** Rules for the placement of VMs: those of pods, which KubeVirt's webhook applies to VMs. */
export const PLACEMENT_RULES = [spread, apart];

function spread({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { topologySpreadConstraints: constraints = [] } = spec;
  const list = `${TEMPLATE}.topologySpreadConstraints`;
  const keys = constraints.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`);
  return constraints.flatMap((constraint, index) => [
    ...spreadProblems(`${list}[${index}]`, constraint),
    ...(keys.indexOf(keys[index] as string) === index
      ? []
      : [
          {
            field: `${list}[${index}]`,
            message: sameConstraint(keys[index] as string),
          },
        ]),
  ]);
}

function spreadProblems(field: string, { maxSkew, topologyKey, whenUnsatisfiable, labelSelector }: SpreadConstraint): FieldProblem[] {
  return [
    ...(maxSkew >= 1 ? [] : [{ field: `${field}.maxSkew`, message: must(beAtLeast(1), maxSkew) }]),
    ...topologyProblems(`${field}.topologyKey`, topologyKey),
    ...oneOf(`${field}.whenUnsatisfiable`, whenUnsatisfiable, UNSATISFIABLE),
    ...labelProblems(`${field}.labelSelector.matchLabels`, labelSelector?.matchLabels),
  ];
}

function apart({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const field = `${TEMPLATE}.affinity.${kind}`;
    const {
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
    } = spec.affinity?.[kind] ?? {};
    return [
      ...preferred.flatMap(({ weight, podAffinityTerm }, index) => {
        const place = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
        return [
          ...(weight >= 1 && weight <= HEAVIEST ? [] : [{ field: `${place}.weight`, message: must(beFrom(1, HEAVIEST), weight) }]),
          ...termProblems(`${place}.podAffinityTerm`, podAffinityTerm),
        ];
      }),
      ...required.flatMap((term, index) => termProblems(`${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, term)),
    ];
  });
}

function termProblems(field: string, { topologyKey, labelSelector }: PodAffinityTerm): FieldProblem[] {
  return [
    ...topologyProblems(`${field}.topologyKey`, topologyKey),
    ...labelProblems(`${field}.labelSelector.matchLabels`, labelSelector?.matchLabels),
  ];
}

function topologyProblems(field: string, key: string): FieldProblem[] {
  return isLabelKey(key) ? [] : [{ field, message: must(LABEL_KEY, key) }];
}
