import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENOUGH, overlapsOf } from '../../src/results/overlap';
import type { Result } from '../../src/results/result';
import { eventually, Place, place, rules } from './cluster';
import { BOOT, folder, Guests, machines, withPrograms } from './guest/guests';

const FLAGS = '--guest-os debian --cpu-cores 1 --memory 448Mi --disk-size 1Gi';
const [SERVER, CLIENT] = ['virtwork-network-server-0', 'virtwork-network-client-0'];
const [LEADER, OTHER] = ['virtwork-fio-bench-0', 'virtwork-fio-bench-1'];
/** Measurements of emulated guests that take seconds. */
const SHORT = 'params: { size: 64M, ramp: 0, runtime: 2, queue-depth: 4, jobs: 1 }';
/** Long enough that the time an emulated guest takes to start fio is a small part. */
const LONG = 'params: { size: 64M, ramp: 10, runtime: 60, queue-depth: 4, jobs: 1 }';
const CONFIG = `workloads:
  network: { params: { test-duration: 5, parallel-streams: 1 } }
  fio-bench: { vm_count: 2, ${SHORT}, trials: { log: { profile: log }, mixed: { profile: mixed } } }
`;

const withBench = withPrograms('fio', 'iperf3', 'jq');

const here = place();
const guests = new Guests(here);

beforeAll(() => {
  if (process.env.TEST_GUESTS) rules({ match: '*', guest: 'real' });
});

/** Waits for one or several VMs. kubectl waits too, because frequent calls would take processor time from the guests. */
function becomeReady(where: Place, vms: readonly string[], seconds: number): Promise<void> {
  return eventually(() => where.kubectl(`wait vmi ${vms.join(' ')} --for=condition=Ready --timeout=100s`), seconds);
}

/** Waits until a VM has some records, and gets the results into the folder `kept`. */
async function hasRecords(where: Place, vm: string, count: number, seconds: number): Promise<void> {
  await eventually(async () => {
    await sleep(5000);
    expect(new Guests(where).metric(vm, 'virtwork_trials_done')).toBeGreaterThanOrEqual(count);
  }, seconds);
  await where.virtwork('results -o kept');
  expect(recordsIn(where, vm).length).toBeGreaterThanOrEqual(count);
}

function recordsIn(where: Place, vm: string): string[] {
  const stored = join(where.cwd, 'kept/fio-bench', vm);
  return existsSync(stored) ? readdirSync(stored).sort() : [];
}

async function resultsOf(where: Place, flags = ''): Promise<Result[]> {
  const { status, stdout } = await where.virtwork(`results -o json ${flags}`.trim());
  const records = JSON.parse(stdout) as Result[];
  expect({ status, faults: records.filter(({ outcome }) => outcome !== 'done') }).toEqual({ status: 0, faults: [] });
  return records;
}

