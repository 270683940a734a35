import type { Options } from '../../src/options/options';
import type { QuotaLine, QuotaPlan } from '../../src/plan/component-plan';
import type { Plan, WorkloadPlan } from '../../src/plan/plan';
import { quotaWarnings } from '../../src/plan/quota';
import { amountOf } from '../../src/synth/quota-comment';
import { render } from '../../src/synth/render';
import { planOf, textOf } from '../support/render';

async function planWith(flags: { readonly [flag: string]: unknown }): Promise<Plan> {
  return planOf({ components: 'quota', ...flags });
}

function quotaOf({ components = [] }: Plan): QuotaPlan {
  return components[0] as QuotaPlan;
}

async function amounts(flags: { readonly [flag: string]: unknown }): Promise<{ [resource: string]: string }> {
  return Object.fromEntries(quotaOf(await planWith(flags)).hard.map((line) => [line.resource, amountOf(line)]));
}

/** The number of objects, in the order of the quota. */
async function countsOf(flags: { readonly [flag: string]: unknown }) {
  const found = await amounts(flags);
  return ['count/virtualmachines.kubevirt.io', 'count/datavolumes.cdi.kubevirt.io', 'pods', 'persistentvolumeclaims'].map(
    (key) => found[key],
  );
}

test.each<[string, { readonly [flag: string]: unknown }, readonly (string | undefined)[]]>([
  ['VMs alone: as many targets of migrations as there are VMs', { workloads: 'cpu', 'vm-count': '2' }, ['2', undefined, '4', undefined]],
  ['VMs alone: at most five targets', { workloads: 'cpu', 'vm-count': '9' }, ['9', undefined, '14', undefined]],
  ['roles', { workloads: 'network', 'vm-count': '3' }, ['6', undefined, '11', undefined]],
  ['disks: each has a temporary claim, and a pod that fills it', { workloads: 'disk', 'vm-count': '3' }, ['3', '3', '9', '6']],
  ['clones: two pods each', { workloads: 'cpu', boot: 'dataSource:os-images/fedora' }, ['1', '1', '4', '2']],
  ['states of TPMs', { workloads: 'cpu', tpm: '{ persistent: true }', 'vm-count': '7' }, ['7', undefined, '12', '12']],
])('counts of %s', async (_, flags, expected) => {
  expect(await countsOf(flags)).toEqual(expected);
});

test.each<[string, { readonly [flag: string]: unknown }, { readonly [resource: string]: string }]>([
  // 10Gi by 0.94, in whole mebibytes, and as much for the temporary claims.
  ['an unknown volume mode', {}, { 'requests.storage': `${2 * 10_894}Mi` }],
  ['a block volume', { 'volume-mode': 'Block' }, { 'requests.storage': '20Gi' }],
  [
    'a storage class',
    { 'volume-mode': 'Block', 'storage-class': 'fast' },
    { 'requests.storage': '20Gi', 'fast.storageclass.storage.k8s.io/requests.storage': '20Gi' },
  ],
  [
    'a storage class of one workload',
    { workloads: 'disk,database', 'volume-mode': 'Block', set: 'database.storage_class=fast' },
    { 'requests.storage': '40Gi', 'fast.storageclass.storage.k8s.io/requests.storage': '20Gi' },
  ],
])('storage of %s', async (_, flags, expected) => {
  const found = Object.entries(await amounts({ workloads: 'disk', ...flags })).filter(([key]) => key.endsWith('requests.storage'));
  expect(Object.fromEntries(found)).toEqual(expected);
});

test('settings of one workload count for it alone', async () => {
  // 206m and 406m, and two targets like the largest.
  expect(await amounts({ workloads: 'cpu,memory', set: 'memory.cpu_cores=4' })).toMatchObject({
    'requests.cpu': '1424m',
    'limits.cpu': '14100m',
  });
});

test('hugepages have a line of their own', async () => {
  expect(await amounts({ workloads: 'cpu', hugepages: '2Mi' })).toMatchObject({ 'requests.hugepages-2Mi': '4Gi' });
});

test('a preference may add a TPM', async () => {
  const memory = async (flags: object) =>
    quotaOf(await planWith({ workloads: 'cpu', ...flags })).hard.find(({ resource }) => resource === 'requests.memory');
  const [without, preferred] = [await memory({}), await memory({ preference: 'fedora' })];
  expect(((preferred?.total ?? 0n) - (without?.total ?? 0n)) / 2n ** 20n).toBe(53n);
});

test('an instancetype leaves CPUs and memory without limits, which is a warning', async () => {
  const plan = await planWith({ workloads: 'cpu,disk', set: 'cpu.instancetype=u1.medium' });
  expect(plan.warnings).toEqual([
    expect.stringMatching(/the component quota limits neither CPUs nor memory: the size of u1\.medium is known only in the cluster/),
  ]);
  expect(quotaOf(plan).hard.map(({ resource }) => resource)).toEqual([
    'count/virtualmachines.kubevirt.io',
    'count/datavolumes.cdi.kubevirt.io',
    'pods',
    'persistentvolumeclaims',
    'requests.storage',
  ]);
  const text = textOf(render(plan).find(({ name }) => name === 'components/quota/quota.yaml'));
  expect(text).toContain('known only in the cluster: u1.medium');
  // Its defaults would limit the pods of VMs.
  expect(text).not.toContain('kind: LimitRange');
});

test.each([
  ['/spec/template/spec/domain/resources', true],
  ['/spec/template/spec/domain/memory/guest', true],
  ['/spec/dataVolumeTemplates/0/spec/storage/resources/requests/storage', true],
  ['/spec/template/spec/volumes/-', true],
  ['/spec/template', true],
  ['/spec/template/spec/dnsPolicy', false],
  ['/metadata/annotations/a', false],
])('a patch of %s is a warning if it may change what is counted: %s', async (path, isWarned) => {
  const roles = [{ patches: [{ op: 'add', path, place: 'p' }] }];
  const options = { place: () => 'components' } as unknown as Options;
  const found = quotaWarnings(options, [{ name: 'cpu', roles } as unknown as WorkloadPlan], { unsized: [] } as unknown as QuotaPlan);
  expect(found.map(({ message }) => message)).toEqual(isWarned ? [expect.stringContaining('those of cpu may change resources')] : []);
});

test('every amount is the sum of its parts, which the file shows', async () => {
  const plan = await planWith({ workloads: 'all', tpm: true, 'vm-count': '3' });
  const text = textOf(render(plan).find(({ name }) => name === 'components/quota/quota.yaml'));
  const sum = ({ parts }: QuotaLine) => parts.reduce((total, { count, each }) => total + BigInt(count) * each, 0n);
  for (const line of quotaOf(plan).hard) {
    expect(line.total - sum(line)).toBeLessThan(line.unit === 'bytes' ? 2n ** 20n : 1n);
    expect(line.total).toBeGreaterThanOrEqual(sum(line));
    expect(text).toContain(`\n# ${line.resource}: ${amountOf(line)}\n`);
    for (const { what } of line.parts) expect(text).toContain(what);
  }
});

test('another run in the namespace has a quota of its own', async () => {
  expect(quotaOf(await planWith({ workloads: 'cpu', run: 'second' })).name).toMatch(/^virtwork-[0-9a-f]{8}$/);
});
