import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, UserError } from '../errors';
import { formatBytes } from '../kubernetes/quantity';
import { loadPlan } from '../load-plan';
import { refuseHash } from '../options/ssh';
import { accessLines } from '../plan/access';
import { totals } from '../plan/build';
import type { Plan } from '../plan/plan';
import { compareBase, type Differences, writeBase } from '../synth/base';
import { render } from '../synth/render';
import type { Args, Context } from './context';
import { CONFIG_FLAG, GENERATION } from './options-of';
import type { Verb } from './verb';

const OUTPUT_DIR = 'dist';

export const synth: Verb = {
  name: 'synth',
  describe: `render the Kustomize base into ${OUTPUT_DIR}/`,
  flags: {
    ...CONFIG_FLAG,
    check: { describe: 'write nothing; exit 1 when the folder differs from what would be rendered' },
    'output-dir': { metavar: 'DIR', describe: `where the base goes (default: ${OUTPUT_DIR})` },
  },
  options: GENERATION,
  examples: [
    ['virtwork synth', 'the default set'],
    ['virtwork synth --workloads cpu,disk --vm-count 3', 'three VMs of each of two workloads'],
    ['virtwork synth --check', 'in CI: is the committed base fresh?'],
  ],
  run: runSynth,
};

async function runSynth(args: Args, { env, cwd, problems, out, log }: Context): Promise<number> {
  const { options, plan } = await loadPlan({ flags: args, env, cwd, problems });
  plan.warnings.forEach(log.warn);
  accessLines(plan).forEach(log.info);
  refuseHash(options);
  const shown = (args['output-dir'] as string | undefined) ?? OUTPUT_DIR;
  const dir = resolve(cwd, shown);
  if (args['output-dir'] === undefined) refuseLink(dir);
  const files = render(plan);
  if (args.check) return check(shown, compareBase(dir, files), out);
  const { written, removed, unchanged } = writeBase(dir, files);
  out(written.length + removed.length === 0 ? `${folder(shown)} is up to date\n` : '');
  for (const name of written) out(`wrote ${folder(shown)}${name}\n`);
  for (const name of removed) out(`removed ${folder(shown)}${name}\n`);
  log.debug(`${unchanged.length} files unchanged`);
  out(`${summary(plan)}\n`);
  return EXIT.done;
}

/** Repositories may contain links, and what a link leads to is written only when the user names it. */
function refuseLink(dir: string): void {
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const message = 'must be a folder, is a link, which could lead anywhere';
  throw new UserError([{ where: OUTPUT_DIR, message, hint: `--output-dir ${OUTPUT_DIR}, if what it leads to shall be written` }]);
}

/** `8 VMs, 16 vCPUs, 16Gi memory, 20Gi data disks` */
export function summary(plan: Plan): string {
  const { vms, cpuCores, memoryBytes, diskBytes } = totals(plan);
  return `${vms} ${vms === 1 ? 'VM' : 'VMs'}, ${cpuCores} ${cpuCores === 1 ? 'vCPU' : 'vCPUs'}, ${formatBytes(memoryBytes)} memory, ${formatBytes(diskBytes)} data disks`;
}

/** @throws UserError when a file that virtwork did not write is in the way, as without --check */
function check(shown: string, { missing, changed, lineEnds, stale, foreign }: Differences, out: (text: string) => void): number {
  const rows = Object.entries({ missing, differs: changed.filter((name) => !lineEnds.includes(name)), stale });
  const lines = rows.flatMap(([what, names]) => names.map((name) => `${what} ${folder(shown)}${name}\n`));
  if (lineEnds.length > 0) {
    const files = lineEnds.length === 1 ? '1 file' : `${lineEnds.length} files`;
    lines.push(`only line ends differ in ${files}; add \`${folder(shown)}** text eol=lf\` to .gitattributes\n`);
  }
  if (lines.length + foreign.length === 0) {
    out(`${folder(shown)} is up to date\n`);
    return EXIT.done;
  }
  out(lines.join(''));
  if (foreign.length > 0) throw new UserError(foreign, EXIT.no);
  out(`${folder(shown)} is not what synth renders: run synth and commit\n`);
  return EXIT.no;
}

function folder(shown: string): string {
  return shown.endsWith('/') ? shown : `${shown}/`;
}
