import { apiServer, inBed, kubeconfigFor, Place } from './cluster';
import { FaultyProxy } from './faulty-proxy';

const COUNT = 1000;
const HOUR = 3_600_000;

// A test of `npm run test:cluster -- --all`. Copy its figures to docs/companion.md by hand.
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
