import {
  type VirtualMachineSpecDataVolumeTemplatesSpec as DataVolumeSpec,
  type VirtualMachineSpecDataVolumeTemplates as DataVolumeTemplate,
  type VirtualMachineSpecTemplateSpecDomainDevicesDisks as Device,
  VirtualMachineSpecDataVolumeTemplatesSpecStorageResourcesRequests as Requests,
  type VirtualMachineSpecTemplateSpecVolumes as Volume,
} from '../../imports/kubevirt.io';
import type { Labels } from '../kubernetes/labels';

export interface DataDiskProps {
  /** Name of the disk in the VM. */
  readonly name: string;
  /** Name of its DataVolume. */
  readonly dataVolume: string;
  /** Capacity, a canonical quantity. */
  readonly size: string;
  /** What the DataVolume is filled with: nothing, or a boot source. */
  readonly source: { readonly blank: true } | { readonly dataSource: { readonly namespace: string; readonly name: string } };
  /** Serial by which the guest finds the disk, at most 20 characters. @default none, the guest boots from the disk */
  readonly serial?: string;
  /** @default the cluster's default class */
  readonly storageClass?: string;
  /** @default what the StorageProfile says */
  readonly accessModes?: readonly string[];
  /** @default what the StorageProfile says */
  readonly volumeMode?: string;
  /** The labels of a VM do not reach its DataVolumes, so these have their own. */
  readonly labels: Labels;
}

/** The three faces of a disk that a DataVolume backs. */
export interface DataDisk {
  readonly template: DataVolumeTemplate;
  readonly volume: Volume;
  readonly device: Device;
}

export function dataDisk(props: DataDiskProps): DataDisk {
  const { name, dataVolume, serial } = props;
  return {
    template: { metadata: { name: dataVolume, labels: props.labels }, spec: spec(props) },
    volume: { name, dataVolume: { name: dataVolume } },
    device: { name, disk: { bus: 'virtio' }, ...(serial === undefined ? {} : { serial }) },
  };
}

function spec({ source, size, storageClass, accessModes, volumeMode }: DataDiskProps): DataVolumeSpec {
  return {
    ...('blank' in source ? { source: { blank: {} } } : { sourceRef: { kind: 'DataSource', ...source.dataSource } }),
    storage: {
      resources: { requests: { storage: Requests.fromString(size) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      ...(accessModes === undefined ? {} : { accessModes: [...accessModes] }),
      ...(volumeMode === undefined ? {} : { volumeMode }),
    },
  };
}
