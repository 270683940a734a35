import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measurable } from '../support/measured';
import { ended, start } from '../support/run';
import { member, record, state } from '../support/trial-records';
import { apiServer, inBed, inNetwork, kubeconfigFor, Place } from './cluster';
import { FakeGuests } from './fake-guests';
import { FaultyProxy } from './faulty-proxy';

const COUNT = 1000;
/** Measured VMs, and the trials of each. */
const [MEASURED, TRIALS] = [256, 12];
const HOUR = 3_600_000;

// Tests of `npm run test:cluster -- --all`. Copy their figures to docs/companion.md by hand.
inBed(
  `${COUNT} VMs come and go`,
  async () => {
    const here = new Place();
    const proxy = new FaultyProxy({ ...apiServer(), share: 0 });
    const kubeconfig = kubeconfigFor(await proxy.listen());
    const figures: string[] = [];
    const measured = async (args: string) => {
      const [calls, began] = [proxy.calls, performance.now()];
      const { status, stdout, stderr } = await here.virtwork(`${args} --kubeconfig ${kubeconfig}`, {}, HOUR / 1000);
      figures.push(`${args}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${proxy.calls - calls} requests`);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    };
    try {
      expect((await here.virtwork(`synth --workloads cpu --vm-count ${COUNT}`)).status).toBe(0);
      await measured('apply');
      expect(await measured('wait --timeout 60m')).toContain(`${COUNT} of ${COUNT} VMs ready`);
      await measured('status');
      await measured('cleanup --yes --timeout 60m');
      expect(here.labelled()).toEqual([]);
    } finally {
      proxy.close();
      console.log(figures.join('\n'));
      here.remove();
    }
  },
  2 * HOUR,
);

inNetwork(
  `the results of ${MEASURED} VMs with ${TRIALS} trials`,
  async () => {
    const here = new Place();
    const answers = new Map(Array.from({ length: MEASURED }, (_, index) => [`virtwork-bench-${index}`, answerOf(index)]));
    let vms = new Map<string, string>();
    const vmAt = (address: string) => vms.get(address);
    const fake = new FakeGuests(
      vmAt,
      (vm) => (path) => (path === '/results' ? { body: answers.get(vm) as Buffer } : { status: 500, body: '' }),
    );
    const port = await fake.listen();
    const settings = `{ vm_count: ${MEASURED}, trials: { a: {} }, repeats: ${TRIALS} }`;
    writeFileSync(join(here.cwd, 'virtwork.yaml'), `health_port: ${port}\nworkloads:\n  bench: ${settings}\n`);
    const flags = `--from-catalog bench --catalog-dir ${measurable()} --access-modes ReadWriteMany --timeout 50m`;
    try {
      expect(await here.virtwork(`run ${flags}`, {}, HOUR / 1000)).toMatchObject({ status: 0 });
      vms = here.vmsByAddress();
      const figures: string[] = [];
      for (const args of ['results', 'results -o runs', 'results -o json']) {
        const began = performance.now();
        const [program = '', ...words] = here.command(args);
        const { status, stdout, stderr } = await ended(start('/usr/bin/time', ['-f', '%M', program, ...words], { cwd: here.cwd }), 600);
        figures.push(
          `${args}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024)} MiB`,
        );
        expect({ status, said: stdout.slice(-60) }).toMatchObject({ status: 0 });
      }
      const size = [...answers.values()].reduce((sum, { length }) => sum + length, 0);
      console.log(`${(size / 2 ** 20).toFixed(1)} MiB in all\n${figures.join('\n')}`);
    } finally {
      await fake.close();
      here.remove();
    }
  },
  2 * HOUR,
);

/** An answer of the usual size: two sections with histograms in each record, about 10 kB compressed. */
function answerOf(index: number): Buffer {
  const vm = `virtwork-bench-${index}`;
  const trials = Array.from({ length: TRIALS }, (_, trial) => String(trial + 1).padStart(3, '0'));
  const bins = () => Array.from({ length: 700 }, (_, bin): [number, number] => [1000 + bin * bin, Math.floor(Math.random() * 100_000)]);
  const histogram = () => ({ unit: 'ns', count: 1_000_000, bins: bins() });
  const common = { vm, index, group: 'bench', workload: 'bench', name: 'a' };
  const records = trials.map((trial) =>
    record({ ...common, trial, histograms: { 'read-latency': histogram(), 'write-latency': histogram() } }),
  );
  return Buffer.concat([state({ vm, index, group: 'bench', records: trials }), ...records].map(member));
}
