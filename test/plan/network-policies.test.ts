import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { loadPlan } from '../../src/load-plan';
import type { NetworkPolicyPlan } from '../../src/plan/component-plan';
import type { RolePlan } from '../../src/plan/plan';
import { render } from '../../src/synth/render';
import type { Manifest } from '../../src/validation/manifest';
import { EXAMPLES } from '../support/entries';
import { type End, mayConnect, type NetworkPolicy, type Port } from '../support/network-policies';
import { planOf, tempDir, textOf } from '../support/render';

interface Vm extends Manifest {
  readonly spec: { readonly template: { readonly metadata: { readonly labels: { readonly [key: string]: string } } } };
}

/** The policies of a configuration, and its VMs as the pods that KubeVirt creates for them. */
interface Rendered {
  readonly policies: readonly NetworkPolicy[];
  readonly vm: (name: string) => End;
}

const NAMESPACE = 'virtwork';

async function rendered(flags: { readonly [flag: string]: unknown }, config = ''): Promise<Rendered> {
  const cwd = tempDir();
  if (config !== '') writeFileSync(join(cwd, 'virtwork.yaml'), config);
  const { plan } = await loadPlan({ flags: { components: 'network-policy', ...flags }, env: {}, cwd });
  const objects = render(plan).flatMap((file) => loadAll(textOf(file)) as Manifest[]);
  return {
    policies: objects.filter(({ kind }) => kind === 'NetworkPolicy') as NetworkPolicy[],
    vm: (name) => {
      const found = objects.find(({ kind, metadata }) => kind === 'VirtualMachine' && metadata.name === `virtwork-${name}`) as
        | Vm
        | undefined;
      if (!found) throw new Error(`no VM named ${name}`);
      return { namespace: NAMESPACE, labels: { ...found.spec.template.metadata.labels, 'kubevirt.io': 'virt-launcher' } };
    },
  };
}

function labelsOf(end: End): { readonly [key: string]: string } {
  return end === 'outside' ? {} : end.labels;
}

/** Pods that are not of the base. */
const OTHERS: { readonly [name: string]: End } = {
  outside: 'outside',
  stranger: { namespace: NAMESPACE, labels: { app: 'other', 'managed-by': 'virtwork' } },
  importer: { namespace: NAMESPACE, labels: { app: 'containerized-data-importer', 'cdi.kubevirt.io': 'importer' } },
  prometheus: { namespace: 'monitoring', labels: { app: 'prometheus' } },
  'virt-api': { namespace: 'kubevirt', labels: { 'kubevirt.io': 'virt-api' } },
  'virt-handler': { namespace: 'kubevirt', labels: { 'kubevirt.io': 'virt-handler' } },
  dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
};

