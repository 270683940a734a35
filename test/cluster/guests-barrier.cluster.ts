import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { KubeObject } from '../../src/companion/objects';
import type { Result } from '../../src/results/result';
import { measurable } from '../support/measured';
import { type Ended, ended, run, start } from '../support/run';
import { isInstalled } from '../support/tools';
import { TrialGuest } from '../support/trial-guest';
import { place } from './cluster';
import { withGuests } from './guest/guests';

/** This machine runs two to four guests in QEMU. Here the scripts of each guest run as processes of this machine. */
const GUESTS = 16;
const TRIALS = 5;
const LEADER = 'virtwork-bench-0';
const PORT = 9998;
/** Milliseconds between the first guest and the last one. */
const TOGETHER = 50;

const MANIFEST = `description: Notes when it passes the barrier
results: [{ key: passed, unit: s, better: less, vms: mean }]
trial: { fixed: 1 }
`;
/** Leaves the time at which the guest went on from the barrier. All guests have the clock of this machine. */
const TRIAL = '#!/bin/bash\nprintf \'{"metrics":{"passed":%s}}\' "$(cat "$FAKE_UNITS/passed")" >"$VIRTWORK_RESULT"\n';

/** A guest has processors of its own. Here all guests share those of this machine, and come before its other work. */
const FIRST = ['chrt', '--rr', '1'];

const together: jest.It =
  isInstalled('systemd-socket-activate') && isInstalled('jq') && run('chrt', ['--rr', '1', 'true']).status === 0
    ? withGuests
    : (test.skip as unknown as jest.It);

const here = place();
const processes: ChildProcess[] = [];
afterAll(() => {
  for (const each of processes) each.kill();
});

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
}

type EndpointSlice = KubeObject & { readonly endpoints: readonly { readonly hostname?: string }[] };

/** The files in /etc/virtwork, from the user data in the API server. */
function settings(): [path: string, content: string][] {
  const { data } = JSON.parse(here.kubectl('get secret virtwork-bench-cloudinit -o json')) as { data: { userdata: string } };
  const { write_files } = load(Buffer.from(data.userdata, 'base64').toString()) as CloudConfig;
  return write_files.filter(({ path }) => path.startsWith('/etc/virtwork/')).map(({ path, content }) => [path.slice(1), content]);
}

/** A guest that answers at the address of its pod. */
function guestAt(address: string, vm: string, files: readonly [path: string, content: string][]): TrialGuest {
  const guest = new TrialGuest({ group: 'bench', index: Number(vm.split('-').at(-1)), trials: [] });
  for (const [path, content] of files) guest.write(path.replace('etc/virtwork/', 'etc/'), content);
  const barrier = `bash ${guest.program('virtwork-barrier')} "$@"`;
  guest.write('bin/virtwork-barrier', `#!/bin/bash\n${barrier}\necho "$EPOCHREALTIME" >"$FAKE_UNITS/passed"\n`, 0o755);
  guest.unit('virtwork-bench-trial.service', TRIAL);
  // The leader asks itself.
  processes.push(guest.serve(PORT, [address, ...(vm === LEADER ? ['127.0.0.1'] : [])], FIRST));
  return guest;
}

/** Runs all trials, where names are looked up as in a guest: at the DNS of the bed, in the domain of the headless Service. */
function runTrials(guest: TrialGuest): Promise<Ended> {
  const domain = `${here.namespace}.svc.cluster.local`;
  guest.write('resolv.conf', `nameserver 10.96.0.10\nsearch virtwork-bench-peers.${domain} ${domain}\n`);
  const within = 'mount --bind "$1" /etc/resolv.conf && exec bash "$2"';
  const command = [...FIRST, 'bash', '-c', within, 'sh', join(guest.dir, 'resolv.conf'), guest.program('virtwork-trials')];
  const env = { ...guest.env, VIRTWORK_BIN_DIR: join(guest.dir, 'bin') };
  // Bash would read the user's own settings if its standard input was a socket.
  const child = start('unshare', ['--mount', ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  return ended(child, 300);
}

/** Milliseconds between the first guest and the last one, for each trial in ascending order. */
function spreads(records: readonly Result[]): number[] {
  const ids = [...new Set(records.map(({ trial }) => trial))];
  const times = ids.map((id) => records.filter(({ trial }) => trial === id).map(({ metrics }) => metrics?.passed as number));
  return times.map((each) => 1000 * (Math.max(...each) - Math.min(...each))).sort((a, b) => a - b);
}

together('16 guests behind a headless Service pass the barrier within 50 ms', async () => {
  const catalog = measurable({ 'prepare.service': '' }, MANIFEST);
  const config = `workloads:\n  bench: { vm_count: ${GUESTS}, trials: { start: {} }, repeats: ${TRIALS} }\n`;
  writeFileSync(join(here.cwd, 'virtwork.yaml'), config);
  expect(await here.virtwork(`run --from-catalog bench --catalog-dir ${catalog} --timeout 8m`)).toMatchObject({ status: 0 });
  const slices = here.list('endpointslices', '-l', 'kubernetes.io/service-name=virtwork-bench-peers') as EndpointSlice[];
  expect(slices.flatMap(({ endpoints }) => endpoints.map(({ hostname }) => hostname))).toHaveLength(GUESTS);

  const files = settings();
  const guests = [...here.vmsByAddress()].map(([address, vm]) => guestAt(address, vm, files));
  await sleep(1000);
  const runs: Promise<Ended>[] = [];
  for (const guest of guests) {
    runs.push(runTrials(guest));
    await sleep(200);
  }
  for (const { status, stderr } of await Promise.all(runs)) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

  const { status, stdout } = await here.virtwork('results -o json');
  const records = JSON.parse(stdout) as Result[];
  expect({ status, count: records.length }).toEqual({ status: 0, count: GUESTS * TRIALS });
  for (const { barrier } of records) expect(barrier).toMatchObject({ expected: GUESTS, arrived: GUESTS, ahead: 0, outcome: 'together' });
  const all = spreads(records);
  process.stderr.write(`16 guests pass the barrier within ${all.map((each) => each.toFixed(0)).join(', ')} ms\n`);
  // The median, for this machine also does other work.
  expect(all[Math.floor(TRIALS / 2)]).toBeLessThanOrEqual(TOGETHER);
});
