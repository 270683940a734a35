/**
 * The values, as JSON, of the YAML files of the shipped catalog, by their text. Parsing them would take most of the time of a short run, so the build
 * parses them and fills this map. A file that was changed since the build is not found in it.
 */
export const KNOWN_YAML: ReadonlyMap<string, string> = new Map();
