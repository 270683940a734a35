import { isOwnLabel } from '../kubernetes/labels';
import { show } from '../text/show';
import { choice, integer, type Kind } from './kinds';
import { fromText, items, mapOf, record } from './structured';
import { MUST } from './value-messages';

// Kinds of values that Kubernetes defines: labels, tolerations, affinities.

const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const DOMAIN = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?';
const QUALIFIED = new RegExp(`^(?=.{1,317}$)(${DOMAIN}/)?${NAME}$`);
const LABEL_VALUE = new RegExp(`^(${NAME})?$`);

const qualifiedName = string(MUST.labelKey, (value) => QUALIFIED.test(value));
const labelValue = string(MUST.labelValue, (value) => LABEL_VALUE.test(value));
const anyString = string(MUST.string, () => true);

/** Labels of objects. Those of virtwork are its own. */
export const labels = mapOf(labelValue, (key) => (QUALIFIED.test(key) ? notOwn(key) : MUST.labelKey));
export const annotations = mapOf(anyString, (key) => (QUALIFIED.test(key) ? notOwn(key) : MUST.labelKey));
export const nodeSelector = mapOf(labelValue, (key) => (QUALIFIED.test(key) ? undefined : MUST.labelKey));

function notOwn(key: string): string | undefined {
  return isOwnLabel(key) ? MUST.notOwnLabel : undefined;
}

/** A taint of nodes that VMs tolerate. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  readonly tolerationSeconds?: number;
}

export const tolerations = fromText(items(whole(toleration(), wrongToleration)), '[{key: gpu, operator: Exists}]');

function toleration(): Kind<Toleration> {
  return record<{ [K in keyof Toleration]: Toleration[K] }>({
    key: qualifiedName,
    operator: choice('Exists', 'Equal'),
    value: labelValue,
    effect: choice('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    tolerationSeconds: integer(0, 2 ** 31 - 1),
  });
}

/** What an API server rejects. */
function wrongToleration({ key, operator = 'Equal', value = '', effect, tolerationSeconds }: Toleration): string | undefined {
  if (key === undefined && operator === 'Equal') return MUST.tolerationKey;
  if (operator === 'Exists' && value !== '') return MUST.tolerationValue;
  return tolerationSeconds !== undefined && effect !== 'NoExecute' ? MUST.tolerationSeconds : undefined;
}

const selectorTerm = whole(
  record<{ key?: unknown; operator?: unknown; values?: unknown }>(
    { key: qualifiedName, operator: choice('In', 'NotIn', 'Exists', 'DoesNotExist'), values: items(labelValue) },
    ['key', 'operator'],
  ),
  wrongTerm,
);
const nodeTerm = whole(
  record<{ key?: unknown; operator?: unknown; values?: unknown }>(
    { key: qualifiedName, operator: choice('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'), values: items(anyString) },
    ['key', 'operator'],
  ),
  wrongTerm,
);

function wrongTerm({ operator, values }: { readonly operator?: unknown; readonly values?: unknown }): string | undefined {
  const count = Array.isArray(values) ? values.length : 0;
  if (operator === 'In' || operator === 'NotIn') return count > 0 ? undefined : MUST.termValues;
  if (operator === 'Gt' || operator === 'Lt') return count === 1 ? undefined : MUST.termOneValue;
  return count === 0 ? undefined : MUST.termNoValues;
}

const labelSelector = record({ matchLabels: nodeSelector, matchExpressions: items(selectorTerm) });
const nodeSelectorTerm = record({ matchExpressions: items(nodeTerm), matchFields: items(nodeTerm) });
const podTerm = record(
  {
    labelSelector,
    namespaceSelector: labelSelector,
    namespaces: items(anyString),
    topologyKey: qualifiedName,
    matchLabelKeys: items(qualifiedName),
    mismatchLabelKeys: items(qualifiedName),
  },
  ['topologyKey'],
);
const weight = integer(1, 100);
const podAffinity = record({
  requiredDuringSchedulingIgnoredDuringExecution: items(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: items(record({ weight, podAffinityTerm: podTerm }, ['weight', 'podAffinityTerm'])),
});

/** The affinity of a pod, as Kubernetes writes it. */
export const affinity = fromText(
  record<{ nodeAffinity?: unknown; podAffinity?: unknown; podAntiAffinity?: unknown }>({
    nodeAffinity: record({
      requiredDuringSchedulingIgnoredDuringExecution: record({ nodeSelectorTerms: items(nodeSelectorTerm) }, ['nodeSelectorTerms']),
      preferredDuringSchedulingIgnoredDuringExecution: items(record({ weight, preference: nodeSelectorTerm }, ['weight', 'preference'])),
    }),
    podAffinity,
    podAntiAffinity: podAffinity,
  }),
  '{podAntiAffinity: {}}',
);

/** A kind with a rule for the value as a whole. */
function whole<T>(kind: Kind<T>, wrong: (value: T) => string | undefined): Kind<T> {
  return {
    ...kind,
    parse: (raw) => {
      const parsed = kind.parse(raw);
      const must = 'value' in parsed ? wrong(parsed.value) : undefined;
      return must === undefined ? parsed : { must, got: show(raw) };
    },
  };
}

function string(must: string, accepts: (value: string) => boolean): Kind<string> {
  return { parse: (raw) => (typeof raw === 'string' && accepts(raw) ? { value: raw } : { must }), schema: { type: 'string' } };
}
