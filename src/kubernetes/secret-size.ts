/** Kubernetes bounds the sum of a Secret's values; the files of a guest stand in one. */
export const SECRET_BYTES = 1024 * 1024;

/** What to do with a file that is too large for it. */
export const TOO_LARGE = 'a package, the boot image, or a download in the guest for the large files';
