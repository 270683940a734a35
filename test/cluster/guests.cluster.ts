import { randomUUID } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measurable } from '../support/measured';
import { eventually, place, rules } from './cluster';
import { BOOT, folder, Guests, machines, withGuests, withPrograms } from './guest/guests';

/** Small enough that the measurements of emulated guests take seconds, and leave CPU time to those that boot. */
const PARAMS = [
  ...['disk.numjobs=1', 'disk.runtime=5', 'disk.file-size=20M', 'disk.rate-iops=40'],
  ...['network.parallel-streams=1', 'network.test-duration=5', 'network.bandwidth=1000000'],
];
const FLAGS = `--workloads disk,network --guest-os debian --cpu-cores 1 --memory 448Mi --disk-size 2Gi --params ${PARAMS}`;
const [DISK, SERVER, CLIENT] = ['virtwork-disk-0', 'virtwork-network-server-0', 'virtwork-network-client-0'];

/** An entry that counts for some seconds. */
const COUNTER = `description: Counts
params: [{ key: runtime, type: int, default: 2, minimum: 1 }]
results: [{ key: rounds, unit: "1", better: more, vms: sum }]
trial: { duration: [runtime] }
`;
const COUNT = `#!/bin/bash
end=$((SECONDS + PARAM_RUNTIME)) rounds=0
while ((SECONDS < end)); do ((rounds += 1)); done
printf '{"metrics": {"rounds": %d}}' "$rounds" >"$VIRTWORK_RESULT"
`;

interface Result {
  readonly vm: string;
  readonly name: string;
  readonly repeat: number;
  readonly outcome: string;
  readonly barrier: object;
  readonly metrics: { readonly rounds: number };
}

/** The runner of trials needs jq, which an image has that was built for entries with trials. */
const withTrials = withPrograms('jq');

const here = place();
const guests = new Guests(here);

beforeAll(() => {
  if (process.env.TEST_GUESTS) rules({ match: `${here.namespace}/*`, guest: 'real' });
});

async function becomesReady(): Promise<void> {
  const { status, stdout } = await here.virtwork('wait --timeout 14m', {}, 15 * 60);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.any(String) });
}

describe('disk and network in real guests', () => {
  withGuests(
    'they become ready by their own health endpoint',
    async () => {
      expect(await here.virtwork(`synth ${FLAGS}`)).toMatchObject({ status: 0 });
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
      await becomesReady();
      expect(machines()).toHaveLength(3);
      for (const vm of [DISK, SERVER, CLIENT]) {
        expect(guests.ask(vm, 'healthz')).toMatch(/^(ok .*\n)+$/);
        await eventually(() => expect(guests.instance(vm).status).toMatchObject({ phase: 'Running', guestOSInfo: { id: 'debian' } }));
      }
    },
    BOOT,
  );

  withGuests('fio and iperf3 publish what they measured', async () => {
    await eventually(() => {
      for (const job of ['mixed', 'sequential'])
        expect(guests.metric(DISK, `virtwork_disk_write_bytes_per_second{job="${job}"}`)).toBeGreaterThan(10_000);
      for (const direction of ['transmit', 'receive'])
        expect(guests.metric(CLIENT, `virtwork_network_bytes_per_second{direction="${direction}"}`)).toBeGreaterThan(10_000);
    }, 300);
  });

  withGuests('a guest finds Services and other guests by name', async () => {
    const { podIP } = guests.launcher(SERVER).status;
    const { namespace } = here;
    const names = ['virtwork-iperf3-server', `virtwork-iperf3-server.${namespace}.svc.cluster.local`, SERVER];
    const script = names.map((name) => `getent ahostsv4 ${name} | cut -d ' ' -f 1 | sort -u`).join('; ');
    expect(await guests.run(CLIENT, script)).toBe(`${names.map(() => podIP).join('\n')}\n`);
    expect(await guests.run(CLIENT, 'getent ahostsv4 nothing || echo none')).toBe('none\n');
  });

  withGuests(
    'a live migration moves the address and keeps the guest',
    async () => {
      const started = await guests.run(SERVER, 'cat /proc/sys/kernel/random/boot_id');
      const { podIP } = guests.launcher(SERVER).status;
      const { nodeName } = guests.instance(SERVER).status;
      const runs = guests.metric(CLIENT, 'virtwork_network_runs_total{result="success"}');
      const migration = {
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachineInstanceMigration',
        metadata: { name: 'move' },
        spec: { vmiName: SERVER },
      };
      here.kubectl('create -f -', JSON.stringify(migration));
      await eventually(() => expect(here.kubectl('get vmim move -o jsonpath={.status.phase}')).toBe('Succeeded'));
      expect(guests.instance(SERVER).status.nodeName).not.toBe(nodeName);
      await becomesReady();
      const moved = guests.launcher(SERVER).status.podIP;
      expect(moved).not.toBe(podIP);
      expect(await guests.run(SERVER, 'cat /proc/sys/kernel/random/boot_id; hostname -I')).toMatch(`${started}10.0.2.15 ${moved} `);
      await eventually(() => expect(guests.metric(CLIENT, 'virtwork_network_runs_total{result="success"}')).toBeGreaterThan(runs), 300);
    },
    BOOT,
  );

  withGuests(
    'a restart keeps the data disk and renews the root disk',
    async () => {
      const witness = randomUUID();
      const earlier = guests.instance(DISK).metadata.uid;
      await guests.run(DISK, `echo ${witness} | tee /root/witness /mnt/data/witness; sync`);
      await guests.restart(DISK);
      await becomesReady();
      expect(await guests.run(DISK, 'cat /mnt/data/witness; ls /root/witness 2>/dev/null || echo new')).toBe(`${witness}\nnew\n`);
      expect(readdirSync(folder)).not.toContain(earlier);
    },
    BOOT,
  );

  withGuests('cleanup leaves no process and no disk', () => guests.cleanUp(), BOOT);
});

describe('a measured workload in real guests', () => {
  withTrials(
    'its VMs start each trial together, and leave their results',
    async () => {
      const files = { 'files/usr/local/bin/virtwork-bench': COUNT, 'prepare.service': '' };
      const settings = '{ vm_count: 2, trials: { short: {}, long: { runtime: 4 } }, repeats: 2 }';
      writeFileSync(join(here.cwd, 'measured.yaml'), `workloads:\n  bench: ${settings}\n`);
      const flags = '--config measured.yaml --output-dir measured --guest-os debian --cpu-cores 1 --memory 448Mi';
      expect(await here.virtwork(`synth --catalog-dir ${measurable(files, COUNTER)} ${flags}`)).toMatchObject({ status: 0 });
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'measured')}`);
      await becomesReady();
      const { status, stdout } = await here.virtwork('results -o json');
      expect(status).toBe(0);
      const records = JSON.parse(stdout) as Result[];
      expect(records.map(({ vm, name, repeat }) => [vm, name, repeat])).toEqual(
        ['virtwork-bench-0', 'virtwork-bench-1'].flatMap((vm) =>
          [1, 2].flatMap((repeat) => ['short', 'long'].map((name) => [vm, name, repeat])),
        ),
      );
      for (const { outcome, barrier, metrics } of records) {
        expect({ outcome, barrier }).toMatchObject({ outcome: 'done', barrier: { expected: 2, arrived: 2, outcome: 'together' } });
        expect(metrics.rounds).toBeGreaterThan(0);
      }
    },
    BOOT,
  );

  withGuests('cleanup leaves no process and no disk', () => guests.cleanUp('--delete-namespace'), BOOT);
});
