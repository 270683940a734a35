import { ApiObject, App, Chart } from 'cdk8s';
import { dump } from 'js-yaml';
import { PlannedWorkload } from '../../src/constructs/planned-workload';
import type { Plan } from '../../src/plan/plan';
import { guestsOf } from '../../src/synth/guests';
import { render, renderStream } from '../../src/synth/render';
import { stamper } from '../../src/synth/stamp';
import { YAML_STYLE } from '../../src/yaml/to-yaml';
import { EXAMPLES } from '../support/entries';
import { measurable } from '../support/measured';
import { planOf, textOf } from '../support/render';

/** Each object by its construct and js-yaml: slow, but without any shortcut. */
function oneByOne(plan: Plan): string[] {
  return plan.workloads.map((workload) => {
    const chart = new Chart(new App(), 'chart');
    new PlannedWorkload(chart, 'workload', { plan: workload, guests: guestsOf(workload) });
    const objects = chart.node.findAll().filter(ApiObject.isApiObject) as ApiObject[];
    return objects.map((object) => dump(object.toJson(), YAML_STYLE)).join('---\n');
  });
}

describe('stamped VMs', () => {
  test.each([
    { workloads: 'cpu,disk', 'vm-count': '3' },
    { workloads: 'network,tps', 'vm-count': '12' },
    { workloads: 'all', 'vm-count': '2', 'storage-class': 'fast', 'access-modes': 'ReadWriteMany', 'volume-mode': 'Block' },
    { 'from-catalog': EXAMPLES.join(), 'vm-count': '2', 'guest-os': 'debian' },
    { workloads: 'database', boot: 'dataSource:os-images/rhel9', 'guest-os': 'rhel', 'health-port': '0', 'ssh-existing-secret': 'keys' },
    {
      workloads: 'network',
      'vm-count': '12',
      networks:
        '[{ pod: masquerade, ipv6: true, mac: 52-54-00-12-34-56 }, { name: a, multus: b, addresses: [192.0.2.1-192.0.2.99/24, "fd00::1-fd00::ff/64"] }, { name: c, multus: d }]',
    },
  ])('are byte for byte the same as each VM by its construct: %j', async (flags) => {
    const plan = await planOf(flags);
    const files = render(plan).filter((file) => plan.workloads.some((workload) => file.name === `${workload.name}.yaml`));
    expect(files.map((file) => textOf(file).replaceAll(/^#.*\n/gm, ''))).toEqual(oneByOne(plan));
  });

  test('are the same in a measured workload', async () => {
    const plan = await planOf({ 'catalog-dir': measurable(), 'from-catalog': 'bench', 'vm-count': '3' });
    expect(plan.workloads[0]?.roles[0]?.trials?.expected).toBe(3);
    const files = render(plan).filter((file) => file.name === 'bench.yaml');
    expect(files.map((file) => textOf(file).replaceAll(/^#.*\n/gm, ''))).toEqual(oneByOne(plan));
  });

  test('contain no marks', async () => {
    const text = [...renderStream(await planOf({ workloads: 'all', 'vm-count': '3' }))].join('');
    expect(text).not.toMatch(/[\ue000\ue001]/);
  });

  test('have their values instead of every mark', () => {
    const stamp = stamper('a: \ue000name\ue001\nb: x-\ue000name\ue001\nc: \ue000uuid\ue001 \ue000pair\ue001\n');
    expect(stamp({ name: 'n', uuid: 'u', pair: 'p' })).toBe('a: n\nb: x-n\nc: u p\n');
  });
});
