import { Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { Access } from '../../src/constructs/access';
import { VirtualMachine } from '../../src/constructs/virtual-machine';
import type { AccessPlan, RolePlan } from '../../src/plan/plan';
import { planOf } from '../support/render';

const LIST = { apiGroups: ['kubevirt.io'], resources: ['virtualmachineinstances'], verbs: ['list'], resourceNames: ['one'] };
const PLAN: AccessPlan = {
  namespace: 'ns',
  workload: 'w',
  role: 'controller',
  runId: 'run',
  account: 'virtwork-w',
  tokenSecret: 'virtwork-w-token',
  rules: [LIST],
  cluster: { name: 'virtwork:ns:w', rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
};

function synth(plan: AccessPlan): { readonly kind: string; readonly metadata: { readonly labels: object } }[] {
  const chart = Testing.chart();
  new Access(chart, 'access', plan);
  return Testing.synth(chart);
}

const LABELS = `
    app.kubernetes.io/component: w
    app.kubernetes.io/managed-by: virtwork
    app.kubernetes.io/name: virtwork-w
    app.kubernetes.io/part-of: virtwork
    managed-by: virtwork
    virtwork/role: controller
    virtwork/run-id: run
    virtwork/workload: w
    virtwork/entry: w`;

test.each<[string, AccessPlan, string[]]>([
  ['in the namespace only', { ...PLAN, cluster: undefined } as never, ['ServiceAccount', 'Secret', 'Role', 'RoleBinding']],
  ['outside of the namespace only', { ...PLAN, rules: [] }, ['ServiceAccount', 'Secret', 'ClusterRole', 'ClusterRoleBinding']],
])('permissions %s', (_, plan, kinds) => expect(synth(plan).map(({ kind }) => kind)).toEqual(kinds));

test('an account, its token and its permissions, in the namespace and outside of it', () => {
  const metadata = (name: string) => ({ name, namespace: 'ns', labels: load(LABELS) as object });
  const outside = { name: 'virtwork:ns:w', labels: { ...(load(LABELS) as object), 'virtwork/namespace': 'ns' } };
  const subjects = [{ kind: 'ServiceAccount', name: 'virtwork-w', namespace: 'ns' }];
  const rbac = 'rbac.authorization.k8s.io';
  expect(synth(PLAN)).toEqual([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('virtwork-w'), automountServiceAccountToken: false },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata('virtwork-w-token'), annotations: { 'kubernetes.io/service-account.name': 'virtwork-w' } },
      type: 'kubernetes.io/service-account-token',
    },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: metadata('virtwork-w'), rules: [LIST] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: metadata('virtwork-w'),
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'virtwork-w' },
      subjects,
    },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: outside, rules: PLAN.cluster?.rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: outside,
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'virtwork:ns:w' },
      subjects,
    },
  ]);
});

test('without permissions outside of the namespace, no object is outside of it', () => {
  const { cluster: _, ...inside } = PLAN;
  expect(synth(inside).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Secret', 'Role', 'RoleBinding']);
});

test('the VM has the Secret as a read-only disk, after all other disks except the guest disk', async () => {
  const [role] = (await planOf({ workloads: 'chaos-migration' })).workloads[0]?.roles as [RolePlan];
  const chart = Testing.chart();
  const [vm] = role.vms;
  if (!vm) throw new Error('no VM');
  new VirtualMachine(chart, 'vm', { role, vm, userDataHash: 'x' });
  const [{ spec }] = Testing.synth(chart) as [
    { spec: { template: { spec: { domain: { devices: { disks: object[] } }; volumes: object[] } } } },
  ];
  expect(spec.template.spec.domain.devices.disks.at(-2)).toEqual({
    name: 'accessdisk',
    serial: 'virtwork-access',
    disk: { bus: 'virtio', readonly: true },
  });
  expect(spec.template.spec.volumes.at(-2)).toEqual({ name: 'accessdisk', secret: { secretName: 'virtwork-chaos-migration-token' } });
});