describe('the built-in and example workloads', () => {
  let all: Rendered;

  beforeAll(async () => {
    all = await rendered({ workloads: 'all', 'from-catalog': EXAMPLES.join(), 'vm-count': '2', 'ssh-key': KEY });
  });

  /** A VM of the base, one of another run or namespace with the same labels, or another pod. */
  function end(name: string): End {
    const [who = '', where] = name.split('@');
    const found = OTHERS[who] ?? all.vm(who);
    if (where === 'run') return { namespace: NAMESPACE, labels: { ...labelsOf(found), 'virtwork/run-id': 'another' } };
    return where === undefined ? found : { namespace: where, labels: labelsOf(found) };
  }

  test.each<[string, readonly [from: string, to: string, port: Port][]]>([
    [
      'clients reach their servers',
      [
        ['network-client-0', 'network-server-0', 'TCP/5201'],
        ['network-client-0', 'network-server-1', 'TCP/5201'],
        ['tps-client-0', 'tps-server-0', 'TCP/12865'],
        ['tps-client-0', 'tps-server-0', 'TCP/12866'],
        ['tps-client-1', 'tps-server-1', 'TCP/8080'],
        ['redis-bench-client-0', 'redis-bench-server-0', 'TCP/6379'],
      ],
    ],
    [
      'the health endpoint answers the proxy of the API server and Prometheus',
      [
        ['outside', 'cpu-0', 'TCP/9998'],
        ['prometheus', 'network-server-0', 'TCP/9998'],
        ['prometheus', 'chaos-disk-0', 'TCP/9998'],
      ],
    ],
    ['measured VMs ask their leader', [['fio-bench-1', 'fio-bench-0', 'TCP/9998']]],
    [
      'all guests use DNS and download packages',
      [
        ['cpu-0', 'dns', 'UDP/53'],
        ['cpu-0', 'dns', 'TCP/5353'],
        ['chaos-network-0', 'outside', 'UDP/53'],
        ['memory-0', 'outside', 'TCP/443'],
        ['disk-1', 'outside', 'TCP/80'],
      ],
    ],
    ['guests with a credential reach the API server', [['chaos-migration-0', 'outside', 'TCP/6443']]],
    ['virtctl ssh reaches the guests', [['virt-api', 'cpu-0', 'TCP/22']]],
    [
      'what is not of the base is as before',
      [
        ['stranger', 'importer', 'TCP/1234'],
        ['importer', 'outside', 'TCP/443'],
        ['cpu-0@run', 'stranger', 'TCP/1234'],
        ['stranger', 'cpu-0@run', 'TCP/5201'],
        ['cpu-0@elsewhere', 'stranger', 'TCP/1234'],
      ],
    ],
  ])('%s', (_, connections) => {
    const denied = connections.filter(([from, to, port]) => !mayConnect(all.policies, end(from), end(to), port));
    expect(denied).toEqual([]);
  });

  test.each<[string, readonly [from: string, to: string, port: Port][]]>([
    [
      'other workloads, runs, namespaces and pods reach no server',
      [
        ['cpu-0', 'network-server-0', 'TCP/5201'],
        ['tps-client-0', 'network-server-0', 'TCP/5201'],
        ['network-client-0@run', 'network-server-0', 'TCP/5201'],
        ['network-client-0@elsewhere', 'network-server-0', 'TCP/5201'],
        ['stranger', 'network-server-0', 'TCP/5201'],
        ['outside', 'tps-server-0', 'TCP/8080'],
        ['prometheus', 'redis-bench-server-0', 'TCP/6379'],
        ['chaos-process-0', 'redis-bench-server-0', 'TCP/6379'],
      ],
    ],
    [
      'clients reach no other port, no client, and no server of another workload',
      [
        ['network-client-0', 'network-server-0', 'TCP/8080'],
        ['network-client-0', 'network-server-0', 'UDP/5201'],
        ['network-client-0', 'network-client-1', 'TCP/5201'],
        ['network-server-0', 'network-client-0', 'TCP/5201'],
        ['network-client-0', 'tps-server-0', 'TCP/12865'],
      ],
    ],
    [
      'VMs that have nothing to do with each other do not reach each other',
      [
        ['cpu-0', 'cpu-1', 'TCP/9998'],
        ['cpu-0', 'fio-bench-0', 'TCP/9998'],
        ['disk-0', 'stranger', 'TCP/8080'],
      ],
    ],
    [
      'only guests with a credential reach the API server at its own port',
      [
        ['cpu-0', 'outside', 'TCP/6443'],
        ['chaos-network-0', 'outside', 'TCP/6443'],
      ],
    ],
    [
      'guests reach nothing else outside',
      [
        ['cpu-0', 'outside', 'TCP/25'],
        ['chaos-migration-0', 'outside', 'TCP/2379'],
        ['database-0', 'outside', 'TCP/5432'],
      ],
    ],
    [
      'nothing else reaches the guests',
      [
        ['outside', 'cpu-0', 'TCP/22'],
        ['virt-handler', 'cpu-0', 'TCP/22'],
        ['stranger', 'database-0', 'TCP/5432'],
        ['virt-api', 'cpu-0', 'TCP/80'],
      ],
    ],
  ])('%s', (_, connections) => {
    const allowed = connections.filter(([from, to, port]) => mayConnect(all.policies, end(from), end(to), port));
    expect(allowed).toEqual([]);
  });

  test('every port of every Service is reachable for the VMs of its workload', async () => {
    const { workloads } = await planOf({ workloads: 'all', 'from-catalog': EXAMPLES.join() });
    const services = workloads.flatMap((workload) => workload.services.map((service) => ({ workload, service })));
    expect(services.length).toBeGreaterThan(5);
    for (const { workload, service } of services) {
      const targets = workload.roles.filter(({ role }) => service.role === undefined || service.role === role);
      const names = (roles: readonly RolePlan[]) => roles.flatMap(({ vms }) => vms.map(({ name }) => name.replace('virtwork-', '')));
      for (const from of names(workload.roles)) {
        for (const to of names(targets)) {
          for (const { port, protocol } of service.ports) {
            expect([from, to, port, mayConnect(all.policies, end(from), end(to), `${protocol}/${port}`)]).toEqual([from, to, port, true]);
          }
        }
      }
    }
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA admin@example.com';

/** Ports outside that the only VM of the workload cpu may reach, among these. */
async function outside(flags: { readonly [flag: string]: unknown }, config = ''): Promise<string[]> {
  const { policies, vm } = await rendered({ workloads: 'cpu', ...flags }, config);
  const ports: Port[] = ['TCP/21', 'TCP/80', 'TCP/443', 'TCP/3128', 'TCP/8081', 'TCP/8443', 'TCP/6443'];
  return ports.filter((port) => mayConnect(policies, vm('cpu-0'), 'outside', port));
}

/** A file with repositories. */
function repositories(text: string): string {
  const path = join(tempDir(), 'mirror.repo');
  writeFileSync(path, text);
  return path;
}

const REPOSITORY =
  '[mirror]\nname=mirror\nenabled=1\ngpgcheck=0\n# baseurl=http://old.example.com:8443/\nbaseurl=http://mirror.example.com:8081/fedora\n';
const PROXY = '{ http: "http://proxy.example.com:3128", https: "http://user:secret@proxy.example.com:3128" }';

test.each<[string, () => { readonly [flag: string]: unknown }, readonly string[]]>([
  ['no settings', () => ({}), ['TCP/80', 'TCP/443']],
  ['packages of the image alone', () => ({ packages: 'present' }), []],
  ['no packages', () => ({ packages: 'none' }), []],
  ['a mirror', () => ({ 'package-repositories': repositories(REPOSITORY) }), ['TCP/80', 'TCP/443', 'TCP/8081']],
  ['a proxy for everything', () => ({ proxy: PROXY }), ['TCP/3128']],
  ['a proxy for http', () => ({ proxy: '{ http: "http://proxy.example.com:3128" }' }), ['TCP/443', 'TCP/3128']],
  ['a proxy without a port', () => ({ proxy: '{ http: "https://proxy.example.com", https: "https://proxy.example.com" }' }), ['TCP/443']],
  ['a proxy with an address', () => ({ proxy: '{ http: "http://[fd00::1]:8081/", https: "http://[fd00::1]:8081" }' }), ['TCP/8081']],
  [
    'a proxy that some hosts do not use',
    () => ({ proxy: PROXY.replace(' }', ', no_proxy: [mirror] }'), 'package-repositories': repositories(REPOSITORY) }),
    ['TCP/80', 'TCP/443', 'TCP/3128', 'TCP/8081'],
  ],
])('guests with %s download from these ports', async (_, flags, expected) => {
  expect(await outside(flags())).toEqual(expected);
});

test('the first policy alone denies everything in both directions', async () => {
  const { policies, vm } = await rendered({ workloads: 'cpu' });
  const deny = policies.slice(0, 1);
  expect(deny.map(({ metadata }) => metadata.name)).toEqual(['virtwork-deny']);
  for (const port of ['TCP/9998', 'UDP/53', 'TCP/443'] as const) {
    expect([mayConnect(deny, vm('cpu-0'), 'outside', port), mayConnect(deny, 'outside', vm('cpu-0'), port)]).toEqual([false, false]);
  }
});

test('settings of one workload count for its VMs alone', async () => {
  const config = `
workloads:
  cpu: { health_port: 8000, packages: none }
  memory: { health_port: 0 }
  disk: { proxy: { http: "http://proxy:3128", https: "http://proxy:3128" } }
`;
  const { policies, vm } = await rendered({}, config);
  const may = (from: End, to: End, port: Port) => mayConnect(policies, from, to, port);
  expect([may('outside', vm('cpu-0'), 'TCP/8000'), may('outside', vm('cpu-0'), 'TCP/9998')]).toEqual([true, false]);
  expect([may('outside', vm('memory-0'), 'TCP/9998'), may('outside', vm('disk-0'), 'TCP/9998')]).toEqual([false, true]);
  expect(['cpu-0', 'memory-0', 'disk-0'].map((name) => may(vm(name), 'outside', 'TCP/80'))).toEqual([false, true, false]);
  expect(['cpu-0', 'memory-0', 'disk-0'].map((name) => may(vm(name), 'outside', 'TCP/3128'))).toEqual([false, false, true]);
});

test.each([
  ['params: { traffic-network: a }', 'dhcp', true],
  ['trials: { x: { traffic-network: a } }', 'dhcp', true],
  ['params: { traffic-network: a }', '192.0.2.10-192.0.2.19/24', false],
])('clients ask the health endpoints of their servers: %s with %s, %s', async (more, addresses, expected) => {
  const networks = `[{ pod: masquerade }, { name: a, multus: b, addresses: ${addresses} }]`;
  const { policies, vm } = await rendered({}, `workloads: { network: { networks: ${networks}, ${more} } }\n`);
  expect(mayConnect(policies, vm('network-client-0'), vm('network-server-0'), 'TCP/9998')).toBe(expected);
});

test('without an account, nothing connects with SSH', async () => {
  const { policies, vm } = await rendered({ workloads: 'cpu' });
  expect(mayConnect(policies, OTHERS['virt-api'] as End, vm('cpu-0'), 'TCP/22')).toBe(false);
});

test('there are as many policies for 10,000 VMs as for one', async () => {
  const count = async (vms: string) => {
    const { components } = await planOf({ components: 'network-policy', workloads: 'network', 'vm-count': vms });
    return (components?.[0] as NetworkPolicyPlan).policies.length;
  };
  expect(await count('5000')).toBe(await count('1'));
});

test('another run in the namespace has policies of its own', async () => {
  const { policies } = await rendered({ workloads: 'cpu', run: 'second' });
  for (const { metadata } of policies) expect(metadata.name).toMatch(/^virtwork-[a-z0-9-]+-[0-9a-f]{8}$/);
});
