/**
 * What the YAML files of the shipped catalog say, by their text. A reader that starts cold takes longer for them than
 * for anything else, so the build reads them and fills this map; a file that was changed since is not in it any more.
 */
export const KNOWN_YAML: ReadonlyMap<string, unknown> = new Map();
