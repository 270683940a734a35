import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/companion/objects';
import { parseBytes } from '../../src/kubernetes/quantity';
import { loadPlan } from '../../src/load-plan';
import type { QuotaPlan } from '../../src/plan/component-plan';
import type { Plan } from '../../src/plan/plan';
import { eventually, type Place, place } from './cluster';

/** Its storage, and the defaults of KubeVirt, which a cluster may change. */
const inTheBed = process.env.TEST_BED ? describe : describe.skip;

/** Storage on which guests can migrate. */
const STORAGE = 'storage_class: shared\naccess_modes: [ReadWriteMany]\nvolume_mode: Block\n';

/** Renders the base of a configuration with its components, and an overlay that includes them. @returns the plan */
async function rendered(here: Place, config: string): Promise<Plan> {
  writeFileSync(join(here.cwd, 'virtwork.yaml'), `namespace: ${here.namespace}\n${config}`);
  expect(await here.virtwork('synth')).toMatchObject({ status: 0 });
  const { plan } = await loadPlan({ flags: {}, env: {}, cwd: here.cwd });
  const components = (plan.components ?? []).map(({ kind }) => `../dist/components/${kind}`);
  mkdirSync(join(here.cwd, 'overlay'));
  writeFileSync(join(here.cwd, 'overlay/kustomization.yaml'), JSON.stringify({ resources: ['../dist'], components }));
  return plan;
}

/** Applies the overlay until the API server accepts all of it: a new quota admits VMs once its controller has counted. */
async function apply(here: Place): Promise<void> {
  await eventually(() => here.kubectl('apply --server-side --validate=strict -k overlay'));
}

interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly resources?: { readonly [kind in 'requests' | 'limits']?: { readonly cpu?: string; readonly memory?: string } };
}

type Pod = KubeObject & { readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] } };

function millis(quantity: string): bigint {
  return quantity.endsWith('m') ? BigInt(quantity.slice(0, -1)) : BigInt(Math.round(Number(quantity) * 1000));
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

/** What a quota counts for a pod, by the rules of Kubernetes for init containers and sidecars. */
function counted({ spec: { containers, initContainers = [] } }: Pod, kind: 'requests' | 'limits'): Amounts {
  const of = ({ resources }: Container, resource: keyof Amounts) => {
    const quantity = resources?.[kind]?.[resource] ?? '0';
    return resource === 'cpu' ? millis(quantity) : (parseBytes(quantity) ?? 0n);
  };
  const amount = (resource: keyof Amounts) => {
    let sidecars = 0n;
    let first = 0n;
    for (const container of initContainers) {
      if (container.restartPolicy === 'Always') sidecars += of(container, resource);
      first = larger(first, sidecars + (container.restartPolicy === 'Always' ? 0n : of(container, resource)));
    }
    const running = containers.reduce((sum: bigint, container: Container) => sum + of(container, resource), sidecars);
    return larger(running, first);
  };
  return { cpu: amount('cpu'), memory: amount('memory') };
}

function launchers(here: Place): Pod[] {
  return here.list('pods', '-l', 'kubevirt.io=virt-launcher') as Pod[];
}

function vmOf({ metadata }: Pod): string {
  return metadata.labels?.['vm.kubevirt.io/name'] ?? '';
}

interface Quota extends KubeObject {
  readonly status?: { readonly hard?: { readonly [resource: string]: string }; readonly used?: { readonly [resource: string]: string } };
}

function quotaIn(here: Place): Quota {
  return here.list('resourcequotas')[0] as Quota;
}

inTheBed('the quota of a base', () => {
  const here = place();
  let plan: Plan;

  beforeAll(async () => {
    plan = await rendered(
      here,
      `${STORAGE}components: [quota, network-policy, pod-security]\nvm_count: 2\nworkloads:\n  cpu: {}\n  disk: {}\n  network: { memory: 3Gi, cpu_cores: 3 }\n`,
    );
    await apply(here);
  });

  test('admits all VMs of it, and their pods use what it counts for them', async () => {
    expect(await here.virtwork('wait --timeout 4m')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('8 of 8 VMs ready') as unknown as string,
    });
    const { hard } = plan.components?.[0] as QuotaPlan;
    const ofVms = (resource: string) => {
      const parts = hard.find((line) => line.resource === resource)?.parts.filter(({ what }) => what.startsWith('pods of ')) ?? [];
      return parts.filter(({ what }) => !what.includes('CDI')).reduce((sum, { count, each }) => sum + BigInt(count) * each, 0n);
    };
    // The controller may miss a pod that is created while it counts, and counts again after five minutes.
    await eventually(() => {
      const { used = {} } = quotaIn(here).status ?? {};
      expect({
        ...Object.fromEntries(['requests.memory', 'limits.memory'].map((key) => [key, parseBytes(used[key] ?? '0')])),
        ...Object.fromEntries(['requests.cpu', 'limits.cpu'].map((key) => [key, millis(used[key] ?? '0')])),
        vms: used['count/virtualmachines.kubevirt.io'],
        volumes: used['count/datavolumes.cdi.kubevirt.io'],
        pods: used.pods,
      }).toEqual({
        ...Object.fromEntries(['requests.memory', 'limits.memory', 'requests.cpu', 'limits.cpu'].map((key) => [key, ofVms(key)])),
        vms: '8',
        volumes: '2',
        pods: '8',
      });
    }, 400);
  });

  test('has policies that select the pods of their VMs', () => {
    const policies = new Map(here.list('networkpolicies').map((policy) => [policy.metadata.name, policy.spec?.podSelector.matchLabels]));
    const selected = (name: string) => {
      const labels = Object.entries(policies.get(name) ?? {}).map(([key, value]) => `${key}=${value}`);
      return (here.list('pods', '-l', labels.join()) as Pod[]).map(vmOf).sort();
    };
    const servers = ['virtwork-network-server-0', 'virtwork-network-server-1'];
    expect(selected('virtwork-deny')).toEqual(launchers(here).map(vmOf).sort());
    expect(selected('virtwork-in-network-server')).toEqual(servers);
  });

  test('rejects one more VM', () => {
    const [vm] = here.list('vm', '-l', 'virtwork/workload=cpu');
    const more = { ...vm, metadata: { name: 'one-more', namespace: here.namespace }, status: undefined };
    expect(() => here.kubectl('create -f -', JSON.stringify(more))).toThrow(
      /exceeded quota: virtwork, requested: count\/virtualmachines\.kubevirt\.io=1, used: count\/virtualmachines\.kubevirt\.io=8/,
    );
  });

  test('admits the target of a migration', async () => {
    const migration = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceMigration',
      metadata: { name: 'move' },
      spec: { vmiName: 'virtwork-network-server-0' },
    };
    here.kubectl('create -f -', JSON.stringify(migration));
    await eventually(() =>
      expect(here.list('vmim')).toEqual([expect.objectContaining({ status: expect.objectContaining({ phase: 'Succeeded' }) })]),
    );
  });

  test('gives defaults to a pod that states nothing, as its LimitRange says', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other' },
      spec: { containers: [{ name: 'main', image: 'registry.invalid/none' }] },
    };
    here.kubectl('create -f -', JSON.stringify(pod));
    const [other] = here.list('pods', '--field-selector', 'metadata.name=other') as Pod[];
    expect(other?.spec.containers[0]?.resources).toEqual({
      requests: { cpu: '100m', memory: '60M' },
      limits: { cpu: '750m', memory: '600M' },
    });
  });

  test('does not find anything to change in a second apply', () => here.expectApplied('overlay'));
});

