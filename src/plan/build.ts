import type { Entry, EntryRole, GuestFile } from '../catalog/entry';
import { formatProblem, type Problem, refuse } from '../errors';
import { nameUuid } from '../kubernetes/name-uuid';
import { parseBytes } from '../kubernetes/quantity';
import type { Options, Setting } from '../options/options';
import type { GuestOs } from '../options/table';
import type { WorkloadSettings } from '../options/workload-settings';
import { disksOf, mountProblems } from './disks';
import { PEER_VARIABLE, UNIT_FOLDER } from './guest-names';
import { migrationWarnings } from './migratable';
import {
  accountName,
  clusterRoleName,
  GUEST,
  guestSecretName,
  nameProblems,
  peersName,
  tokenSecretName,
  userDataSecretName,
  vmName,
} from './names';
import { namespaceProblems } from './namespace';
import { withoutEffect } from './no-effect';
import { settleParams } from './params';
import type { AccessPlan, CredentialPlan, DiskPlan, GuestPlan, Plan, RolePlan, ServicePlan, Totals, VmPlan, WorkloadPlan } from './plan';
import { shortages } from './space';

/** The packages that make each filesystem. */
const FILESYSTEM_PACKAGE = { xfs: 'xfsprogs', ext4: 'e2fsprogs' } as const;
const FAMILY: { readonly [os in GuestOs]: 'fedora' | 'debian' } = {
  fedora: 'fedora',
  'centos-stream': 'fedora',
  rhel: 'fedora',
  debian: 'debian',
  ubuntu: 'debian',
};
/** A file that uses the name of the peer, as the placeholder or as the variable. */
const USES_PEER = new RegExp(`\\b${PEER_VARIABLE}\\b`);

/** VMs of a plan: more than any cluster holds. Ten thousand take seconds, and each of an entry's many roles may ask for as many. */
const MOST_VMS = 100_000;

/**
 * Settles names, counts, sizes, params, disks and ports of the entries.
 * @param before problems found before, to be told together with those found now
 * @throws UserError with every problem
 */
export function buildPlan(
  options: Options,
  entries: readonly Entry[],
  shared: readonly GuestFile[],
  before: readonly Problem[] = [],
): Plan {
  const problems = [...before];
  const warnings: Problem[] = [];
  const inNamespace = namespaceProblems(options);
  const many = tooMany(options, entries);
  if (many.length > 0) refuse([...before, ...many]);
  const workloads = entries.map((entry) => planWorkload({ options, entry, shared, problems, warnings }));
  refuse([...problems, ...inNamespace.problems, ...nameProblems(workloads)]);
  const { namespace, createNamespace, runId } = options;
  const odd = [...inNamespace.warnings, ...warnings, ...withoutEffect(options, entries, workloads)].map(formatProblem);
  return { namespace, createNamespace, runId, workloads, warnings: [...options.warnings, ...odd, ...migrationWarnings(workloads)] };
}

/** The plan of this entry alone, and what synth would refuse of it beside what reading it has found. */
export function planEntry(options: Options, entry: Entry, shared: readonly GuestFile[]): { workload: WorkloadPlan; problems: Problem[] } {
  const problems = tooMany(options, [entry]);
  const planned = problems.length === 0 ? entry : { ...entry, roles: entry.roles.map((role) => ({ ...role, vmCount: 1 })) };
  const workload = planWorkload({ options, entry: planned, shared, problems, warnings: [] });
  return { workload, problems: [...problems, ...nameProblems([workload])] };
}

