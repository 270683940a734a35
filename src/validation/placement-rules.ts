import { isLabelKey, labelFaults, oneOf } from './faults';
import type { Fault } from './object-schema';
import type { PodAffinityTerm, SpreadConstraint, VirtualMachineSpec } from './vm-spec';

const TEMPLATE = 'template.spec';
const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];
const HEAVIEST = 100;

/** Rules for where VMs are put: those of pods, which KubeVirt's webhook applies to VMs. */
export const PLACEMENT_RULES = [spread, apart];

function spread({ template: { spec } }: VirtualMachineSpec): Fault[] {
  const { topologySpreadConstraints: constraints = [] } = spec;
  const list = `${TEMPLATE}.topologySpreadConstraints`;
  const keys = constraints.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`);
  return constraints.flatMap((constraint, index) => [
    ...spreadFaults(`${list}[${index}]`, constraint),
    ...(keys.indexOf(keys[index] as string) === index
      ? []
      : [
          {
            field: `${list}[${index}]`,
            message: `must differ from the others in topologyKey or whenUnsatisfiable, got ${keys[index]} twice`,
          },
        ]),
  ]);
}

function spreadFaults(field: string, { maxSkew, topologyKey, whenUnsatisfiable, labelSelector }: SpreadConstraint): Fault[] {
  return [
    ...(maxSkew >= 1 ? [] : [{ field: `${field}.maxSkew`, message: `must be at least 1, got ${maxSkew}` }]),
    ...topologyFaults(`${field}.topologyKey`, topologyKey),
    ...oneOf(`${field}.whenUnsatisfiable`, whenUnsatisfiable, UNSATISFIABLE),
    ...labelFaults(`${field}.labelSelector.matchLabels`, labelSelector?.matchLabels),
  ];
}

function apart({ template: { spec } }: VirtualMachineSpec): Fault[] {
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
          ...(weight >= 1 && weight <= HEAVIEST
            ? []
            : [{ field: `${place}.weight`, message: `must be from 1 to ${HEAVIEST}, got ${weight}` }]),
          ...termFaults(`${place}.podAffinityTerm`, podAffinityTerm),
        ];
      }),
      ...required.flatMap((term, index) => termFaults(`${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, term)),
    ];
  });
}

function termFaults(field: string, { topologyKey, labelSelector }: PodAffinityTerm): Fault[] {
  return [
    ...topologyFaults(`${field}.topologyKey`, topologyKey),
    ...labelFaults(`${field}.labelSelector.matchLabels`, labelSelector?.matchLabels),
  ];
}

function topologyFaults(field: string, key: string): Fault[] {
  return isLabelKey(key) ? [] : [{ field, message: `must be a label key, got ${JSON.stringify(key)}` }];
}
