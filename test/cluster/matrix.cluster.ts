import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectsIn } from '../../src/companion/apply';
import type { KubeObject } from '../../src/companion/objects';
import { type Combination, fileOf, pairs, planned, REJECTED, singles } from '../support/matrix';
import { wouldCreate } from './api';
import { eventually, Place } from './cluster';

/** The feature gate MultiArchitecture is off in the test bed, so KubeVirt rejects other architectures. Unit tests cover them. */
const onAmd64 = ({ name }: Combination) => !name.split(' + ').includes('architecture');

const here = new Place();
/** What the value of `boot` names. */
const images = Object.assign(new Place(), { namespace: 'os-images' });
/** Deletes what this file has created, and nothing that was there before. */
const undo: (() => void)[] = [];

function provide(place: Place, object: object & { readonly kind: string; readonly metadata: { readonly name: string } }): void {
  place.kubectl('create -f -', JSON.stringify(object));
  undo.push(() => place.kubectl(`delete ${object.kind} ${object.metadata.name}`));
}

/** Storage that is like that of the default class. */
function provideStorage(name: string): void {
  const classes = here.list('storageclasses') as (KubeObject & { readonly provisioner: string; readonly parameters?: object })[];
  const isDefault = ({ metadata }: KubeObject) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  const { apiVersion, kind, metadata, ...others } = classes.find(isDefault) as (typeof classes)[number];
  provide(here, { apiVersion, kind, metadata: { name }, ...others } as never);
  // CDI itself creates a StorageProfile for each class, but it is not in the test bed.
  const profile = here.list('storageprofiles').find((each) => each.metadata.name === metadata.name);
  if (here.list('storageprofiles').every((each) => each.metadata.name !== name)) {
    provide(here, { apiVersion: 'cdi.kubevirt.io/v1beta1', kind: 'StorageProfile', metadata: { name }, spec: {} } as never);
    here.kubectl(`patch storageprofile ${name} --subresource status --type merge --patch ${JSON.stringify({ status: profile?.status })}`);
  }
}

beforeAll(() => {
  here.create();
  const instancetypes = 'instancetype.kubevirt.io/v1beta1';
  const spec = { cpu: { guest: 1 }, memory: { guest: '4Gi' } };
  provide(here, { apiVersion: instancetypes, kind: 'VirtualMachineClusterInstancetype', metadata: { name: 'u1.medium' }, spec } as never);
  provide(here, { apiVersion: instancetypes, kind: 'VirtualMachinePreference', metadata: { name: 'fedora' }, spec: {} } as never);
  provideStorage('fast');
  images.create();
  undo.push(() => images.remove());
  const pvc = { name: 'fedora', namespace: images.namespace };
  provide(images, {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataSource',
    metadata: { name: 'fedora' },
    spec: { source: { pvc } },
  } as never);
  images.kubectl('create role clone --verb=create --resource=datavolumes.cdi.kubevirt.io/source');
  images.kubectl(`create rolebinding clone --role=clone --serviceaccount=${here.namespace}:default`);
});

afterAll(() => {
  here.remove();
  for (const each of undo.reverse()) each();
});

/** Why the API server rejects the VMs of combinations that virtwork accepts, and what it accepts although it should reject it. */
async function differences(combinations: readonly Combination[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, problems, manifests } of await planned(combinations, here.namespace)) {
    const refusals: string[] = [];
    for (const manifest of manifests) {
      const { status, body } = await wouldCreate(manifest, here.namespace);
      if (status >= 300) refusals.push(`${status} ${body.message}`);
    }
    const isRejected = problems.length > 0 && REJECTED[name] === undefined;
    if (isRejected && refusals.length === 0) found.push(`${name}: only virtwork rejects it: ${problems.join('; ')}`);
    if (problems.length === 0) found.push(...refusals.map((refusal) => `${name}: only the server rejects it: ${refusal}`));
  }
  return found;
}

test('every setting alone is admitted', async () => {
  expect(await differences(singles().filter(onAmd64))).toEqual([]);
});

// Only with --all: a skipped test would count, and no result would be kept.
if (process.env.ALL_CLUSTER_TESTS === '1')
  test('every pair of settings is admitted, or rejected by both', async () => {
    expect(await differences(pairs().filter(onAmd64))).toEqual([]);
  });

