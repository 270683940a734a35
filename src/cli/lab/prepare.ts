import { basename, resolve } from 'node:path';
import { type Problem, refuse, UserError } from '../../errors';
import { readCredential } from '../../lab/credential';
import { builtImage, checkImageFile, foreignImage, type LabImage } from '../../lab/image';
import type { LabProps } from '../../lab/up';
import { loadPlan } from '../../load-plan';
import type { Plan } from '../../plan/plan';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { timeoutFlag } from '../timeout-flag';
import { ENTRY_REQUIRED, imageMissing, wrongGuestOs } from './messages';
import { cacheOf, catalogOf, folderOf, LAB_DIR } from './places';
import { acceleratorFor, foreignArchitectures, memoryWarnings, requireLabPrograms, unknownSizes } from './requirements';

/** The flags of verbs that boot VMs. */
export const BOOT_FLAGS = {
  ...CONFIG_FLAG,
  image: { metavar: 'FILE', describe: 'any cloud image, qcow2 or raw, with --guest-os (default: the Debian image of lab image build)' },
  access: {
    metavar: 'DIR',
    describe: "token, ca.crt and namespace for guests that call a cluster's API (default: a credential for an API that does not answer)",
  },
  outbound: { describe: 'let guests reach this machine and its network; --no-outbound does not (default: with --image or --access only)' },
  timeout: { metavar: 'DURATION', describe: 'time for the guests to become healthy (default: 10m)' },
  'lab-dir': LAB_DIR,
} as const;
/** Seconds. */
const TIMEOUT = 600;

export interface Prepared extends Omit<LabProps, 'owner'> {
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Loads the plan and finds the image and the accelerator.
 * @throws UserError with all problems
 */
export async function prepare(args: Args, context: Context): Promise<Prepared> {
  const { env, cwd, log } = context;
  const entries = ((args.ENTRY as string[] | undefined) ?? []).filter(Boolean);
  const problems: Problem[] = [...context.problems];
  if (entries.length === 0) problems.push(ENTRY_REQUIRED);
  const timeout = timeoutFlag(args, TIMEOUT, problems) * 1000;
  const file = imageFile(args, cwd, problems);
  const credential = args.access === undefined ? undefined : readCredential(resolve(cwd, String(args.access)), problems);
  const { plan } = await loadPlan({ flags: planFlags(args, entries, cwd, file), env, cwd, problems });
  refuse(foreignArchitectures(plan));
  for (const warning of [...plan.warnings, ...unknownSizes(plan), ...memoryWarnings([plan])]) log.warn(warning);
  requireLabPrograms();
  const image = file === undefined ? ownImage(plan, entries, env, args.outbound === true) : await foreignImage(file);
  const accelerator = await acceleratorFor(log);
  return {
    folder: folderOf(args, context),
    plan,
    image,
    accelerator,
    ...(credential ? { credential } : {}),
    // A foreign image downloads its packages, and a credential is for an API on a network. The lab's own image needs neither.
    outbound: args.outbound === undefined ? file !== undefined || credential !== undefined : args.outbound === true,
    timeout,
  };
}

/** @returns the path of the image that the user names */
function imageFile(args: Args, cwd: string, problems: Problem[]): string | undefined {
  if (args.image !== undefined) {
    const file = resolve(cwd, String(args.image));
    checkImageFile(file, problems);
    return file;
  }
  if (!['debian', undefined].includes(args['guest-os'] as string | undefined)) problems.push(wrongGuestOs(args['guest-os']));
  return undefined;
}

function planFlags({ ENTRY: _, ...rest }: Args, entries: readonly string[], cwd: string, image: string | undefined) {
  return {
    ...rest,
    ...catalogOf(entries, cwd),
    workloads: [...new Set(entries.map((name) => basename(resolve(cwd, name))))].join(','),
    // The lab's image is Debian, whatever the image in the cluster is.
    ...(image === undefined ? { 'guest-os': 'debian' } : {}),
  };
}

/** An image with all packages; any image if the guests can get the packages, or must not. */
function ownImage(plan: Plan, entries: readonly string[], env: NodeJS.ProcessEnv, outbound: boolean): LabImage {
  const guests = plan.workloads.flatMap(({ roles }) => roles.map(({ guest }) => guest));
  const packages = guests.flatMap((guest) => guest.packages);
  const isEnough = outbound || guests.every(({ preparation }) => preparation?.packages !== undefined);
  const image = builtImage(cacheOf(env), packages) ?? (isEnough ? builtImage(cacheOf(env), []) : undefined);
  if (image === undefined) throw new UserError([imageMissing(packages, entries)]);
  return image;
}
