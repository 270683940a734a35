import { GROUP } from '../kubernetes/labels';
import type { Manifest } from '../validation/manifest';

type Labeled = { metadata?: { labels?: { [key: string]: string } } };

/** Gives an object, and what a cluster creates from its templates, the label of a group, by which all of a group can be deleted. */
export function inGroup(manifest: Manifest, group: string | undefined): Manifest {
  if (group === undefined) return manifest;
  label(manifest as Labeled, group);
  if (manifest.kind === 'VirtualMachine') labelTemplates(manifest.spec, group);
  if (manifest.kind === 'VirtualMachinePool') {
    const { virtualMachineTemplate: vm } = manifest.spec as { readonly virtualMachineTemplate: Labeled & { readonly spec: unknown } };
    label(vm, group);
    labelTemplates(vm.spec, group);
  }
  return manifest;
}

function labelTemplates(spec: unknown, group: string): void {
  const { template, dataVolumeTemplates = [] } = spec as { readonly template: Labeled; readonly dataVolumeTemplates?: readonly Labeled[] };
  for (const each of [template, ...dataVolumeTemplates]) label(each, group);
}

function label(object: Labeled, group: string): void {
  // In the order in which all labels are written.
  const labels = Object.entries({ ...object.metadata?.labels, [GROUP]: group }).sort(([a], [b]) => (a < b ? -1 : 1));
  object.metadata = { ...object.metadata, labels: Object.fromEntries(labels) };
}
