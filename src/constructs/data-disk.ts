import {
  type VirtualMachineSpecDataVolumeTemplatesSpec as DataVolumeSpec,
  type VirtualMachineSpecDataVolumeTemplates as DataVolumeTemplate,
  type VirtualMachineSpecTemplateSpecDomainDevicesDisks as Device,
  VirtualMachineSpecDataVolumeTemplatesSpecStorageResourcesRequests as Requests,
  type VirtualMachineSpecTemplateSpecVolumes as Volume,
} from '../../imports/kubevirt.io';
import { type Labels, THICK } from '../kubernetes/labels';
import type { DrivePlan } from '../plan/plan';

export interface DataDiskProps extends DrivePlan {
  /** Name of the disk in the VM. */
  readonly name: string;
  /** Name of its DataVolume. */
  readonly dataVolume: string;
  /** Capacity, a canonical quantity. */
  readonly size: string;
  /** What the DataVolume is created from: nothing, or a boot source. */
  readonly source: { readonly blank: true } | { readonly dataSource: { readonly namespace: string; readonly name: string } };
  /** Serial by which the guest finds the disk: at most 20 letters, digits and hyphens. @default none: the guest boots from the disk */
  readonly serial?: string;
  /** What QEMU does when the storage reports an error: `stop`, `report`, `ignore` or `enospace`. @default KubeVirt's */
  readonly errorPolicy?: string;
  /** @default the cluster's default class */
  readonly storageClass?: string;
  /** @default that of the StorageProfile */
  readonly accessModes?: readonly string[];
  /** @default that of the StorageProfile */
  readonly volumeMode?: string;
  /** Labels of the DataVolume, which does not inherit those of the VM. */
  readonly labels: Labels;
  /** Annotations of the DataVolume. @default none */
  readonly annotations?: Labels;
}

/** Annotations for metadata: none is written if there are none. */
export function annotated(annotations: Labels = {}): { readonly annotations?: Labels } {
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}

/** The three parts of a VM's spec that make up a disk with a DataVolume. */
export interface DataDisk {
  readonly template: DataVolumeTemplate;
  readonly volume: Volume;
  readonly device: Device;
}

/** A disk with a DataVolume, as the parts of a VM's spec. */
export function dataDisk(props: DataDiskProps): DataDisk {
  const { name, dataVolume, serial, errorPolicy, bus = 'virtio', cache, io, dedicatedIoThread, discard = true } = props;
  const annotations = { ...props.annotations, ...(discard ? {} : { [THICK]: 'true' }) };
  return {
    template: { metadata: { name: dataVolume, labels: props.labels, ...annotated(annotations) }, spec: spec(props) },
    volume: { name, dataVolume: { name: dataVolume } },
    device: {
      name,
      disk: { bus },
      ...(cache === undefined ? {} : { cache }),
      ...(io === undefined ? {} : { io }),
      ...(dedicatedIoThread ? { dedicatedIoThread } : {}),
      ...(serial === undefined ? {} : { serial }),
      ...(errorPolicy === undefined ? {} : { errorPolicy }),
    },
  };
}

function spec({ source, size, storageClass, accessModes, volumeMode, preallocation }: DataDiskProps): DataVolumeSpec {
  return {
    ...(preallocation === undefined ? {} : { preallocation }),
    ...('blank' in source ? { source: { blank: {} } } : { sourceRef: { kind: 'DataSource', ...source.dataSource } }),
    storage: {
      resources: { requests: { storage: Requests.fromString(size) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      ...(accessModes === undefined ? {} : { accessModes: [...accessModes] }),
      ...(volumeMode === undefined ? {} : { volumeMode }),
    },
  };
}
