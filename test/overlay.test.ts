import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBase } from '../src/synth/base';
import { render } from '../src/synth/render';
import type { Manifest } from '../src/validation/manifest';
import { EXAMPLES } from './support/entries';
import { kustomize } from './support/kustomize';
import { likePooled, vmOfPool } from './support/pool';
import { planOf, ROOT, tempDir } from './support/render';
import { needs } from './support/tools';

type Labels = { readonly [key: string]: string };
interface Selecting {
  readonly labelSelector: { readonly matchLabels: Labels };
}
interface Vm extends Manifest {
  readonly spec: {
    readonly dataVolumeTemplates?: readonly {
      readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations?: Labels };
    }[];
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
      readonly spec: {
        readonly subdomain?: string;
        readonly topologySpreadConstraints: readonly Selecting[];
        readonly affinity?: {
          readonly podAntiAffinity: {
            readonly preferredDuringSchedulingIgnoredDuringExecution: readonly { readonly podAffinityTerm: Selecting }[];
          };
        };
        readonly volumes: readonly {
          readonly cloudInitNoCloud?: { readonly secretRef: { readonly name: string } };
          readonly dataVolume?: { readonly name: string };
          readonly secret?: { readonly secretName: string };
          readonly name: string;
          readonly containerDisk?: { readonly image: string };
        }[];
      };
    };
  };
}
interface Pool extends Manifest {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly virtualMachineTemplate: { readonly metadata: { readonly labels: Labels } };
  };
}
interface Binding extends Manifest {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}
interface Service extends Manifest {
  readonly spec: { readonly selector: Labels; readonly clusterIP?: string };
}

const OVERLAY = `
resources: [../base]
namespace: elsewhere
namePrefix: blue-
nameSuffix: -two
images:
  - {name: quay.io/containerdisks/fedora, newName: mirror.example.com/fedora, newTag: "44"}
labels:
  - pairs: {team: storage}
    includeTemplates: true
    includeSelectors: true
`;

let dir: string;

beforeAll(async () => {
  dir = tempDir();
  writeBase(join(dir, 'base'), render(await planOf({ workloads: 'all', 'from-catalog': EXAMPLES.join(), 'vm-count': '2' })));
});

/** The objects that kubectl builds from the base with an overlay. */
function overlaid(overlay: string): Manifest[] {
  const folder = mkdtempSync(join(dir, 'overlay-'));
  writeFileSync(join(folder, 'kustomization.yaml'), overlay);
  return kustomize(folder);
}

function ofKind<T extends Manifest>(objects: readonly Manifest[], kind: string): T[] {
  return objects.filter((object) => object.kind === kind) as T[];
}

function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

