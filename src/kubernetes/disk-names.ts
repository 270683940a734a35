/** Names of the disks that virtwork itself adds to VMs, both of the volume and of the device. */
export const DISK = {
  container: 'containerdisk',
  root: 'rootdisk',
  cloudInit: 'cloudinitdisk',
  access: 'accessdisk',
  guest: 'guestdisk',
} as const;
