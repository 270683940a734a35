import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheOf } from '../../src/cli/lab/places';
import { builtImage } from '../../src/lab/image';
import type { Result } from '../../src/results/result';
import { eventually, Place, place, rules } from './cluster';
import { shell } from './guest/agent';

/** Milliseconds. Four emulated guests boot on two CPUs. */
const BOOT = 15 * 60_000;
const FLAGS = '--guest-os debian --cpu-cores 1 --memory 448Mi --disk-size 1Gi';
const [SERVER, CLIENT] = ['virtwork-network-server-0', 'virtwork-network-client-0'];
const [LEADER, OTHER] = ['virtwork-fio-bench-0', 'virtwork-fio-bench-1'];
/** Measurements of emulated guests that take seconds. */
const SHORT = 'params: { size: 64M, ramp: 0, runtime: 2, queue-depth: 4, jobs: 1 }';
const CONFIG = `workloads:
  network: { params: { test-duration: 5, parallel-streams: 1 } }
  fio-bench: { vm_count: 2, ${SHORT}, trials: { log: { profile: log }, mixed: { profile: mixed } } }
`;

/** Tests with guests in QEMU, which need a test bed that can run them, with an image for entries with trials. */
const withGuests: jest.It =
  process.env.TEST_GUESTS && builtImage(cacheOf(process.env), ['fio', 'iperf3', 'jq']) ? test : (test.skip as unknown as jest.It);

const here = place();

beforeAll(() => {
  if (process.env.TEST_GUESTS) rules({ match: '*', guest: 'real' });
});

const folder = join(process.env.TEST_BED ?? '', 'guests');

interface Instance {
  readonly metadata: { readonly uid: string };
  readonly status: {
    readonly phase: string;
    readonly nodeName: string;
    readonly guestOSInfo: { readonly id?: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

function instance(name: string, where = here): Instance {
  return JSON.parse(where.kubectl(`get vmi ${name} -o json`)) as Instance;
}

/** Runs a script as root in a guest. @returns its output */
function inGuest(name: string, script: string): Promise<string> {
  return shell(join(folder, instance(name).metadata.uid, 'agent'), script);
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string; readonly phase: string };
}

function launcher(vm: string, where = here): Pod {
  const pods = where.list('pods', '-l', `vm.kubevirt.io/name=${vm}`) as unknown as Pod[];
  return pods.find(({ status }) => status.phase === 'Running') as Pod;
}

/** The answer of the health endpoint of a guest, through the proxy of the API server. */
function ask(vm: string, path: 'healthz' | 'metrics', where = here): string {
  return where.kubectl(`get --raw /api/v1/namespaces/${where.namespace}/pods/${launcher(vm, where).metadata.name}:9998/proxy/${path}`);
}

/** A metric of a guest; NaN if it has none with this name and these labels. */
function metric(vm: string, sample: string, where = here): number {
  const line = ask(vm, 'metrics', where)
    .split('\n')
    .find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length));
}

/** Waits for one or several VMs. kubectl waits too, because frequent calls would take processor time from the guests. */
function becomeReady(where: Place, vms: readonly string[], seconds: number): Promise<void> {
  return eventually(() => where.kubectl(`wait vmi ${vms.join(' ')} --for=condition=Ready --timeout=100s`), seconds);
}

