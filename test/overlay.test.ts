import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBase } from '../src/synth/base';
import type { Manifest } from '../src/synth/render';
import { render } from '../src/synth/render';
import { kustomize } from './support/kustomize';
import { planOf, ROOT, tempDir } from './support/render';
import { needs } from './support/tools';

type Labels = { readonly [key: string]: string };
interface Vm extends Manifest {
  readonly spec: {
    readonly dataVolumeTemplates?: readonly { readonly metadata: { readonly name: string; readonly labels: Labels } }[];
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly subdomain?: string;
        readonly volumes: readonly {
          readonly cloudInitNoCloud?: { readonly secretRef: { readonly name: string } };
          readonly dataVolume?: { readonly name: string };
          readonly secret?: { readonly secretName: string };
          readonly containerDisk?: { readonly image: string };
        }[];
      };
    };
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

async function overlaid(): Promise<Manifest[]> {
  const dir = tempDir();
  writeBase(join(dir, 'base'), render(await planOf({ workloads: 'all', 'from-catalog': 'redis-bench', 'vm-count': '2' })));
  mkdirSync(join(dir, 'overlay'));
  writeFileSync(join(dir, 'overlay', 'kustomization.yaml'), OVERLAY);
  return kustomize(join(dir, 'overlay'));
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

  beforeAll(async () => {
    objects = (kubectl as unknown) === test.skip ? [] : await overlaid();
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

  kubectl("keeps each VM's credential: its Secret, whose token that is, and what that may do", () => {
    const holders = vms.flatMap((vm) => vm.spec.template.spec.volumes.flatMap((volume) => volume.secret?.secretName ?? []));
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

  kubectl('tells of what lies outside of the namespace which one it is for', () => {
    const outside = objects.filter(({ kind }) => kind.startsWith('Cluster'));
    expect(outside.map(({ kind, metadata }) => [kind, metadata.labels?.['virtwork/namespace']])).toEqual([
      ['ClusterRole', 'elsewhere'],
      ['ClusterRoleBinding', 'elsewhere'],
    ]);
  });

  kubectl("keeps each VM's data disks, under names of their own", () => {
    const all = vms.flatMap((vm) => vm.spec.dataVolumeTemplates?.map((template) => template.metadata.name) ?? []);
    expect(new Set(all).size).toBe(all.length);
    for (const vm of vms) {
      const templates = vm.spec.dataVolumeTemplates?.map((template) => template.metadata.name) ?? [];
      expect(vm.spec.template.spec.volumes.flatMap((volume) => volume.dataVolume?.name ?? [])).toEqual(templates);
      for (const name of templates) expect(name).toMatch(/^blue-.*-two$/);
    }
  });

  kubectl('keeps the headless Services that give VMs their names', () => {
    const headless = ofKind<Service>(objects, 'Service').filter((service) => service.spec.clusterIP === 'None');
    const subdomains = new Set(vms.flatMap((vm) => vm.spec.template.spec.subdomain ?? []));
    expect([...subdomains].sort()).toEqual(headless.map((service) => service.metadata.name).sort());
    expect(subdomains.size).toBeGreaterThan(1);
  });

  kubectl('keeps each Service in front of exactly the VMs that it was in front of', () => {
    for (const service of ofKind<Service>(objects, 'Service')) {
      const behind = vms.filter((vm) => matches(service.spec.selector, vm.spec.template.metadata.labels));
      const roles = new Set(
        behind.map(
          (vm) => `${vm.spec.template.metadata.labels['app.kubernetes.io/component']}/${vm.spec.template.metadata.labels['virtwork/role']}`,
        ),
      );
      expect(roles.size).toBe(1);
      expect(service.spec.selector.team).toBe('storage');
    }
  });

  kubectl('reaches the boot image and the labels of VMs and data disks', () => {
    for (const vm of vms) {
      expect(vm.spec.template.spec.volumes[0]?.containerDisk?.image).toBe('mirror.example.com/fedora:44');
      expect(vm.spec.template.metadata.labels.team).toBe('storage');
      for (const template of vm.spec.dataVolumeTemplates ?? []) expect(template.metadata.labels.team).toBe('storage');
    }
  });
});

describe('the overlay in the root of the project', () => {
  needs('kubectl')('is the committed base and nothing else', () => {
    expect(kustomize(ROOT)).toEqual(kustomize(join(ROOT, 'dist')));
  });
});
