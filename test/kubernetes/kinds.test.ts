import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS, KUBEVIRT_GROUPS, resourceNamed, resourceOf } from '../../src/kubernetes/kinds';
import { SHIPPED } from '../support/entries';
import { manifestsOf } from '../support/manifests';
import { ROOT } from '../support/render';

test.each<[string, { readonly pool?: true }]>([
  ...SHIPPED.map((entry): [string, object] => [entry, {}]),
  ['disk', { pool: true }],
])('every object that %s renders has a row, with its apiVersion and scope: %j', async (entry, flags) => {
  const known = KINDS.map(({ kind, apiVersion, cluster = false }) => ({ kind, apiVersion, cluster }));
  const rendered = (await manifestsOf(entry, flags)).map(({ kind, apiVersion, metadata }) => ({
    kind,
    apiVersion,
    cluster: metadata?.namespace === undefined,
  }));
  for (const object of rendered) expect(known).toContainEqual(object);
});

test('resources have their API group, unless it is the core group', () => {
  expect(KINDS.map(resourceOf)).toEqual([
    'virtualmachinepools.pool.kubevirt.io',
    'virtualmachines.kubevirt.io',
    'statefulsets.apps',
    'services',
    'secrets',
    'datavolumes.cdi.kubevirt.io',
    'persistentvolumeclaims',
    'virtualmachineinstancemigrations.kubevirt.io',
    'rolebindings.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
    'serviceaccounts',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'clusterroles.rbac.authorization.k8s.io',
  ]);
  expect(resourceNamed('DataVolume')).toBe('datavolumes.cdi.kubevirt.io');
  expect(() => resourceNamed('Pod')).toThrow('no kind named Pod');
});

test('KubeVirt has three API groups', () => {
  expect(KUBEVIRT_GROUPS).toEqual(['pool.kubevirt.io', 'kubevirt.io', 'cdi.kubevirt.io']);
});

test('names are unique, and kinds outside of all namespaces are guarded', () => {
  for (const column of ['kind', 'plural', 'short'] as const) expect(new Set(KINDS.map((row) => row[column])).size).toBe(KINDS.length);
  expect(KINDS.filter(({ cluster, guarded }) => cluster && !guarded)).toEqual([]);
});

test('commands in the docs that delete everything by label name every kind', () => {
  const files = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
  const commands = files.flatMap((file) => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/kubectl delete (\S+,\S+) /g)]);
  // A VM takes its migrations with it.
  const wanted = KINDS.filter(({ kind }) => kind !== 'VirtualMachineInstanceMigration');
  const shorts = (cluster: boolean) =>
    wanted
      .filter((kind) => Boolean(kind.cluster) === cluster)
      .map(({ short }) => short)
      .join();
  expect(new Set(commands.map(([, kinds]) => kinds))).toEqual(new Set([shorts(false), shorts(true)]));
});
