import { knownEntries, knownYaml } from './catalog.mjs';
import { lazyJsonPatch, ownResolve, slimCdk8s } from './cdk8s.mjs';
import { crdSchemas } from './crd-schemas.mjs';
import { validators } from './validators.mjs';

/**
 * Modules that the bundle replaces, so that the program starts faster. The program works the same without any of them:
 * `node test/bench/start-up.mjs` leaves each out in turn. docs/decisions/start-up.md says what each saves.
 */
export const SWAPS = [validators, crdSchemas, knownYaml, knownEntries, slimCdk8s, lazyJsonPatch, ownResolve];
