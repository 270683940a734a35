import type { Manifest } from '../validation/manifest';

/**
 * The comment above a Secret, which answers what a reviewer of the repository asks: does it contain anything confidential, and why is it a
 * Secret? Empty for other kinds.
 * @param hasPassword whether the guests of the workload have an account with a password
 */
export function secretComment({ kind, type, stringData }: Manifest, hasPassword: boolean): string {
  if (kind !== 'Secret') return '';
  if (type !== 'Opaque') return '# Contains no token: the cluster adds it.\n';
  if (!(stringData as { readonly userdata?: string }).userdata)
    return '# virtwork adds nothing confidential. It is a Secret because KubeVirt creates a read-only disk from it for every VM.\n';
  if (hasPassword) return '# Contains the hash of a password: keep it private.\n';
  return '# virtwork adds nothing confidential. It is a Secret because KubeVirt reads user data above 2048 bytes only from a Secret.\n';
}
