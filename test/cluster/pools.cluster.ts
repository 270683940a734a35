import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/companion/objects';
import { measurable } from '../support/measured';
import { eventually, Place, place } from './cluster';

/** Renders a pool of disk with these settings, and applies it with the command that users type. */
async function applied(here: Place, settings: string): Promise<string> {
  writeFileSync(join(here.cwd, 'virtwork.yaml'), `workloads:\n  disk: { pool: true, ${settings} }\n`);
  expect(await here.virtwork('synth')).toMatchObject({ status: 0 });
  return here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
}

function names(here: Place, kind: string): string[] {
  const all = here.list(kind).map(({ metadata }) => metadata.name);
  return all.sort();
}

const vms = (...indices: readonly number[]) => indices.map((index) => `virtwork-disk-${index}`);
const disks = (...indices: readonly number[]) => indices.map((index) => `data-virtwork-disk-${index}`);

async function ready(here: Place, ...indices: readonly number[]): Promise<void> {
  const { status, stdout } = await here.virtwork('wait --timeout 3m');
  for (const name of vms(...indices)) expect(stdout).toMatch(new RegExp(`^${name} +ready`, 'm'));
  expect({ status, said: stdout.trim().split('\n').at(-1) }).toEqual({
    status: 0,
    said: expect.stringMatching(new RegExp(`^${indices.length} of ${indices.length} VMs ready`)),
  });
}

describe('a pool', () => {
  const here = place();
  const uidOf = (vmi: string) => here.list('vmi').find(({ metadata }) => metadata.name === vmi)?.metadata.uid;
  const diskState = async () =>
    JSON.parse((await here.virtwork('status -o json')).stdout).vms as readonly { readonly stale: string | null }[];

  test('is admitted, and its VMs and disks have the names of VMs without a pool', async () => {
    expect(await applied(here, 'vm_count: 3')).toContain('virtualmachinepool.pool.kubevirt.io/virtwork-disk serverside-applied');
    await ready(here, 0, 1, 2);
    expect([names(here, 'vm'), names(here, 'dv')]).toEqual([vms(0, 1, 2), disks(0, 1, 2)]);
    const hostnames = here.list('pods').map(({ spec }) => (spec as { readonly hostname?: string }).hostname);
    expect(hostnames.sort()).toEqual(vms(0, 1, 2));
    const uuids = here.list('vmi').map(({ spec }) => spec.domain.firmware.uuid as string);
    expect(new Set(uuids).size).toBe(3);
  });

  test('does not change with a second apply', async () => {
    const generations = () => here.list('vmpool,vm').map(({ metadata }) => [metadata.name, metadata.generation]);
    const before = generations();
    await here.expectApplied();
    await applied(here, 'vm_count: 3');
    expect(generations()).toEqual(before);
    expect((await diskState()).map(({ stale }) => stale)).toEqual([null, null, null]);
  });

  test('grows with vm_count, and leaves the VMs that run', async () => {
    const before = uidOf('virtwork-disk-0');
    await applied(here, 'vm_count: 5');
    await ready(here, 0, 1, 2, 3, 4);
    expect(uidOf('virtwork-disk-0')).toBe(before);
    expect((await diskState()).map(({ stale }) => stale)).toEqual([null, null, null, null, null]);
  });

  test('a change reaches a guest when it restarts', async () => {
    const before = uidOf('virtwork-disk-0');
    await applied(here, 'vm_count: 5, params: { numjobs: 2 }');
    await eventually(async () => expect((await diskState()).map(({ stale }) => stale)).toEqual(Array(5).fill('user data')));
    await eventually(() => {
      const hashes = here.list('vm').map(({ spec }) => spec.template.metadata.annotations['virtwork/user-data-hash']);
      expect(new Set(hashes).size).toBe(1);
    });
    expect(uidOf('virtwork-disk-0')).toBe(before);
    here.kubectl('delete vmi virtwork-disk-0');
    await eventually(async () => expect((await diskState()).map(({ stale }) => stale)).toEqual([null, ...Array(4).fill('user data')]));
    await ready(here, 0, 1, 2, 3, 4);
  });

  test('kubectl scale removes the VMs with the highest indices and their disks, and the next apply names the conflict', async () => {
    here.kubectl('scale vmpool virtwork-disk --replicas=2');
    await eventually(() => expect([names(here, 'vm'), names(here, 'dv')]).toEqual([vms(0, 1), disks(0, 1)]));
    await ready(here, 0, 1);
    const { status, stdout } = await here.virtwork('apply');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/VirtualMachinePool virtwork-disk: .*conflict.*\.spec\.replicas/s),
    });
    here.kubectl(`apply --server-side --force-conflicts -k ${join(here.cwd, 'dist')}`);
    await ready(here, 0, 1, 2, 3, 4);
  });

  test('a VM that is deleted comes back under its name', async () => {
    here.kubectl('delete vm virtwork-disk-1 --wait=false');
    await eventually(() => expect(here.list('vm').filter(({ metadata }) => metadata.deletionTimestamp).length).toBe(0));
    await ready(here, 0, 1, 2, 3, 4);
  });

  test('cleanup removes everything', async () => {
    const { status, stdout } = await here.virtwork('cleanup --yes');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/VirtualMachinePool +1 +0\nVirtualMachine +5 +0\n/) });
    expect([here.labelled(), names(here, 'vm,dv,vmi')]).toEqual([[], []]);
  });
});

test('the delete commands of the documentation remove a pool with its VMs', async () => {
  const here = new Place();
  expect(await here.virtwork('run --workloads cpu --pool --vm-count 3 --timeout 3m')).toMatchObject({ status: 0 });
  here.deleteTyped();
  await eventually(() => expect([here.labelled(), names(here, 'vm,vmi')]).toEqual([[], []]));
  here.remove();
});

test('wait and status say why a pool creates no VMs', async () => {
  const here = new Place();
  here.create();
  await here.quota('few', 'count/virtualmachines.kubevirt.io=1');
  expect(await here.virtwork('run --workloads cpu --pool --vm-count 3 --no-wait')).toMatchObject({ status: 0 });
  await eventually(async () => {
    const { stdout } = await here.virtwork('status');
    expect(stdout.match(/its pool virtwork-cpu cannot create it: .*exceeded quota: few/g)).toHaveLength(2);
  });
  expect(await here.virtwork('wait --timeout 2s')).toMatchObject({ status: 3, stdout: expect.stringMatching(/[01] of 3 VMs ready/) });
  expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
  here.remove();
});

test('the VMs of a measured pool have DNS names', async () => {
  const here = new Place();
  const flags = `--from-catalog bench --catalog-dir ${measurable()} --pool --vm-count 2 --timeout 3m`;
  writeFileSync(join(here.cwd, 'virtwork.yaml'), 'workloads: { bench: { trials: { a: {} } } }\n');
  expect(await here.virtwork(`run ${flags}`)).toMatchObject({ status: 0 });
  const slices = here.list('endpointslices', '-l', 'kubernetes.io/service-name=virtwork-bench-peers') as (KubeObject & {
    readonly endpoints: readonly { readonly hostname?: string }[] | null;
  })[];
  expect(slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ hostname }) => hostname)).sort()).toEqual([
    'virtwork-bench-0',
    'virtwork-bench-1',
  ]);
  expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
  here.remove();
});
