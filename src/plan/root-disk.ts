import type { Boot } from '../options/options';

/** Size of a disk that is cloned from a boot source; the boot sources of OpenShift require 30Gi. */
export const BOOT_DISK_SIZE = '30Gi';

/** @returns the size of the disk that a VM boots from; undefined for an image of unknown size */
export function rootDiskSize(boot: Boot): string | undefined {
  return boot.kind === 'dataSource' ? BOOT_DISK_SIZE : boot.diskSize;
}
