import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Problem } from '../errors';
import { isFolder } from '../files/make-folder';
import { liesIn } from '../files/real-path';
import { shownPath } from '../files/shown-path';
import { CONFIG_FILE, type ConfigFile } from './config-file';
import type { Folded } from './fold';
import { catalogOutside, catalogWithLink, outputOutside, setByFoundFile } from './messages';
import type { Options } from './options';
import { PREFIX } from './other-names';
import { type OptionKey, type OptionSpec, specs } from './table';

/**
 * Problems of a configuration file that the user did not name. It may have come with a cloned repository, so it cannot set a kubeconfig,
 * which runs programs, a context, which selects the cluster that is changed, a file for the audit record, or a folder elsewhere for the base.
 * @param uses options of the verb; those for a cluster are problems only in verbs that use them, and are ignored elsewhere
 */
export function setByStranger(file: ConfigFile, { origins, values }: Folded, uses: readonly OptionKey[], cwd: string): Problem[] {
  if (!file.isFound) return [];
  const isElsewhere = uses.includes('output_dir') && origins.output_dir === 'file' && !liesIn(cwd, resolve(cwd, values.output_dir));
  const isUsed = (key: OptionKey, { byHand, companion }: OptionSpec) => byHand && (!companion || uses.includes(key));
  const set = specs()
    .filter(([key, spec]) => isUsed(key, spec) && file.values[key] !== undefined && origins[key] === 'default')
    .map(([key, spec]) => ({ where: file.place([key]), ...setByFoundFile(otherSources(spec), CONFIG_FILE) }));
  return isElsewhere
    ? [...set, { where: file.place(['output_dir']), ...outputOutside(shownPath(values.output_dir, cwd), CONFIG_FILE) }]
    : set;
}

/** `--audit-db PATH or VIRTWORK_AUDIT_DB` */
function otherSources({ flag, env, kind }: OptionSpec): string {
  const asFlag = kind.metavar ? `--${flag} ${kind.metavar}` : `--[no-]${flag}`;
  return env ? `${asFlag} or ${PREFIX}${env}` : asFlag;
}

/**
 * Problems of a catalog that such a file names. It must be inside the working directory: otherwise new entries would be written elsewhere,
 * and files from elsewhere would be rendered into manifests that are meant to be committed.
 * @param stated the folder as the file names it
 * @param isNew the verb creates the folder
 */
export function strangersCatalog({ catalogDir, place }: Options, stated: string, cwd: string, isNew: boolean): Problem[] {
  const where = place('catalog_dir');
  if (!liesIn(cwd, catalogDir)) return [{ where, ...catalogOutside(stated, CONFIG_FILE) }];
  if (isNew || !isFolder(catalogDir)) return [];
  return readdirSync(catalogDir)
    .filter((name) => isFolder(join(catalogDir, name)) && !liesIn(cwd, join(catalogDir, name)))
    .map((name) => ({ where, ...catalogWithLink(name, CONFIG_FILE) }));
}
