import type { Manifest } from '../validation/manifest';

/** What in the user data is confidential: the hash of a password, or secrets that options contain. */
export type Confidential = 'hash' | 'secrets';

/**
 * The comment above a Secret, which answers what a reviewer of the repository asks: does it contain anything confidential, and why is it a
 * Secret? Empty for other kinds.
 * @param secret what the user data contains. @default nothing confidential
 */
export function secretComment({ kind, type, stringData }: Manifest, secret?: Confidential): string {
  if (kind !== 'Secret') return '';
  if (type !== 'Opaque') return '# Contains no token: the cluster adds it.\n';
  if (!(stringData as { readonly userdata?: string }).userdata)
    return '# virtwork adds nothing confidential. It is a Secret because KubeVirt creates a read-only disk from it for every VM.\n';
  if (secret === 'secrets') return '# Contains a password or another secret: keep it private.\n';
  if (secret === 'hash') return '# Contains the hash of a password: keep it private.\n';
  return '# virtwork adds nothing confidential. It is a Secret because KubeVirt reads user data above 2048 bytes only from a Secret.\n';
}
