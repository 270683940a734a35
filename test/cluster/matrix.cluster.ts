import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectsIn } from '../../src/companion/apply';
import { type Combination, fileOf, pairs, planned, REJECTED, singles } from '../support/matrix';
import { wouldCreate } from './api';
import { Place } from './cluster';

/** The feature gate MultiArchitecture is off in the test bed, so KubeVirt rejects other architectures. Unit tests cover them. */
const onAmd64 = ({ name }: Combination) => !name.split(' + ').includes('architecture');

const INSTANCETYPES = 'instancetype.kubevirt.io/v1beta1';
/** What the settings name. */
const NAMED = [
  { kind: 'VirtualMachineClusterInstancetype', metadata: { name: 'u1.medium' }, spec: { cpu: { guest: 1 }, memory: { guest: '4Gi' } } },
  { kind: 'VirtualMachinePreference', metadata: { name: 'fedora' }, spec: {} },
].map((object) => ({ apiVersion: INSTANCETYPES, ...object }));

const here = new Place();

beforeAll(() => {
  here.create();
  for (const object of NAMED) here.kubectl('apply --server-side -f -', JSON.stringify(object));
});

afterAll(() => {
  here.kubectl('delete virtualmachineclusterinstancetypes u1.medium');
  here.remove();
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

test('with every setting alone, a second apply changes nothing, and cleanup finds all of it', async () => {
  writeFileSync(join(here.cwd, 'matrix.yaml'), fileOf(singles().filter(onAmd64)));
  expect(await here.virtwork('synth --config matrix.yaml')).toMatchObject({ status: 0 });
  const dist = join(here.cwd, 'dist');
  const apply = () => here.kubectl(`apply --server-side --validate=strict -k ${dist}`);
  apply();
  const base = objectsIn(here.kubectl(`kustomize ${dist}`)).filter(({ kind }) => kind === 'VirtualMachine');
  const names = new Set(base.map(({ metadata }) => metadata.name));
  const listed = (resource: string) => here.list(resource).filter(({ metadata }) => names.has(metadata.name));
  const generations = () => listed('vm').map(({ metadata }) => [metadata.name, metadata.generation]);
  const before = generations();
  expect(before.length).toBeGreaterThan(40);
  expect(here.kubectl(`diff --server-side -k ${dist}`)).toBe('');
  apply();
  expect(generations()).toEqual(before);
  expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
  expect(here.labelled()).toEqual([]);
});
