import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { type Kind, kubernetesObject, RBAC } from '../../src/constructs/kubernetes-object';

const metadata = { name: 'a', labels: { b: 'c' } };
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'], resourceNames: ['d'] }];
const subjects = [{ kind: 'ServiceAccount', name: 'e', namespace: 'f' }];
const roleRef = { apiGroup: RBAC, kind: 'Role', name: 'g' };
const ports = [{ name: 'h', port: 1, protocol: 'TCP' }];

const RANGE = {
  type: 'Container',
  default: { cpu: k8s.Quantity.fromString('1') },
  defaultRequest: { cpu: k8s.Quantity.fromString('10m') },
};

/** By kind, props, and the class of cdk8s-plus-29 with them. */
const CASES: { readonly [kind in Kind]: Case } = {
  Namespace: caseOf({ metadata }, k8s.KubeNamespace),
  ResourceQuota: [
    { metadata, spec: { hard: { pods: '1' } } },
    (scope) => new k8s.KubeResourceQuota(scope, 'x', { metadata, spec: { hard: { pods: k8s.Quantity.fromString('1') } } }),
  ],
  LimitRange: [
    { metadata, spec: { limits: [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '10m' } }] } },
    (scope) => new k8s.KubeLimitRange(scope, 'x', { metadata, spec: { limits: [RANGE] } }),
  ],
  Secret: caseOf({ metadata, type: 'Opaque', stringData: { i: 'j' } }, k8s.KubeSecret),
  ConfigMap: caseOf({ metadata, data: { i: 'j' } }, k8s.KubeConfigMap),
  Service: caseOf({ metadata, spec: { type: 'ClusterIP', clusterIp: 'None', publishNotReadyAddresses: true, ports } }, k8s.KubeService),
  NetworkPolicy: [
    { metadata, spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] } },
    (scope) =>
      new k8s.KubeNetworkPolicy(scope, 'x', {
        metadata,
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: k8s.IntOrString.fromNumber(53), protocol: 'UDP' }] }],
        },
      }),
  ],
  ServiceAccount: caseOf({ metadata, automountServiceAccountToken: false }, k8s.KubeServiceAccount),
  Role: caseOf({ metadata, rules }, k8s.KubeRole),
  RoleBinding: caseOf({ metadata, roleRef, subjects }, k8s.KubeRoleBinding),
  ClusterRole: caseOf({ metadata, rules }, k8s.KubeClusterRole),
  ClusterRoleBinding: caseOf({ metadata, roleRef, subjects }, k8s.KubeClusterRoleBinding),
};

type Case = readonly [object, (scope: Construct) => ApiObject];

function caseOf<P extends object>(props: P, Class: new (scope: Construct, id: string, props: P) => ApiObject): Case {
  return [props, (scope) => new Class(scope, 'x', props)];
}

function chart(): Chart {
  return new Chart(new App(), 'chart', { namespace: 'of-the-chart' });
}

test.each(Object.entries(CASES))('%s is rendered as by the class of cdk8s-plus-29', (kind, [props, create]) => {
  const scope = new Construct(chart(), 'scope');
  const object = kubernetesObject(scope, kind as Kind, props);
  const theirs = create(chart()).toJson();
  // The classes do not know which kinds have no namespace.
  if (['Namespace', 'ClusterRole', 'ClusterRoleBinding'].includes(kind)) delete theirs.metadata.namespace;
  expect(object.toJson()).toEqual(theirs);
  expect(ApiObject.of(scope)).toBe(object);
});
