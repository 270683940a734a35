import type { Entry, EntryRole, GuestFile } from '../catalog/entry';
import { formatProblem, type Problem, refuse } from '../errors';
import { nameUuid } from '../kubernetes/name-uuid';
import type { Options } from '../options/options';
import { choose } from './choose';
import { disksOf, mountProblems } from './disks';
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
import { guestPackages } from './packages';
import { settleParams } from './params';
import { pathProblems } from './paths';
import { peerProblems, peersOf } from './peers';
import type { AccessPlan, CredentialPlan, DiskPlan, GuestPlan, Plan, RolePlan, ServicePlan, VmPlan, WorkloadPlan } from './plan';
import { portProblems } from './ports';
import { shortages } from './space';
import { countProblems, vmCount } from './vm-count';

/**
 * Computes names, counts, sizes, params, disks and ports of the entries.
 * @param before problems found before, to be reported together with those found now
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
  const many = countProblems(options, entries);
  if (many.length > 0) refuse([...before, ...many]);
  const workloads = entries.map((entry) => planWorkload({ options, entry, shared, problems, warnings }));
  refuse([...problems, ...inNamespace.problems, ...nameProblems(workloads)]);
  const { namespace, createNamespace, runId } = options;
  const odd = [...inNamespace.warnings, ...warnings, ...withoutEffect(options, entries, workloads)].map(formatProblem);
  return {
    namespace,
    createNamespace,
    runId,
    workloads,
    warnings: [...options.warnings, ...odd, ...migrationWarnings(workloads, options.spell)],
  };
}

/** The plan of this entry alone, and the problems that `synth` would report in addition to those of reading the entry. */
export function planEntry(options: Options, entry: Entry, shared: readonly GuestFile[]): { workload: WorkloadPlan; problems: Problem[] } {
  const problems = countProblems(options, [entry]);
  const planned = problems.length === 0 ? entry : { ...entry, roles: entry.roles.map((role) => ({ ...role, vmCount: 1 })) };
  const workload = planWorkload({ options, entry: planned, shared, problems, warnings: [] });
  return { workload, problems: [...problems, ...nameProblems([workload])] };
}

/** The input for the plan of one workload, and the lists for its problems and warnings. */
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

function vmsOf({ namespace, runId }: Options, workload: string, role: string | undefined, count: number, paired: boolean): VmPlan[] {
  return Array.from({ length: count }, (_, index) => {
    const name = vmName(workload, role, index);
    return { name, uuid: nameUuid(`${namespace}/${runId}/${name}`), ...(paired ? { pair: `${workload}-${index}` } : {}) };
  });
}

function guestOf({ options, entry }: Context, role: EntryRole, disks: readonly DiskPlan[], params: GuestPlan['params']): GuestPlan {
  const { guestOs: os, ssh } = options;
  const selector = peersOf(entry);
  return {
    os,
    packages: guestPackages(entry, os, disks),
    units: role.units,
    files: role.files,
    params,
    ...(entry.service ? { service: entry.service.name } : {}),
    ...(selector === undefined ? {} : { peerPrefix: vmName(entry.name, selector, 0).replace(/0$/, '') }),
    ...(ssh === undefined ? {} : { ssh }),
  };
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