function isReady(vm: string): boolean {
  return instance(vm).status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Waits until a VM has some records, and gets the results into the folder `kept`. */
async function hasRecords(where: Place, vm: string, count: number, seconds: number): Promise<void> {
  await eventually(async () => {
    await sleep(5000);
    expect(metric(vm, 'virtwork_trials_done', where)).toBeGreaterThanOrEqual(count);
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

/** Processes that run QEMU in the folder of the test bed. */
function machines(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('qemu-system') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${process.env.TEST_BED}\0`)
        );
      } catch {
        return false;
      }
    });
}

describe('network and a measured fio-bench in real guests', () => {
  withGuests(
    'VMs that run all the time become ready by their own health endpoint',
    async () => {
      writeFileSync(join(here.cwd, 'both.yaml'), CONFIG);
      expect(await here.virtwork(`synth --config both.yaml ${FLAGS}`)).toMatchObject({ status: 0 });
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
      await becomeReady(here, [SERVER, CLIENT], 800);
      for (const vm of [SERVER, CLIENT]) {
        expect(ask(vm, 'healthz')).toMatch(/^(ok .*\n)+$/);
        await eventually(() => expect(instance(vm).status).toMatchObject({ phase: 'Running', guestOSInfo: { id: 'debian' } }));
      }
      expect(machines()).toHaveLength(4);
    },
    BOOT,
  );

  const witness = randomUUID();
  const earlier = { uid: '' };
  /** Outside of the region that is measured, and of what a file system would use. */
  const block = '/dev/disk/by-id/virtio-vw-bench bs=1M count=1 status=none';

  withGuests(
    'a measured VM can be restarted in the middle of its trials',
    async () => {
      await hasRecords(here, OTHER, 1, 800);
      expect(isReady(OTHER)).toBe(false);
      earlier.uid = instance(OTHER).metadata.uid;
      await inGuest(OTHER, `echo ${witness} | tee /root/witness | dd of=${block} seek=900 conv=notrunc,fsync`);
      here.kubectl(
        `replace --raw /apis/subresources.kubevirt.io/v1/namespaces/${here.namespace}/virtualmachines/${OTHER}/restart -f -`,
        '{}',
      );
      await eventually(() => expect(instance(OTHER).metadata.uid).not.toBe(earlier.uid), 240);
    },
    BOOT,
  );

  withGuests('deleted VMs end their guests', async () => {
    // The processors are free for what is measured, too.
    here.kubectl(`delete vm ${SERVER} ${CLIENT} --wait=false`);
    await eventually(() => expect(machines()).toHaveLength(2), 240);
  });

  withGuests(
    'the restarted VM has its data disk and a new root disk',
    async () => {
      // The guest agent answers late in the boot.
      await eventually(
        async () =>
          expect(await inGuest(OTHER, `dd if=${block} skip=900 | head -n 1; ls /root/witness 2>/dev/null || echo new`)).toBe(
            `${witness}\nnew\n`,
          ),
        600,
      );
      expect(readdirSync(folder)).not.toContain(earlier.uid);
    },
    BOOT,
  );

  withGuests(
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

  withGuests('cleanup leaves no process and no disk', () => cleansUp(here), BOOT);
});

/** It takes an hour without KVM, so it exists only with `-- --all`: a skipped test would count, and no result would be kept. */
function manyTrials(): void {
  const bench = new Place();
  const golden = place();
  const VMS = [0, 1, 2].map((index) => `virtwork-fio-bench-${index}`);
  const KILLED = VMS[2] as string;

  withGuests(
    'a guest that is killed resumes with its records, and the VMs measure together',
    async () => {
      const trials =
        'trials: { random: {}, sequential: { profile: sequential, block-size: 64k }, mixed: { profile: mixed }, log: { profile: log } }';
      writeFileSync(join(bench.cwd, 'bench.yaml'), `workloads:\n  fio-bench: { vm_count: 3, ${SHORT}, ${trials}, repeats: 2 }\n`);
      // Root disks from a data source are kept.
      expect(await bench.virtwork(`synth --config bench.yaml ${FLAGS} --boot dataSource:${golden.namespace}/debian`)).toMatchObject({
        status: 0,
      });
      golden.create();
      golden.kubectl('apply --server-side -f -', GOLDEN(golden.namespace));
      golden.kubectl('create role clone --verb=create --resource=datavolumes.cdi.kubevirt.io/source');
      golden.kubectl(`create rolebinding clone --role=clone --serviceaccount=${bench.namespace}:default`);
      bench.kubectl(`apply --server-side --validate=strict -k ${join(bench.cwd, 'dist')}`);
      await hasRecords(bench, KILLED, 3, 2400);
      const { uid } = instance(KILLED, bench).metadata;
      const [machine = ''] = machines().filter((pid) => basename(readlinkSync(`/proc/${pid}/cwd`)) === uid);
      process.kill(Number(machine), 'SIGKILL');
      await becomeReady(bench, VMS, 3600);
      const records = await resultsOf(bench);
      expect(records).toHaveLength(VMS.length * 8);
      const boots = records.filter(({ vm }) => vm === KILLED).map(({ guest }) => guest?.boot);
      expect(new Set(boots.slice(0, 3)).size).toBe(1);
      expect(new Set(boots).size).toBe(2);
      process.stderr.write(`${figures(records)}\n`);
      await cleansUp(bench);
    },
    2 * 3_600_000,
  );
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

/** Of each trial: how the VMs met, how long they waited, and when they measured after the start. */
function figures(records: readonly Result[]): string {
  return records
    .map(({ vm, trial, name, repeat, barrier, seconds, metrics }) =>
      [
        vm,
        trial,
        name,
        repeat,
        barrier.outcome,
        `arrived ${barrier.arrived}`,
        `late ${barrier.late} s`,
        `${seconds} s`,
        `${metrics?.iops} IOPS`,
      ].join(' '),
    )
    .sort((a, b) => a.split(' ')[1]?.localeCompare(b.split(' ')[1] ?? '') ?? 0)
    .join('\n');
}

async function cleansUp(where: Place): Promise<void> {
  expect(await where.virtwork('cleanup --yes --delete-namespace')).toMatchObject({ status: 0 });
  await eventually(() => expect([machines(), readdirSync(folder, { recursive: true })]).toEqual([[], ['claims']]), 240);
}
