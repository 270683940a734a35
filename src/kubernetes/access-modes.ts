/** @returns what the access modes of a claim must be instead; undefined for good ones */
export function wrongAccessModes(modes: readonly string[]): string | undefined {
  if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) {
    return 'have a mode that allows to write, such as ReadWriteOnce: disks are empty at first';
  }
  return modes.includes('ReadWriteOncePod') && new Set(modes).size > 1
    ? 'have no other mode beside ReadWriteOncePod: Kubernetes refuses that'
    : undefined;
}
