/** Minimum memory of a VM, as a quantity. */
export const MINIMUM_MEMORY = '64Mi';

/** Smallest disk that mkfs formats, by filesystem, and smallest raw disk, as a quantity. */
export const MINIMUM_DISK = { xfs: '300Mi', ext4: '1Mi', raw: '1Mi' } as const;

/** Maximum number of CPUs of a VM. */
export const MOST_CPUS = 512;
