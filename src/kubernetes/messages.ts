// Access modes of a claim: what they must have.

export const ACCESS_MODES = {
  readOnly: 'have a mode that allows writing, such as ReadWriteOnce, because new disks are empty',
  oncePodAlone: 'have no other mode with ReadWriteOncePod, because Kubernetes rejects that',
} as const;

// Sizes.

/** The hint for a file that does not fit into a Secret. */
export const TOO_LARGE = 'install large files from a package, add them to the boot image, or download them in the guest';
