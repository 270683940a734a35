import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findCatalog } from '../../src/catalog/find';

const catalog = findCatalog('/nonexistent');

/** Every entry that ships with virtwork. */
export const SHIPPED: readonly string[] = [...catalog.builtIns, ...catalog.examples];
/** Entries that are rendered only when `--from-catalog` names them. */
export const EXAMPLES: readonly string[] = catalog.examples;
export const BUILT_IN: readonly string[] = catalog.builtIns;
export const FAMILIES = ['fedora', 'debian'] as const;
/** Those that have a trial. */
export const MEASURABLE: readonly string[] = SHIPPED.filter((name) =>
  readdirSync(join(catalog.shippedDir, name)).some((file) => /^(.+-)?trial\.service$/.test(file)),
);