function tooMany(options: Options, entries: readonly Entry[]): Problem[] {
  const counts = entries.map((entry) => entry.roles.reduce((sum, role) => sum + vmCount(options, entry, role), 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= MOST_VMS) return [];
  const most = entries[counts.indexOf(Math.max(...counts))]?.name;
  return [{ where: `workload ${most}`, message: `all VMs must be at most ${MOST_VMS}, got ${total}`, hint: 'fewer with --vm-count' }];
}

function vmCount(options: Options, { name }: Entry, role: EntryRole): number {
  return role.vmCount ?? choose(options.vmCount, options.settings.get(name)?.vmCount, undefined);
}

export function totals(plan: Plan): Totals {
  const roles = plan.workloads.flatMap((workload) => workload.roles);
  const sum = (perVm: (role: RolePlan) => bigint) => roles.reduce((total, role) => total + perVm(role) * BigInt(role.vms.length), 0n);
  return {
    vms: Number(sum(() => 1n)),
    cpuCores: Number(sum((role) => BigInt(role.cpuCores))),
    memoryBytes: sum((role) => parseBytes(role.memory) ?? 0n),
    diskBytes: sum((role) => role.disks.reduce((total, disk) => total + (parseBytes(disk.size) ?? 0n), 0n)),
  };
}

/** What the plan of one workload is made from. */
interface Context {
  readonly options: Options;
  readonly entry: Entry;
  readonly shared: readonly GuestFile[];
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

function planWorkload(context: Context): WorkloadPlan {
  const { options, entry, problems } = context;
  const { namespace, runId } = options;
  const params = settleParams(entry, options.settings.get(entry.name), problems);
  const roles = entry.roles.map((role) => planRole(context, role, params));
  const short = shortages(options, entry, roles, params);
  context.warnings.push(...short.warnings);
  problems.push(
    ...short.problems,
    ...portProblems(options, entry),
    ...peerProblems(entry, roles),
    ...pathProblems(entry, roles),
    ...mountProblems(options, entry, roles),
  );
  return { name: entry.name, namespace, runId, roles, services: servicesOf(options, entry), ...accessOf(options, entry) };
}

function planRole(context: Context, role: EntryRole, params: GuestPlan['params']): RolePlan {
  const { options, entry } = context;
  const settings = options.settings.get(entry.name);
  const { namespace, runId } = options;
  const name = entry.multiRole ? role.name : undefined;
  const disks = disksOf(options, entry, role, context.problems);
  const paired = peersOf(entry) !== undefined;
  return {
    workload: entry.name,
    ...(name === undefined ? {} : { role: name }),
    namespace,
    runId,
    vms: vmsOf(options, entry.name, name, vmCount(options, entry, role), paired),
    cpuCores: choose(options.cpuCores, settings?.cpuCores, entry.vm.cpuCores),
    memory: choose(options.memory, settings?.memory, entry.vm.memory),
    boot: options.boot,
    disks,
    healthPort: options.healthPort,
    ...(paired ? { subdomain: peersName(entry.name) } : {}),
    userDataSecret: userDataSecretName(entry.name, name),
    ...credentialOf(entry, role),
    guestDisk: { secret: guestSecretName(namespace, runId), serial: GUEST, files: context.shared },
    guest: guestOf(context, role, disks, params),
  };
}

/** Flags and environment > the file on this workload > the file in general > the entry > the default. */
function choose<T>(setting: Setting<T>, ofWorkload: WorkloadSettings[keyof WorkloadSettings] | undefined, ofEntry: T | undefined): T {
  return setting.forAll ?? (ofWorkload as T | undefined) ?? setting.general ?? ofEntry ?? setting.fallback;
}

function vmsOf({ namespace, runId }: Options, workload: string, role: string | undefined, count: number, paired: boolean): VmPlan[] {
  return Array.from({ length: count }, (_, index) => {
    const name = vmName(workload, role, index);
    return { name, uuid: nameUuid(`${namespace}/${runId}/${name}`), ...(paired ? { pair: `${workload}-${index}` } : {}) };
  });
}

function guestOf({ options, entry }: Context, role: EntryRole, disks: readonly DiskPlan[], params: GuestPlan['params']): GuestPlan {
  const { guestOs: os, ssh } = options;
  const packages = entry.packages[os] ?? entry.packages[FAMILY[os]] ?? entry.packages.any ?? [];
  const selector = peersOf(entry);
  return {
    os,
    packages: [...new Set([...packages, ...disks.map((disk) => FILESYSTEM_PACKAGE[disk.filesystem])])],
    units: role.units,
    files: role.files,
    params,
    ...(entry.service ? { service: entry.service.name } : {}),
    ...(selector === undefined ? {} : { peerPrefix: vmName(entry.name, selector, 0).replace(/0$/, '') }),
    ...(ssh === undefined ? {} : { ssh }),
  };
}

/** The role whose VMs the others of the same index talk to. */
function peersOf(entry: Entry): string | undefined {
  return entry.multiRole ? entry.service?.selectorRole : undefined;
}

function servicesOf({ namespace, runId }: Options, entry: Entry): ServicePlan[] {
  if (!entry.service) return [];
  const { name, ports, selectorRole } = entry.service;
  const owner = { namespace, workload: entry.name, runId, ports, ...(selectorRole === undefined ? {} : { role: selectorRole }) };
  const peers = peersOf(entry) === undefined ? [] : [{ ...owner, name: peersName(entry.name), headless: true }];
  return [{ ...owner, name, headless: false }, ...peers];
}

function accessOf({ namespace, runId }: Options, { name, access }: Entry): { access?: AccessPlan } {
  if (!access) return {};
  const { role, rules, clusterRules } = access;
  return {
    access: {
      namespace,
      workload: name,
      ...(role === undefined ? {} : { role }),
      runId,
      account: accountName(name),
      tokenSecret: tokenSecretName(name),
      rules,
      ...(clusterRules.length > 0 ? { cluster: { name: clusterRoleName(namespace, name), rules: clusterRules } } : {}),
    },
  };
}

function hasAccess({ access, multiRole }: Entry, role: EntryRole): boolean {
  return access !== undefined && (!multiRole || access.role === role.name);
}

function credentialOf(entry: Entry, role: EntryRole): { credential?: CredentialPlan } {
  if (!entry.access || !hasAccess(entry, role)) return {};
  return { credential: { secret: tokenSecretName(entry.name), serial: entry.access.serial } };
}

/** Who listens in guests: sshd, and systemd-resolved for names and for LLMNR. */
const TAKEN: { readonly [port: number]: string } = { 22: 'sshd', 53: 'systemd-resolved', 5355: 'systemd-resolved' };

/** The health endpoint must not take a port of the guest's or of the workload's own. */
function portProblems({ healthPort, place }: Options, entry: Entry): Problem[] {
  const isOwn = entry.service?.ports.some((port) => port.port === healthPort && port.protocol === 'TCP');
  const owner = TAKEN[healthPort] === undefined ? (isOwn ? `workload ${entry.name}` : undefined) : `${TAKEN[healthPort]} in the guests`;
  if (owner === undefined) return [];
  return [
    { where: place('health_port'), message: `must not be ${healthPort}, which is a port of ${owner}`, hint: 'another --health-port' },
  ];
}

/** An entry must not bring a file that virtwork brings itself, also not as the unit of an unlucky name. */
function pathProblems(entry: Entry, roles: readonly RolePlan[]): Problem[] {
  return roles.flatMap(({ guest, guestDisk }) => {
    const units = guest.units.map(({ name, source }) => ({ path: `${UNIT_FOLDER}/${name}`, source }));
    const first = new Map<string, string>();
    return [...guestDisk.files, ...guest.files, ...units].flatMap(({ path, source }) => {
      const other = first.get(path);
      if (other === undefined) first.set(path, source);
      const message = `its guests would have two files ${path}: ${other} and ${source}`;
      return other === undefined ? [] : [{ where: `workload ${entry.name}`, message, hint: `rename ${source}, or the entry` }];
    });
  });
}

/** A role that names its peer needs one for each of its VMs. */
function peerProblems(entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const selector = peersOf(entry);
  const servers = roles.find((role) => role.role === selector)?.vms.length ?? 0;
  return entry.roles.flatMap((role, index) => {
    const clients = roles[index]?.vms.length ?? 0;
    if (selector === undefined || clients <= servers || !usesPeer(role)) return [];
    return [
      {
        where: `workload ${entry.name}`,
        message: `each of the ${clients} VMs of role ${role.name} needs a peer of its own, role ${selector} has ${servers}`,
        hint: 'the same vm-count for both roles, or {{service}} in the place of {{peer}}',
      },
    ];
  });
}

function usesPeer({ units, files }: EntryRole): boolean {
  return (
    [...units, ...files].some((piece) => piece.placeholders?.some(({ key }) => key === 'peer')) ||
    units.some((unit) => USES_PEER.test(unit.text)) ||
    files.some((file) => USES_PEER.test(String(file.content)))
  );
}
