import { EXIT, type Problem } from '../errors';
import { loadPlan } from '../load-plan';
import { specs } from '../options/table';
import { imagePackages } from '../plan/image-packages';
import { toYaml } from '../yaml/to-yaml';
import type { Args, Context } from './context';
import { needsPackages } from './messages';
import { table } from './table';

/** The options that decide what is installed. */
export const OF_PACKAGES = ['workloads', 'from_catalog', 'guest_os', 'params', 'set'] as const;

/** @returns a problem for each flag that has a meaning only with `--packages` */
export function idleFlags(args: Args): Problem[] {
  const flags = specs().flatMap(([key, { flag }]) => ((OF_PACKAGES as readonly string[]).includes(key) && flag ? [flag] : []));
  return flags.filter((flag) => args[flag] !== undefined).map((flag) => ({ where: `flag --${flag}`, ...needsPackages(flag) }));
}

/** Prints what an image must contain for the selected workloads. */
export async function listPackages(args: Args, { env, cwd, problems, out }: Context): Promise<number> {
  const { output, ...flags } = args;
  // All packages, also those that guests do not install. The boot source does not matter, and RHEL has no image by default.
  const { plan } = await loadPlan({ flags: { ...flags, packages: 'install', boot: 'dataSource:any/any' }, env, cwd, problems });
  const listed = imagePackages(plan);
  if (output === 'json') out(`${JSON.stringify(listed, null, 2)}\n`);
  else if (output === 'yaml') out(toYaml(listed));
  else out(rows(listed));
  return EXIT.done;
}

function rows({ workloads, all }: ReturnType<typeof imagePackages>): string {
  const width = process.stdout.columns || 120;
  const listed = workloads.map(({ name, guestOs, packages }) => [name, guestOs, packages.join(', ')]);
  const together = Object.entries(all).map(([os, packages = []]) => ['all', os, packages.join(', ')]);
  return table(['WORKLOAD', 'GUEST OS', 'PACKAGES'], [...listed, ...together], { width, whole: 2, names: [2] });
}
