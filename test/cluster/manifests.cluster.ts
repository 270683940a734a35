import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectsIn } from '../../src/companion/apply';
import type { KubeObject } from '../../src/companion/objects';
import { SHIPPED } from '../support/entries';
import { documented, eventually, Place, place, resources } from './cluster';

/** @param left an entry to leave out */
function all(left?: string): string {
  return `--from-catalog ${SHIPPED.filter((name) => name !== left).join(',')}`;
}

const ALL = all();

const CARDS = JSON.stringify([
  { pod: 'masquerade', ipv6: true },
  { name: 'bridged', multus: 'ns1/nad-a', model: 'e1000e', addresses: 'dhcp' },
  { name: 'device', multus: 'nad-b', binding: 'sriov' },
  { name: 'plugged', multus: 'nad-c', binding: 'macvtap' },
]);
const ADDRESSES = JSON.stringify([
  { pod: 'bridge', mac: '52:54:00:00:00:01' },
  {
    name: 'a',
    multus: 'b',
    addresses: ['192.0.2.10-192.0.2.11/24', 'fd00::1-fd00::2/64'],
    routes: [{ to: '198.51.100.0/24', via: '192.0.2.1' }],
  },
]);

/** Applies the output of synth with the command that users type. */
function applyTyped(here: Place, folder = 'dist'): string {
  return here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, folder)}`);
}

describe('everything that synth renders', () => {
  test.each([
    ['for Fedora', `${ALL} --vm-count 2`],
    // Without a health endpoint nothing can be measured.
    [
      'for Debian, with keys and without a health endpoint',
      `${all('fio-bench')} --guest-os debian --ssh-existing-secret keys --health-port 0`,
    ],
    [
      'from a data source',
      `${ALL} --boot dataSource:golden/fedora --storage-class shared --access-modes ReadWriteMany --volume-mode Block`,
    ],
    ['with cards of every kind', `${ALL} --network-multiqueue --networks ${CARDS}`],
    ['with static addresses', `--workloads disk --vm-count 2 --networks ${ADDRESSES}`],
    ['on a primary user-defined network', '--workloads cpu --networks [{"pod":"l2bridge"}]'],
    ['without a pod network', '--workloads cpu,disk --networks [{"name":"a","multus":"b","addresses":"dhcp"}]'],
  ])('%s is admitted, a second apply changes nothing, and cleanup finds all of it', async (_, flags) => {
    const here = new Place();
    expect(await here.virtwork(`synth ${flags}`)).toMatchObject({ status: 0 });
    const applied = applyTyped(here).trim().split('\n');
    expect(applied.filter((line) => !line.endsWith('serverside-applied'))).toEqual([]);
    await here.expectApplied();
    const generations = () => here.list('vm').map(({ metadata }) => [metadata.name, metadata.generation]);
    const before = generations();
    applyTyped(here);
    expect(generations()).toEqual(before);
    expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect([here.labelled(), here.outside()]).toEqual([[], []]);
    here.remove();
  });
});

describe('what a cluster makes of it', () => {
  const here = place();

  test('nothing that the base states is changed, and what is added is what docs/validation.md lists', async () => {
    expect(await here.virtwork(`synth ${ALL}`)).toMatchObject({ status: 0 });
    applyTyped(here);
    const base = objectsIn(here.kubectl(`kustomize ${join(here.cwd, 'dist')}`));
    const live = new Map(
      here.list(`namespace,${resources(() => true)}`).map((object) => [`${object.kind}/${object.metadata.name}`, object]),
    );
    const instances = new Map<string, KubeObject>();
    await eventually(() => {
      for (const vmi of here.list('vmi')) instances.set(vmi.metadata.name, vmi);
      expect(instances.size).toBe(base.filter(({ kind }) => kind === 'VirtualMachine').length);
    });
    const differences = base.flatMap((object) => {
      const { kind, metadata, spec } = object;
      const made = instances.get(metadata.name);
      return [
        ...compared(kind, stored(object), live.get(`${kind}/${metadata.name}`)),
        ...(kind === 'VirtualMachine' ? compared('VirtualMachineInstance.spec', spec.template.spec, made?.spec) : []),
      ];
    });
    expect([...new Set(differences)].sort()).toEqual(documented('What a cluster adds').sort());
  });
});

/** Fields that the API server sets in any object. */
const BOOKKEEPING = /^\w+\.(metadata\.(creationTimestamp|generation|resourceVersion|uid)|status)\b/;

/** An object of the base as the API server stores it. */
function stored({ stringData, ...object }: KubeObject & { readonly stringData?: { readonly [key: string]: string } }): object {
  if (stringData === undefined) return object;
  const data = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return { ...object, data: Object.fromEntries(data) };
}

/** Fields that only the second value has. Fields with another value begin with `changed:`. */
function compared(path: string, base: unknown, live: unknown): string[] {
  if (BOOKKEEPING.test(path)) return [];
  if (base === undefined) return [path];
  if (Array.isArray(base) && Array.isArray(live) && base.length === live.length)
    return base.flatMap((item, index) => compared(`${path}[]`, item, live[index]));
  if (isMap(base) && isMap(live))
    return [...new Set([...Object.keys(base), ...Object.keys(live)])].flatMap((key) => compared(`${path}.${key}`, base[key], live[key]));
  return base === live ? [] : [`changed: ${path} from ${JSON.stringify(base)} to ${JSON.stringify(live)}`];
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('the story of the README', () => {
  const here = place();

  test('synth, apply, wait, delete by label', async () => {
    await here.virtwork('synth');
    applyTyped(here);
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('8 of 8 VMs ready') as unknown as string,
    });
    here.deleteTyped();
    await eventually(() => expect(here.labelled()).toEqual([]), 120);
  });

  test('the same through an overlay with a prefix, another namespace, images and labels', async () => {
    const overlay = join(here.cwd, 'overlay');
    const target = new Place();
    mkdirSync(overlay);
    const kustomization = {
      resources: ['../dist'],
      namePrefix: 'team-',
      namespace: target.namespace,
      images: [{ name: 'quay.io/containerdisks/fedora', newName: 'mirror.example.com/fedora', newTag: '43' }],
      labels: [{ pairs: { team: 'storage' }, includeTemplates: true, includeSelectors: true }],
    };
    writeFileSync(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
    target.kubectl(`apply --server-side --validate=strict -k ${overlay}`);
    expect(await target.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^team-virtwork-cpu-0 +ready/m) as unknown as string,
    });
    expect(await target.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect(target.labelled()).toEqual([]);
    target.remove();
  });
});

describe('an overlay that overwrites the recommended labels', () => {
  /** Names of the VMs behind a Service. */
  function behind(here: Place, service: string): string[] {
    const owners = new Map(here.list('pods').map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.name]));
    const slices = here.list('endpointslices', '-l', `kubernetes.io/service-name=${service}`) as unknown as readonly {
      readonly endpoints: readonly { readonly targetRef: { readonly name: string } }[] | null;
    }[];
    return slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => owners.get(targetRef.name) ?? '')).sort();
  }

  test.each([
    { includeTemplates: true },
    { includeSelectors: true },
  ])('%j: Services and the companion find what they found', async (how) => {
    const here = new Place();
    expect(await here.virtwork('synth --workloads disk,network,tps')).toMatchObject({ status: 0 });
    mkdirSync(join(here.cwd, 'overlay'));
    const pairs = { 'app.kubernetes.io/component': 'perf', 'app.kubernetes.io/managed-by': 'argocd', 'managed-by': 'argocd' };
    const kustomization = { resources: ['../dist'], labels: [{ pairs, ...how }], commonAnnotations: { team: 'storage' } };
    writeFileSync(join(here.cwd, 'overlay', 'kustomization.yaml'), JSON.stringify(kustomization));
    applyTyped(here, 'overlay');
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('5 of 5 VMs ready') as unknown as string,
    });
    await eventually(() => {
      expect(behind(here, 'virtwork-iperf3-server')).toEqual(['virtwork-network-server-0']);
      expect(behind(here, 'virtwork-tps-peers')).toEqual(['virtwork-tps-server-0']);
    });
    await here.expectApplied('overlay');
    for (const { metadata } of here.list('vmi,dv')) expect(metadata.annotations).toMatchObject({ team: 'storage' });
    expect(JSON.parse((await here.virtwork('status -o json')).stdout)).toMatchObject({
      vms: [{ component: 'disk' }, { component: 'network' }, { component: 'network' }, { component: 'tps' }, { component: 'tps' }],
    });
    expect(here.labelled('virtwork/run-id').some((each) => each.startsWith('PersistentVolumeClaim/'))).toBe(true);
    expect(await here.virtwork('cleanup --yes --delete-namespace')).toMatchObject({ status: 0 });
    expect(here.kubectl(`get namespace ${here.namespace} --ignore-not-found`)).toBe('');
  });
});