describe('an overlay with prefix, suffix, namespace, images and labels', () => {
  let objects: Manifest[];
  let vms: Vm[];
  const kubectl = needs('kubectl');

  beforeAll(() => {
    objects = (kubectl as unknown) === test.skip ? [] : overlaid(OVERLAY);
    vms = ofKind<Vm>(objects, 'VirtualMachine');
  });

  kubectl('renames and moves every object', () => {
    expect(vms.length).toBeGreaterThan(20);
    for (const { kind, metadata } of objects) {
      if (kind === 'Namespace') expect(metadata.name).toBe('elsewhere');
      else if (kind.startsWith('Cluster')) expect(metadata).toMatchObject({ name: expect.stringMatching(/^blue-.*-two$/) });
      else expect(metadata).toMatchObject({ namespace: 'elsewhere', name: expect.stringMatching(/^blue-.*-two$/) });
    }
  });

  kubectl("keeps each VM's user data", () => {
    const secrets = ofKind(objects, 'Secret').map((secret) => secret.metadata.name);
    for (const vm of vms) {
      const names = vm.spec.template.spec.volumes.flatMap((volume) => volume.cloudInitNoCloud?.secretRef.name ?? []);
      expect(names).toHaveLength(1);
      expect(secrets).toContain(names[0]);
    }
  });

  kubectl('keeps the guest disk of each VM', () => {
    const disks = vms.map((vm) => vm.spec.template.spec.volumes.find(({ name }) => name === 'guestdisk')?.secret?.secretName);
    const secrets = ['blue-virtwork-guest-two', 'blue-virtwork-guest-trials-two'];
    expect([...new Set(disks)]).toEqual(secrets);
    expect(ofKind(objects, 'Secret').map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(secrets));
  });

  kubectl("keeps each VM's credential: its Secret, the account of the token, and its permissions", () => {
    const holders = vms.flatMap((vm) =>
      vm.spec.template.spec.volumes.flatMap(({ name, secret }) => (name === 'accessdisk' ? (secret?.secretName ?? []) : [])),
    );
    expect(holders).toHaveLength(1);
    const secret = ofKind(objects, 'Secret').find(({ metadata }) => metadata.name === holders[0]);
    const [account] = ofKind(objects, 'ServiceAccount');
    expect(secret?.metadata.annotations?.['kubernetes.io/service-account.name']).toBe(account?.metadata.name);
    for (const kind of ['Role', 'ClusterRole']) {
      const [binding] = ofKind<Binding>(objects, `${kind}Binding`);
      expect(binding?.roleRef).toMatchObject({ kind, name: ofKind(objects, kind)[0]?.metadata.name });
      expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', name: account?.metadata.name, namespace: 'elsewhere' }]);
    }
  });

  kubectl('labels objects outside of the namespace with its new name', () => {
    const outside = objects.filter(({ kind }) => kind.startsWith('Cluster'));
    expect(outside.map(({ kind, metadata }) => [kind, metadata.labels?.['virtwork/namespace']])).toEqual([
      ['ClusterRole', 'elsewhere'],
      ['ClusterRoleBinding', 'elsewhere'],
    ]);
  });

  kubectl("keeps each VM's data disks, under their own names", () => {
    const all = vms.flatMap((vm) => vm.spec.dataVolumeTemplates?.map((template) => template.metadata.name) ?? []);
    expect(new Set(all).size).toBe(all.length);
    for (const vm of vms) {
      const templates = vm.spec.dataVolumeTemplates?.map((template) => template.metadata.name) ?? [];
      expect(vm.spec.template.spec.volumes.flatMap((volume) => volume.dataVolume?.name ?? [])).toEqual(templates);
      for (const name of templates) expect(name).toMatch(/^blue-.*-two$/);
    }
  });

  kubectl('keeps the headless Services that give VMs their DNS names', () => {
    const headless = ofKind<Service>(objects, 'Service').filter((service) => service.spec.clusterIP === 'None');
    const subdomains = new Set(vms.flatMap((vm) => vm.spec.template.spec.subdomain ?? []));
    expect([...subdomains].sort()).toEqual(headless.map((service) => service.metadata.name).sort());
    expect(subdomains.size).toBeGreaterThan(1);
  });

  kubectl("adds its labels to the Services' selectors", () => {
    for (const service of ofKind<Service>(objects, 'Service')) expect(service.spec.selector.team).toBe('storage');
  });

  kubectl('changes the boot image and the labels of VMs and data disks', () => {
    for (const vm of vms) {
      expect(vm.spec.template.spec.volumes[0]?.containerDisk?.image).toBe('mirror.example.com/fedora:44');
      expect(vm.spec.template.metadata.labels.team).toBe('storage');
      for (const template of vm.spec.dataVolumeTemplates ?? []) expect(template.metadata.labels.team).toBe('storage');
    }
  });
});

/** The VMs that each selector selects, by the object with the selector. */
function selected(objects: readonly Manifest[]): { readonly [of: string]: readonly string[] } {
  const vms = ofKind<Vm>(objects, 'VirtualMachine');
  const names = (selector: Labels) =>
    vms.filter((vm) => matches(selector, vm.spec.template.metadata.labels)).map(({ metadata }) => metadata.name);
  const selectors = [
    ...ofKind<Service>(objects, 'Service').map(({ metadata, spec }) => [`Service ${metadata.name}`, spec.selector] as const),
    ...vms.flatMap(({ metadata, spec: { template } }) => [
      ...template.spec.topologySpreadConstraints.map(
        ({ labelSelector }) => [`spread of ${metadata.name}`, labelSelector.matchLabels] as const,
      ),
      ...(template.spec.affinity?.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ podAffinityTerm }) => [`pair of ${metadata.name}`, podAffinityTerm.labelSelector.matchLabels] as const,
      ),
    ]),
  ];
  return Object.fromEntries(selectors.map(([of, selector]) => [of, names(selector)]));
}

