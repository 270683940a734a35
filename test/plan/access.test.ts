import { dirname } from 'node:path';
import { type Chart, Testing } from 'cdk8s';
import { addWorkload, buildPlan, UserError } from '../../src';
import { loadPlan } from '../../src/load-plan';
import { accessLines, powersOf } from '../../src/plan/access';
import { entryOf, read, UNIT } from '../support/entry-folder';
import { planOf, tempDir } from '../support/render';

const rule = (group: string, resource: string, verb: string) => ({ apiGroups: [group], resources: [resource], verbs: [verb] });
const powers = (group: string, resource: string, verb: string) =>
  powersOf({ rules: [rule(group, resource, verb)] }).map(({ what, why }) => `${what}: ${why}`);

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch'];
const DELETE = ['delete', 'deletecollection'];
const every = (verbs: readonly string[], ...things: readonly string[]) =>
  things.flatMap((thing) => {
    const [resource = '', ...group] = thing.split('.');
    return verbs.map((verb): [string, string, string] => [group.join('.'), resource, verb]);
  });

describe('permissions that need no approval', () => {
  test.each([
    ...every(READ, 'pods', 'pods/log', 'pods/status', 'services', 'configmaps', 'events', 'persistentvolumeclaims', 'serviceaccounts'),
    ...every(
      READ,
      'deployments.apps',
      'deployments/scale.apps',
      'jobs.batch',
      'leases.coordination.k8s.io',
      'roles.rbac.authorization.k8s.io',
    ),
    ...every(READ, 'virtualmachines.kubevirt.io', 'virtualmachineinstances.kubevirt.io', 'datavolumes.cdi.kubevirt.io'),
    ...every(['create', 'patch'], 'events', 'events.events.k8s.io'),
    ...every(['create', 'delete'], 'virtualmachineinstancemigrations.kubevirt.io'),
  ])('%s %s: %s', (group, resource, verb) => expect(powers(group, resource, verb)).toEqual([]));
});

describe('permissions that the user must allow', () => {
  const PODS = 'starts pods, which can use every ServiceAccount, Secret and volume in the namespace';
  const VMS = PODS.replace('pods', 'VMs');
  const CONNECTS = 'runs commands in pods or VMs, or connects to them';
  const ACTED_ON = 'changes objects that other programs in the namespace act on';

  test.each<[string, readonly (readonly [string, string, string])[]]>([
    ['shows passwords, and tokens of every ServiceAccount in the namespace', every(READ, 'secrets')],
    ['can create tokens of every ServiceAccount in the namespace', every(WRITE, 'secrets')],
    [PODS, every(WRITE, 'pods', 'pods/binding', 'pods/status', 'podtemplates', 'replicationcontrollers', 'bindings')],
    [PODS, every(WRITE, 'deployments.apps', 'deployments/scale.apps', 'daemonsets.apps', 'statefulsets.apps', 'replicasets.apps')],
    [PODS, every(WRITE, 'jobs.batch', 'cronjobs.batch', 'daemonsets.extensions', 'deploymentconfigs.apps.openshift.io')],
    [VMS, every(WRITE, 'virtualmachines.kubevirt.io', 'virtualmachineinstances.kubevirt.io', 'virtualmachinepools.pool.kubevirt.io')],
    [VMS, every(WRITE, 'virtualmachines/start.subresources.kubevirt.io')],
    ['reads, writes or copies disks', every(WRITE, 'datavolumes.cdi.kubevirt.io', 'datavolumes/source.cdi.kubevirt.io')],
    [
      'reads, writes or copies disks',
      every(WRITE, 'virtualmachineexports.export.kubevirt.io', 'uploadtokenrequests.upload.cdi.kubevirt.io'),
    ],
    [CONNECTS, every([...READ, ...WRITE], 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy')],
    [CONNECTS, every([...READ, ...WRITE], 'pods/ephemeralcontainers')],
    [CONNECTS, every(['get', 'update'], 'virtualmachineinstances/console.subresources.kubevirt.io')],
    [CONNECTS, every(['get'], 'virtualmachineinstances/vnc.subresources.kubevirt.io')],
    [
      'grants its permissions to other accounts, or changes theirs',
      every(WRITE, 'rolebindings.rbac.authorization.k8s.io', 'roles.rbac.authorization.k8s.io'),
    ],
    ['changes the ServiceAccounts of the namespace', every(WRITE, 'serviceaccounts')],
    ['creates or changes volumes, which may hold data of other workloads', every(WRITE, 'persistentvolumeclaims')],
    ['changes the namespace, and the labels that decide which pods it admits', every(WRITE, 'namespaces', 'namespaces/finalize')],
    [
      'can redirect traffic of other workloads to itself',
      every(WRITE, 'services', 'endpointslices.discovery.k8s.io', 'networkpolicies.networking.k8s.io'),
    ],
    ['deletes objects that other workloads run or need', every(DELETE, 'pods', 'secrets', 'virtualmachines.kubevirt.io', 'configmaps')],
    ['deletes objects that other workloads run or need', every(['deletecollection'], 'virtualmachineinstancemigrations.kubevirt.io')],
    [ACTED_ON, every(WRITE, 'configmaps', 'leases.coordination.k8s.io', 'horizontalpodautoscalers.autoscaling')],
    [ACTED_ON, every(WRITE, 'applications.argoproj.io', 'certificates.cert-manager.io', 'taskruns.tekton.dev')],
    ['may show credentials', every(READ, 'routes.route.openshift.io', 'imagestreams/secrets.image.openshift.io', 'things.example.com')],
  ])('because it %s', (why, rights) => {
    for (const [group, resource, verb] of rights)
      expect([group, resource, verb, powers(group, resource, verb)]).toEqual([group, resource, verb, [expect.stringContaining(why)]]);
  });

  test('also in a rule with several groups', () => {
    const mixed = { apiGroups: ['apps', ''], resources: ['deployments', 'secrets', 'pods'], verbs: ['get', 'list'] };
    expect(powersOf({ rules: [mixed] }).map(({ at, what }) => `${at} ${what}`)).toEqual(['access.rules[0] get and list secrets']);
    expect(powersOf({ rules: [{ ...mixed, resources: ['deployments', 'pods'] }] })).toEqual([]);
    expect(powersOf({ rules: [{ ...mixed, apiGroups: ['', 'example.com'], resources: ['pods'] }] })).toEqual([
      { at: 'access.rules[0]', what: 'get and list pods.example.com', why: 'may show credentials' },
    ]);
  });

  test('also for a single object', () => {
    expect(powersOf({ rules: [{ ...rule('', 'secrets', 'get'), resourceNames: ['one'] }] })).toHaveLength(1);
  });
});

const SECRETS = 'access: {rules: [{apiGroups: [""], resources: [secrets], verbs: [create, get]}]}\n';
const catalog = (manifest = SECRETS) => dirname(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT }));
const flagsOf = (more = {}, manifest = SECRETS) => ({ 'catalog-dir': catalog(manifest), 'from-catalog': 'my-entry', ...more });

