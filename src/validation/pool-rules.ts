import { isDnsLabel } from '../kubernetes/dns-label';
import type { Labels } from '../kubernetes/labels';
import { labelProblems } from './fields';
import type { Manifest } from './manifest';
import { atMostOneStrategy, DNS_LABEL, LABELS_OF_SELECTOR, must, REQUIRED, UNAVAILABLE } from './messages';
import type { FieldProblem } from './object-schema';
import { vmProblems } from './vm-rules';
import type { VirtualMachineSpec } from './vm-spec';

interface PoolSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels?: Labels };
  readonly maxUnavailable?: string | number;
  readonly updateStrategy?: object;
  readonly scaleInStrategy?: object;
  readonly virtualMachineTemplate: { readonly metadata?: { readonly labels?: Labels } | null; readonly spec?: VirtualMachineSpec };
}

const TEMPLATE = 'spec.virtualMachineTemplate';

/** The rules of a pool, and those of a VM for the one with the longest names that it creates. */
export function poolProblems({ spec, metadata: { name, namespace } }: Manifest): FieldProblem[] {
  const { virtualMachineTemplate: template, selector, ...rest } = spec as PoolSpec;
  if (!template.spec) return [{ field: `${TEMPLATE}.spec`, message: REQUIRED }];
  const last = `-${Math.max(0, (rest.replicas ?? 1) - 1)}`;
  const { labels = {} } = template.metadata ?? {};
  return [
    ...(isDnsLabel(name + last) ? [] : [{ field: 'metadata.name', message: must(DNS_LABEL, name + last) }]),
    ...labelProblems(`${TEMPLATE}.metadata.labels`, labels),
    ...(Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
      ? []
      : [{ field: 'spec.selector.matchLabels', message: must(LABELS_OF_SELECTOR, selector.matchLabels) }]),
    ...(isShare(rest.maxUnavailable) ? [] : [{ field: 'spec.maxUnavailable', message: must(UNAVAILABLE, rest.maxUnavailable) }]),
    ...oneStrategy('spec.updateStrategy', rest.updateStrategy),
    ...oneStrategy('spec.scaleInStrategy', rest.scaleInStrategy),
    ...vmProblems(withIndex(template.spec, last), `${TEMPLATE}.spec`, namespace),
  ];
}

function isShare(value: string | number = 1): boolean {
  return typeof value === 'number' ? value > 0 : /^([1-9][0-9]?|100)%$/.test(value);
}

function oneStrategy(field: string, strategies: object = {}): FieldProblem[] {
  const given = Object.keys(strategies);
  return given.length <= 1 ? [] : [{ field, message: atMostOneStrategy(given) }];
}

/** The VM with the index, as the pool controller creates it: with a data volume of its own for each template. */
function withIndex(spec: VirtualMachineSpec, index: string): VirtualMachineSpec {
  const { dataVolumeTemplates = [], template } = spec;
  const names = new Set(dataVolumeTemplates.map((each) => each?.metadata?.name));
  if (names.size === 0 || !template.spec?.volumes) return spec;
  return {
    ...spec,
    dataVolumeTemplates: dataVolumeTemplates.map((each) =>
      each?.metadata?.name === undefined ? each : { ...each, metadata: { ...each.metadata, name: each.metadata.name + index } },
    ),
    template: {
      ...template,
      spec: {
        ...template.spec,
        volumes: template.spec.volumes.map((volume) =>
          names.has(volume.dataVolume?.name) ? { ...volume, dataVolume: { name: `${volume.dataVolume?.name}${index}` } } : volume,
        ),
      },
    },
  };
}
