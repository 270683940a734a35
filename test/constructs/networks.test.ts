import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { networkDevices, networks } from '../../src/constructs/networks';
import { VirtualMachine } from '../../src/constructs/virtual-machine';
import type { NetworkPlan, RolePlan } from '../../src/plan/plan';
import { planOf, tempDir } from '../support/render';
import { run } from '../support/run';

test('the default is the pod network with masquerade', () => {
  expect(networks({})).toEqual({ networks: [{ name: 'default', pod: {} }] });
  expect(networkDevices({}, {})).toEqual({ interfaces: [{ name: 'default', model: 'virtio', masquerade: {} }] });
});

test.each<[NetworkPlan, string | undefined, object, object]>([
  [{ name: 'default', binding: 'bridge', model: 'virtio' }, undefined, { name: 'default', pod: {} }, { model: 'virtio', bridge: {} }],
  [
    { name: 'default', binding: 'l2bridge', model: 'virtio' },
    undefined,
    { name: 'default', pod: {} },
    { model: 'virtio', binding: { name: 'l2bridge' } },
  ],
  [
    { name: 'a', multus: 'ns/b', binding: 'bridge', model: 'e1000e' },
    'ae:00:00:00:00:01',
    { name: 'a', multus: { networkName: 'ns/b' } },
    { model: 'e1000e', macAddress: 'ae:00:00:00:00:01', bridge: {} },
  ],
  [{ name: 'a', multus: 'b', binding: 'sriov' }, undefined, { name: 'a', multus: { networkName: 'b' } }, { sriov: {} }],
])('%j', (network, mac, source, card) => {
  expect(networks({ networks: [network] })).toEqual({ networks: [source] });
  const cards = mac === undefined ? {} : { cards: [{ mac, addresses: [] }] };
  expect(networkDevices({ networks: [network], networkMultiqueue: true }, cards)).toEqual({
    interfaces: [{ name: network.name, ...card }],
    networkInterfaceMultiqueue: true,
  });
});

/** The spec of a VM of cpu. */
async function specOf(flags: object) {
  const [role] = (await planOf({ workloads: 'cpu', ...flags })).workloads[0]?.roles ?? [];
  const chart = Testing.chart();
  new VirtualMachine(chart, 'vm', { role: role as RolePlan, vm: (role as RolePlan).vms[0] as never, userDataHash: '' });
  return Testing.synth(chart)[0].spec.template.spec;
}

describe('without a pod network', () => {
  const flags = { networks: '[{ name: a, multus: b }]' };

  test('the probe runs the health check through the guest agent', async () => {
    const { readinessProbe } = await specOf(flags);
    expect(readinessProbe.httpGet).toBeUndefined();
    const [shell, , script] = readinessProbe.exec.command as string[];
    const folder = tempDir();
    const asked = (status: string, answer: string) => {
      const health = join(folder, 'health');
      writeFileSync(
        health,
        `#!/bin/bash\nread -r line\n[[ $line == $'GET /healthz HTTP/1.0\\r' ]] && printf 'HTTP/1.1 ${status}\\r\\n\\r\\n${answer}'\n`,
        {
          mode: 0o755,
        },
      );
      return run(shell as string, ['-c', (script as string).replace('/usr/local/bin/virtwork-health', health)]).status;
    };
    expect(asked('200 OK', 'ok')).toBe(0);
    expect(asked('503 Service Unavailable', 'HTTP/1.1 200')).not.toBe(0);
  });

  test('health_port 0 removes it', async () => {
    expect((await specOf({ ...flags, 'health-port': '0' })).readinessProbe).toBeUndefined();
  });
});

test('the network data of a VM is in its volume, next to the user data of all', async () => {
  const { volumes } = await specOf({ networks: '[{ pod: masquerade, ipv6: true }]' });
  expect(volumes[1].cloudInitNoCloud).toEqual({
    secretRef: { name: 'virtwork-cpu-cloudinit' },
    networkData: expect.stringContaining('"addresses": [ "fd10:0:2::2/120" ]'),
  });
});
