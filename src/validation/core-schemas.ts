import { NAMED_METADATA } from './compact-schema';
import type { Schema } from './object-schema';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'object', values: text };
const textList: Schema = { type: 'array', items: text };

const rules: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['apiGroups', 'resources', 'verbs'],
    properties: { apiGroups: textList, resources: textList, verbs: textList, resourceNames: textList },
  },
};
const selector: Schema = {
  type: 'object',
  properties: {
    matchLabels: texts,
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['key', 'operator'],
        properties: { key: text, operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: textList },
      },
    },
  },
};
const relabeling: Schema = {
  type: 'object',
  properties: {
    sourceLabels: textList,
    regex: text,
    targetLabel: text,
    action: { type: 'string', enum: ['keep', 'replace'] },
  },
};
const alertOrRecord: Schema = {
  type: 'object',
  required: ['expr'],
  properties: { record: text, alert: text, expr: text, for: text, labels: texts, annotations: texts },
};
const RBAC = 'rbac.authorization.k8s.io';

/** Schemas of Kubernetes' own kinds, with only the fields that virtwork renders, so that a misspelled field is an unknown one. */
export const CORE_SCHEMAS: { readonly [gvk: string]: Schema } = {
  'v1/Namespace': object({}),
  'v1/Secret': object({ type: text, stringData: texts }),
  'v1/ConfigMap': object({ data: texts }, ['data']),
  'v1/Service': object(
    {
      spec: {
        type: 'object',
        required: ['ports', 'selector'],
        properties: {
          type: { type: 'string', enum: ['ClusterIP'] },
          clusterIP: { type: 'string', enum: ['None'] },
          publishNotReadyAddresses: flag,
          selector: texts,
          ports: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'port', 'protocol'],
              properties: {
                name: text,
                port: { type: 'integer', minimum: 1, maximum: 65_535 },
                protocol: { type: 'string', enum: ['TCP', 'UDP'] },
              },
            },
          },
        },
      },
    },
    ['spec'],
  ),
  'v1/ResourceQuota': object({ spec: { type: 'object', required: ['hard'], properties: { hard: texts } } }, ['spec']),
  'v1/LimitRange': object(
    {
      spec: {
        type: 'object',
        required: ['limits'],
        properties: {
          limits: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type'],
              properties: { type: { type: 'string', enum: ['Container'] }, default: texts, defaultRequest: texts },
            },
          },
        },
      },
    },
    ['spec'],
  ),
  'networking.k8s.io/v1/NetworkPolicy': object(
    {
      spec: {
        type: 'object',
        required: ['podSelector', 'policyTypes'],
        properties: {
          podSelector: selector,
          policyTypes: { type: 'array', items: { type: 'string', enum: ['Ingress', 'Egress'] } },
          ingress: policyRules('from'),
          egress: policyRules('to'),
        },
      },
    },
    ['spec'],
  ),
  'monitoring.coreos.com/v1/ServiceMonitor': object(
    {
      spec: {
        type: 'object',
        required: ['selector', 'endpoints'],
        properties: {
          selector,
          endpoints: {
            type: 'array',
            items: {
              type: 'object',
              required: ['port'],
              properties: { port: text, interval: text, relabelings: { type: 'array', items: relabeling } },
            },
          },
        },
      },
    },
    ['spec'],
  ),
  'monitoring.coreos.com/v1/PrometheusRule': object(
    {
      spec: {
        type: 'object',
        required: ['groups'],
        properties: {
          groups: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'rules'],
              properties: { name: text, rules: { type: 'array', items: alertOrRecord } },
            },
          },
        },
      },
    },
    ['spec'],
  ),
  'v1/ServiceAccount': object({ automountServiceAccountToken: flag }),
  [`${RBAC}/v1/Role`]: object({ rules }, ['rules']),
  [`${RBAC}/v1/ClusterRole`]: object({ rules }, ['rules']),
  [`${RBAC}/v1/RoleBinding`]: binding('Role'),
  [`${RBAC}/v1/ClusterRoleBinding`]: binding('ClusterRole'),
};

function policyRules(peers: 'from' | 'to'): Schema {
  const peer: Schema = { type: 'object', properties: { podSelector: selector, namespaceSelector: selector } };
  const port: Schema = {
    type: 'object',
    required: ['port', 'protocol'],
    properties: { port: { type: 'integer', minimum: 1, maximum: 65_535 }, protocol: { type: 'string', enum: ['TCP', 'UDP'] } },
  };
  return {
    type: 'array',
    items: { type: 'object', properties: { [peers]: { type: 'array', items: peer }, ports: { type: 'array', items: port } } },
  };
}

/** A binding of ServiceAccounts to a role of one kind. A RoleBinding may not name a ClusterRole, which could grant more than the file shows. */
function binding(kind: string): Schema {
  return object(
    {
      roleRef: {
        type: 'object',
        required: ['apiGroup', 'kind', 'name'],
        properties: { apiGroup: { type: 'string', enum: [RBAC] }, kind: { type: 'string', enum: [kind] }, name: text },
      },
      subjects: {
        type: 'array',
        items: {
          type: 'object',
          required: ['kind', 'name', 'namespace'],
          properties: { kind: { type: 'string', enum: ['ServiceAccount'] }, name: text, namespace: text },
        },
      },
    },
    ['roleRef', 'subjects'],
  );
}

function object(properties: { readonly [field: string]: Schema }, required: readonly string[] = []): Schema {
  return {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', ...required],
    properties: { apiVersion: text, kind: text, metadata: NAMED_METADATA, ...properties },
  };
}