describe('an overlay that overwrites the recommended labels', () => {
  const kubectl = needs('kubectl');

  kubectl.each(['includeTemplates: true', 'includeSelectors: true', 'includeTemplates: false'])(
    'does not change which VMs a selector selects: %s',
    (how) => {
      const keys = ['app.kubernetes.io/component', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/name', 'managed-by'];
      const pairs = Object.fromEntries(keys.map((key) => [key, 'other']));
      const objects = overlaid(`{resources: [../base], labels: [{pairs: ${JSON.stringify(pairs)}, ${how}}]}`);
      expect(objects.every(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'other')).toBe(true);
      const before = selected(kustomize(join(dir, 'base')));
      expect(before).toMatchObject({
        'Service virtwork-iperf3-server': ['virtwork-network-server-0', 'virtwork-network-server-1'],
        'spread of virtwork-cpu-0': ['virtwork-cpu-0', 'virtwork-cpu-1'],
        'pair of virtwork-tps-client-1': ['virtwork-tps-client-1', 'virtwork-tps-server-1'],
      });
      expect(selected(objects)).toEqual(before);
    },
  );
});

describe('an overlay over a pool', () => {
  needs('kubectl')('changes its VMs as it changes VMs without a pool', async () => {
    const overlays = [
      'namespace: elsewhere, namePrefix: blue-, images: [{name: quay.io/containerdisks/fedora, newTag: "44"}]',
      'labels: [{pairs: {team: storage}, includeTemplates: true}], commonAnnotations: {team: storage}',
      'labels: [{pairs: {managed-by: other}, includeSelectors: true}]',
    ];
    const vmsOf = async (base: string, flags: object) => {
      writeBase(join(dir, base), render(await planOf({ workloads: 'disk,fio-bench', 'vm-count': '2', ...flags })));
      return overlays.map((overlay) => overlaid(`{resources: [../${base}], ${overlay}}`).filter(({ kind }) => /^VirtualM/.test(kind)));
    };
    const [vms, pools] = [await vmsOf('single', {}), await vmsOf('pooled', { pool: true })];
    const expanded = pools.map((each) => each.flatMap((pool) => [0, 1].map((index) => vmOfPool(pool, index))));
    expect(expanded).toEqual(vms.map((each) => each.map(likePooled)));
    for (const { spec } of pools.flat() as Pool[]) {
      expect(spec.virtualMachineTemplate.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
    expect((pools[2]?.[0] as Pool).spec.selector.matchLabels).toEqual({ 'managed-by': 'other', 'virtwork/workload': 'disk' });
  });
});

describe('two copies in one namespace, each with its own label in the selectors', () => {
  needs('kubectl')('have selectors that select only VMs of the same copy', () => {
    const copies = ['blue-', 'green-'];
    const objects = copies.flatMap((namePrefix) =>
      overlaid(`{resources: [../base], namePrefix: ${namePrefix}, labels: [{pairs: {copy: ${namePrefix}0}, includeSelectors: true}]}`),
    );
    const found = Object.entries(selected(objects));
    expect(found.length).toBeGreaterThan(60);
    for (const [of, names] of found) {
      const copy = copies.find((each) => of.includes(each));
      expect(names.length).toBeGreaterThan(0);
      expect({ of, names: names.filter((name) => !name.startsWith(copy as string)) }).toEqual({ of, names: [] });
    }
  });
});

describe('annotations of an overlay', () => {
  needs('kubectl')('are added to every object, and to the templates of VMs and data volumes', () => {
    const objects = overlaid('{resources: [../base], commonAnnotations: {team: storage}}');
    for (const { metadata } of objects) expect(metadata.annotations).toMatchObject({ team: 'storage' });
    const vms = ofKind<Vm>(objects, 'VirtualMachine');
    expect(vms.some(({ spec }) => spec.dataVolumeTemplates)).toBe(true);
    for (const { spec } of vms) {
      expect(spec.template.metadata.annotations).toEqual({ team: 'storage', 'virtwork/user-data-hash': expect.any(String) });
      for (const { metadata } of spec.dataVolumeTemplates ?? []) expect(metadata.annotations).toEqual({ team: 'storage' });
    }
  });
});

describe('the overlay in the root of the project', () => {
  needs('kubectl')('is the committed base', () => {
    expect(kustomize(ROOT)).toEqual(kustomize(join(ROOT, 'dist')));
  });
});