test('an entry with such permissions is not rendered', async () => {
  await expect(planOf(flagsOf())).rejects.toThrow(
    /my-entry\/workload\.yaml: access\.rules\[0\] lets its guests create secrets, which can create tokens of every ServiceAccount in the namespace\n {2}hint: use --allow-access my-entry if you trust the entry with that\n.* get secrets, which shows passwords/,
  );
});

test.each([
  ['by flag', { 'allow-access': 'my-entry' }, {}],
  ['by flag, with others', { 'allow-access': ['cpu', 'my-entry'] }, {}],
  ['by variable', {}, { VIRTWORK_ALLOW_ACCESS: 'cpu,my-entry' }],
])('it is rendered if the user allows it %s', async (_, flags, env) => {
  const { plan } = await loadPlan({ flags: flagsOf(flags), env, cwd: tempDir() });
  expect(accessLines(plan)).toEqual(['my-entry may create and get secrets in its namespace']);
});

test('the approval does not apply to another entry', async () => {
  await expect(planOf(flagsOf({ 'allow-access': 'cpu' }))).rejects.toThrow('lets its guests create secrets');
  await expect(planOf(flagsOf({ 'allow-access': 'my-entri' }))).rejects.toThrow(
    /flag --allow-access: workload not found: my-entri; .*\n {2}hint: did you mean "my-entry"/,
  );
});

test('an unneeded approval gets a warning', async () => {
  const { warnings } = await planOf({ workloads: 'cpu', 'allow-access': 'cpu' });
  expect(warnings).toEqual(['flag --allow-access: has no effect: no entry that is rendered needs it']);
});

test('chaos-migration needs no approval', async () => {
  const plan = await planOf({ workloads: 'chaos-migration' });
  expect(accessLines(plan)).toEqual([
    'chaos-migration may list virtualmachineinstances, and create and get virtualmachineinstancemigrations in its namespace, and list nodes',
  ]);
});

test('a program can allow it too', () => {
  const options = { catalogDir: catalog(), allowAccess: ['my-entry'] };
  expect(() => buildPlan({ ...options, workloads: ['my-entry'] })).not.toThrow();
  expect(() => buildPlan({ catalogDir: options.catalogDir, workloads: ['my-entry'] })).toThrow(UserError);
  const chart: Chart = Testing.chart();
  expect(() => addWorkload(chart, { catalogDir: options.catalogDir, workload: 'my-entry' })).toThrow(
    /hint: use allowAccess: \['my-entry'\] if you trust the entry with that/,
  );
  expect(() => addWorkload(chart, { ...options, workload: 'my-entry' })).not.toThrow();
});

test.each([
  ['nodes/proxy', '""'],
  ['certificatesigningrequests/approval', 'certificates.k8s.io'],
  ['validatingwebhookconfigurations', 'admissionregistration.k8s.io'],
  ['clusterrolebindings', 'rbac.authorization.k8s.io'],
  ['persistentvolumes', '""'],
])('%s are cluster-scoped, and cannot be allowed', (resource, group) => {
  const manifest = `access: {rules: [{apiGroups: [${group}], resources: [${resource}], verbs: [create]}]}\n`;
  expect(read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT })).problems).toContain(
    `access.rules[0].resources must not have ${resource}, which are in no namespace`,
  );
});

test('names of objects have no control characters', () => {
  const manifest = 'access: {rules: [{apiGroups: [""], resources: [pods], verbs: [get], resourceNames: ["a\\e[2Jb"]}]}\n';
  expect(read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT })).problems).toContain(
    'must be names of objects, got "a\\u001b[2Jb"',
  );
});

test('rules are bounded, because groups, resources and verbs multiply', () => {
  const words = Array.from({ length: 51 }, (_, index) => `r${index}`).join();
  const manifest = `access: {rules: [{apiGroups: [""], resources: [${words}], verbs: [get]}]}\n`;
  expect(read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT })).problems).toContain('resources must have at most 50 items');
});
