import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Problem } from '../../errors';
import { makeFolder } from '../../files/make-folder';
import { ResultsFolder } from '../../results/folder';
import type { VmResults } from '../../results/vm-results';
import { visible } from '../../text/show';
import type { Args, Context } from '../context';
import type { Flag } from '../verb';
import { formatIsFolder } from './messages';

/** Where results go: only their outcomes to the terminal, all of them to it as JSON, or all of them into a folder. */
export const OUTPUT: Flag = {
  alias: 'o',
  metavar: 'DIR',
  describe: 'folder to store the records in; or an output format: table or json (default: table)',
};

export const FOLLOW: Flag = { describe: 'ask every 30 s until all trials are finished' };

/** Formats of kubectl and other programs, and standard output, which are not meant as names of folders. */
const OTHER_FORMAT = /^(-|json|jsonl|ndjson|table|yaml|wide|name|csv|tsv|text|(jsonpath|go-template|custom-columns)(-\w+)?(=.*)?)$/is;

export function outputProblems({ output }: Args): Problem[] {
  const isUsable = output === 'json' || output === 'table' || !OTHER_FORMAT.test(String(output));
  return isUsable ? [] : [formatIsFolder(String(output))];
}

/** Where the records are kept during a command. */
export interface Keeping {
  /** Absent: they are not kept, only their outcomes. */
  readonly folder?: ResultsFolder;
  /** Prints the records, if they are the output. @default the caller prints a table */
  readonly print?: (vms: readonly VmResults[]) => Promise<void>;
}

/** Does work that keeps records as --output says. Records that are printed are kept in a temporary folder: memory would not do for hundreds of VMs. */
export async function keeping<T>({ output }: Args, { cwd, stream }: Context, work: (keeping: Keeping) => Promise<T>): Promise<T> {
  if (output === undefined || output === 'table') return work({});
  if (output !== 'json') {
    const path = resolve(cwd, String(output));
    makeFolder(path);
    return work({ folder: new ResultsFolder(path) });
  }
  const path = mkdtempSync(join(tmpdir(), 'virtwork-'));
  try {
    const folder = new ResultsFolder(path);
    return await work({ folder, print: (vms) => stream(listed(folder, vms)) });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** The records as a list in JSON, one on each line. */
function* listed(folder: ResultsFolder, vms: readonly VmResults[]): Generator<string> {
  let isFirst = true;
  for (const { group, name } of vms) {
    if (group === '') continue;
    for (const { text } of folder.of(group, name)) {
      yield `${isFirst ? '[\n' : ',\n'}${visible(text.trim())}`;
      isFirst = false;
    }
  }
  yield isFirst ? '[]\n' : '\n]\n';
}
