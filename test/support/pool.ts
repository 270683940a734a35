import type { Manifest } from '../../src/validation/manifest';

// biome-ignore lint/suspicious/noExplicitAny: the fields of any VM
type Fields = any;

/**
 * The VM with an index, as KubeVirt's pool controller creates it: it appends the index to the names of the VM, its data volumes and their
 * references, and adds labels that are not of interest here.
 * @see https://github.com/kubevirt/kubevirt, pkg/virt-controller/watch/pool
 */
export function vmOfPool({ metadata: { name, namespace }, spec }: Manifest, index: number): Manifest {
  const { metadata, spec: vm } = structuredClone((spec as Fields).virtualMachineTemplate);
  const own = new Set<string>((vm.dataVolumeTemplates ?? []).map((each: Fields) => each.metadata.name));
  for (const { metadata: data } of vm.dataVolumeTemplates ?? []) data.name += `-${index}`;
  for (const { dataVolume } of vm.template.spec.volumes) if (own.has(dataVolume?.name)) dataVolume.name += `-${index}`;
  return { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { ...metadata, name: `${name}-${index}`, namespace }, spec: vm };
}

/** A VM without what KubeVirt decides for the VMs of a pool: hostname and UUID. */
export function likePooled(vm: Manifest): Manifest {
  const copy: Fields = structuredClone(vm);
  const { spec } = copy.spec.template;
  delete spec.hostname;
  delete spec.domain.firmware.uuid;
  delete spec.domain.firmware.serial;
  if (Object.keys(spec.domain.firmware).length === 0) delete spec.domain.firmware;
  return copy;
}