describe('network and a measured fio-bench in real guests', () => {
  withBench(
    'VMs that run all the time become ready by their own health endpoint',
    async () => {
      writeFileSync(join(here.cwd, 'both.yaml'), CONFIG);
      expect(await here.virtwork(`synth --config both.yaml ${FLAGS}`)).toMatchObject({ status: 0 });
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
      await becomeReady(here, [SERVER, CLIENT], 800);
      for (const vm of [SERVER, CLIENT]) {
        expect(guests.ask(vm, 'healthz')).toMatch(/^(ok .*\n)+$/);
        await eventually(() => expect(guests.instance(vm).status).toMatchObject({ phase: 'Running', guestOSInfo: { id: 'debian' } }));
      }
      expect(machines()).toHaveLength(4);
      // A guest that measures its disk gets its errors.
      const reporting = machines().filter((pid) => /werror=report/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
      expect(reporting).toHaveLength(2);
    },
    BOOT,
  );

  const witness = randomUUID();
  const earlier = { uid: '' };
  /** Outside of the region that is measured, and of what a file system would use. */
  const block = '/dev/disk/by-id/virtio-vw-bench bs=1M count=1 status=none';

  withBench(
    'a measured VM can be restarted in the middle of its trials',
    async () => {
      await hasRecords(here, OTHER, 1, 800);
      expect(guests.isReady(OTHER)).toBe(false);
      earlier.uid = guests.instance(OTHER).metadata.uid;
      await guests.run(OTHER, `echo ${witness} | tee /root/witness | dd of=${block} seek=900 conv=notrunc,fsync`);
      await guests.restart(OTHER);
    },
    BOOT,
  );

  withBench('deleted VMs end their guests', async () => {
    // The processors are free for what is measured, too.
    here.kubectl(`delete vm ${SERVER} ${CLIENT} --wait=false`);
    await eventually(() => expect(machines()).toHaveLength(2), 240);
  });

  withBench(
    'the restarted VM has its data disk and a new root disk',
    async () => {
      // The guest agent answers late in the boot.
      await eventually(
        async () =>
          expect(await guests.run(OTHER, `dd if=${block} skip=900 | head -n 1; ls /root/witness 2>/dev/null || echo new`)).toBe(
            `${witness}\nnew\n`,
          ),
        600,
      );
      expect(readdirSync(folder)).not.toContain(earlier.uid);
    },
    BOOT,
  );

  withBench(
    'measured VMs are ready when their results are complete',
    async () => {
      await becomeReady(here, [LEADER, OTHER], 800);
      const proxied = await resultsOf(here);
      expect(proxied.map(({ vm, name }) => [vm, name])).toEqual(
        [LEADER, OTHER].flatMap((vm) => ['log', 'mixed'].map((name) => [vm, name])),
      );
      for (const { metrics, guest } of proxied) {
        expect(metrics).toMatchObject({ errors: 0, iops: expect.any(Number) });
        expect(guest).toMatchObject({ os: 'debian 12', disk: { bytes: 2 ** 30 } });
      }
      // VM 1 has lost its records with its root disk, and has caught up.
      const of = (vm: string, trial: string) => proxied.find((record) => record.vm === vm && record.trial === trial)?.barrier;
      expect(of(LEADER, '001')).toMatchObject({ expected: 2, arrived: 2, outcome: 'together' });
      expect(of(OTHER, '001')).toMatchObject({ outcome: 'partial' });
      expect(of(OTHER, '001')?.late).toBeGreaterThan(10);
      expect(await resultsOf(here, '--via port-forward')).toEqual(proxied);
      await here.virtwork('results -o kept');
      expect(recordsIn(here, OTHER).filter((name) => name.startsWith('001'))).toHaveLength(2);
    },
    BOOT,
  );

  withBench('cleanup leaves no process and no disk', () => guests.cleanUp('--delete-namespace'), BOOT);
});

/** It takes an hour without KVM, so it exists only with `-- --all`: a skipped test would count, and no result would be kept. */
function manyTrials(): void {
  const here = new Place();
  const guests = new Guests(here);
  const golden = place();
  const VMS = [0, 1, 2].map((index) => `virtwork-fio-bench-${index}`);
  const KILLED = VMS[2] as string;

  withBench(
    'a guest that is killed resumes with its records, and the VMs measure together',
    async () => {
      const trials =
        'trials: { random: {}, sequential: { profile: sequential, block-size: 64k }, mixed: { profile: mixed }, log: { profile: log } }';
      writeFileSync(join(here.cwd, 'bench.yaml'), `workloads:\n  fio-bench: { vm_count: 3, ${LONG}, ${trials}, repeats: 2 }\n`);
      // Root disks from a data source are kept.
      expect(await here.virtwork(`synth --config bench.yaml ${FLAGS} --boot dataSource:${golden.namespace}/debian`)).toMatchObject({
        status: 0,
      });
      golden.create();
      golden.kubectl('apply --server-side -f -', GOLDEN(golden.namespace));
      golden.kubectl('create role clone --verb=create --resource=datavolumes.cdi.kubevirt.io/source');
      golden.kubectl(`create rolebinding clone --role=clone --serviceaccount=${here.namespace}:default`);
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
      await hasRecords(here, KILLED, 3, 2400);
      const { uid } = guests.instance(KILLED).metadata;
      const [machine = ''] = machines().filter((pid) => basename(readlinkSync(`/proc/${pid}/cwd`)) === uid);
      process.kill(Number(machine), 'SIGKILL');
      await becomeReady(here, VMS, 3600);
      const records = await resultsOf(here);
      expect(records).toHaveLength(VMS.length * 8);
      const boots = records.filter(({ vm }) => vm === KILLED).map(({ guest }) => guest?.boot);
      expect(new Set(boots.slice(0, 3)).size).toBe(1);
      expect(new Set(boots).size).toBe(2);
      expectTogether(records);
      await guests.cleanUp('--delete-namespace');
    },
    2 * 3_600_000,
  );
}

/** The VMs have measured all trials together, except the one in which a guest was killed. */
function expectTogether(records: readonly Result[]): void {
  const shares = overlapsOf(records).map(({ trial, share }) => [trial, share] as const);
  process.stderr.write(`overlap: ${JSON.stringify(shares)}\n`);
  const apart = new Set(records.filter(({ barrier }) => barrier.outcome !== 'together').map(({ trial }) => trial));
  expect(apart.size).toBeLessThan(2);
  expect(shares.filter(([trial, share]) => !apart.has(trial) && share <= ENOUGH)).toEqual([]);
}

describe('many trials of fio-bench', manyTrials);

/** A data source. The test bed copies nothing, so the root disks are those of the image of the lab. */
const GOLDEN = (namespace: string) => `apiVersion: cdi.kubevirt.io/v1beta1
kind: DataVolume
metadata: { name: debian }
spec:
  source: { registry: { url: docker://registry.example.com/debian:12 } }
  storage: { resources: { requests: { storage: 30Gi } } }
---
apiVersion: cdi.kubevirt.io/v1beta1
kind: DataSource
metadata: { name: debian }
spec: { source: { pvc: { name: debian, namespace: ${namespace} } } }
`;