/** Fields of instances that KubeVirt fills in, and why synth leaves them to it. */
const FILLED_IN: { readonly [field: string]: string } = {
  'cpu.model': 'the cluster decides: it knows its nodes, and between which of them guests must migrate',
  'memory.maxGuest': 'the cluster decides up to where memory can be hot-plugged; the guest does not see it',
  'features.acpi.enabled': 'every version of KubeVirt sets it, to this value',
  'volumes[].containerDisk.imagePullPolicy': 'the rule of Kubernetes for the tag of the image; the option image_pull_policy overrides it',
};
/** In addition, of a VM with an instancetype, which decides about them. */
const OF_INSTANCETYPE = ['cpu.cores', 'cpu.maxSockets', 'cpu.sockets', 'cpu.threads', 'memory.guest'];

/** Fields that differ, as paths without `domain.`; those that were added have no mark. */
function changes(stated: unknown, actual: unknown, path = ''): string[] {
  if (JSON.stringify(stated) === JSON.stringify(actual)) return [];
  const [before, after] = [stated ?? {}, actual].map((each) =>
    typeof each === 'object' && each !== null ? Object.entries(each) : undefined,
  );
  if (before === undefined || after === undefined) return [stated === undefined ? path : `${path}: ${stated} became ${actual}`];
  const steps = new Set([...before, ...after].map(([key]) => key));
  const part = (value: unknown, key: string) => (value as { readonly [key: string]: unknown } | undefined)?.[key];
  const name = (key: string) => (Array.isArray(actual) ? `${path}[]` : path === '' || path === 'domain' ? key : `${path}.${key}`);
  return [...steps].flatMap((key) => changes(part(stated, key), part(actual, key), name(key)));
}

/** Labels and annotations without those that are KubeVirt's own. */
function known(labels: { readonly [key: string]: string } = {}): object {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith('kubevirt.io/')));
}

describe('the VMs with every setting alone', () => {
  const dist = join(here.cwd, 'dist');
  const apply = () => here.kubectl(`apply --server-side --validate=strict -k ${dist}`);
  const names = new Set<string>();
  const listed = (resource: string) => here.list(resource).filter(({ metadata }) => names.has(metadata.name));

  beforeAll(async () => {
    writeFileSync(join(here.cwd, 'matrix.yaml'), fileOf(singles().filter(onAmd64)));
    expect(await here.virtwork('synth --config matrix.yaml')).toMatchObject({ status: 0 });
    apply();
    const base = objectsIn(here.kubectl(`kustomize ${dist}`)).filter(({ kind }) => kind === 'VirtualMachine');
    for (const { metadata } of base) names.add(metadata.name);
  });

  test('do not change with a second apply', async () => {
    const generations = () => listed('vm').map(({ metadata }) => [metadata.name, metadata.generation]);
    const before = generations();
    expect(before.length).toBeGreaterThan(40);
    await here.expectApplied();
    apply();
    expect(generations()).toEqual(before);
  });

  test('state all that KubeVirt would fill in, except what it should decide', async () => {
    // No one has started the others.
    const vms = listed('vm').filter(({ spec }) => spec.runStrategy !== 'Manual');
    await eventually(() => {
      const started = new Set(listed('vmi').map(({ metadata }) => metadata.name));
      expect(vms.map(({ metadata }) => metadata.name).filter((name) => !started.has(name))).toEqual([]);
    });
    const instances = new Map(listed('vmi').map((vmi) => [vmi.metadata.name, vmi]));
    const found = vms.flatMap(({ metadata, spec: { instancetype, template } }) => {
      const {
        spec,
        metadata: { labels, annotations },
      } = instances.get(metadata.name) as KubeObject;
      const all = [
        ...changes(template.spec, spec),
        ...changes(template.metadata.labels, known(labels), 'labels'),
        ...changes(template.metadata.annotations, known(annotations), 'annotations'),
      ];
      const expected = [...Object.keys(FILLED_IN), ...(instancetype ? OF_INSTANCETYPE : [])];
      return all.filter((field) => !expected.includes(field)).map((field) => `${metadata.name}: ${field}`);
    });
    expect(found).toEqual([]);
  });

  test('are all found by cleanup', async () => {
    expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect(here.labelled()).toEqual([]);
  });
});
