/** Params that a library of the guest reads for the scripts that load it, by its file name below /usr/local/lib/virtwork. */
export const GUEST_LIBRARIES: { readonly [file: string]: readonly string[] } = {
  'shape.sh': ['shape', 'shape-period', 'shape-low', 'shape-duty', 'shape-steps', 'shape-noise', 'shape-seed'],
};

/** @returns the params that the libraries read which a script loads */
export function readByLibraries(script: string): string[] {
  return Object.entries(GUEST_LIBRARIES).flatMap(([file, params]) =>
    ['virtwork/', 'virtwork}/'].some((folder) => script.includes(folder + file)) ? params : [],
  );
}