/** Settings that decide what the pod of a VM requests. */
const SETTINGS: { readonly [name: string]: string } = {
  plain: '{}',
  three: '{ cpu_cores: 3, memory: 3Gi }',
  large: '{ cpu_cores: 25 }',
  small: '{ resources: { requests: { cpu: 1m } } }',
  requests: '{ resources: { requests: { cpu: 500m, memory: 1Gi } } }',
  odd: '{ memory: 1500M, resources: { requests: { memory: 1234567890 } } }',
  limits: '{ resources: { limits: { cpu: 1500m, memory: 3Gi } } }',
  memory: '{ resources: { limits: { memory: 3Gi } } }',
  both: '{ resources: { requests: { cpu: 1, memory: 2Gi }, limits: { cpu: 2, memory: 3Gi } } }',
  overcommit: '{ overcommit: true }',
  dedicated: '{ cpu: { dedicated: true } }',
  isolated:
    '{ cpu: { sockets: 2, cores: 2, dedicated: true, isolate_emulator: true }, io_threads: { policy: supplementalPool, count: 2 } }',
  pool: '{ io_threads: { policy: supplementalPool, count: 4 } }',
  hugepages: '{ hugepages: 2Mi }',
  above: '{ hugepages: 2Mi, resources: { requests: { memory: 3Gi }, limits: { memory: 4Gi } } }',
  huge: '{ hugepages: 2Mi, cpu: { dedicated: true, numa: true } }',
  tpm: '{ tpm: true }',
};

inTheBed('the pod that virt-controller creates for a VM', () => {
  const here = place();

  test('requests and limits exactly what the quota counts, for every setting', async () => {
    const workloads = Object.entries(SETTINGS).map(([name, settings]) =>
      `  m-${name}: { entry: cpu, ${settings.slice(1)}\n`.replace(', }', ' }'),
    );
    const plan = await rendered(here, `${STORAGE}components: [quota]\nworkloads:\n${workloads.join('')}`);
    await apply(here);
    const expected = new Map((plan.components?.[0] as QuotaPlan).pods.map(({ of, launcher }) => [`virtwork-${of}-0`, launcher]));
    expect(expected.size).toBe(Object.keys(SETTINGS).length);
    await eventually(() => expect(launchers(here).map(vmOf).sort()).toEqual([...expected.keys()].sort()), 240);
    const differing = launchers(here).flatMap((pod) => {
      const name = vmOf(pod);
      const { requests, limits } = expected.get(name) ?? {};
      const made = { requests: counted(pod, 'requests'), limits: counted(pod, 'limits') };
      return shown(made) === shown({ requests, limits }) ? [] : [`${name}: is ${shown(made)}, counted ${shown({ requests, limits })}`];
    });
    expect(differing).toEqual([]);
  });
});

function shown(value: object): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each));
}
