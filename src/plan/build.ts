import { allUnits, type Entry, type EntryRole } from '../catalog/entry';
import type { SharedFiles } from '../catalog/shipped/shared';
import { formatProblem, type Problem, refuse } from '../errors';
import { nameUuid } from '../kubernetes/name-uuid';
import type { Options } from '../options/options';
import type { WorkloadSettings } from '../options/workload-settings';
import { signalsOf } from '../signals/signal';
import { alertsOf } from './alerts';
import { disksOf, mountProblems } from './disks';
import { machineOf, machineProblems } from './machine';
import { noPublicImage } from './messages';
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
import { networkProblems, networksOf, networkWarnings, sharedAddresses, withCards } from './networks';
import { withoutEffect } from './no-effect';
import { guestPackages, OF_TRIALS } from './packages';
import { patchesOf, patchWarnings } from './patches';
import { pathProblems } from './paths';
import { peerProblems, peersOf } from './peers';
import type {
  AccessPlan,
  CredentialPlan,
  DiskPlan,
  GuestPlan,
  PlacementPlan,
  Plan,
  RolePlan,
  ServicePlan,
  VmPlan,
  WorkloadPlan,
} from './plan';
import { hasPod } from './pod-network';
import { poolOf, poolProblems } from './pool';
import { portProblems } from './ports';
import { preparationProblems, preparedGuest } from './preparation';
import { shortages } from './space';
import { learntNetworks, trafficNetworks, trafficProblems, usesAddresses, withoutTraffic, withPeerAddresses } from './traffic';
import { isMeasured, measured, type Settled, settle, trialPortProblems, trialsOf, unitsBesideTrials } from './trials';
import { countProblems, vmCount } from './vm-count';

/**
 * Computes names, counts, sizes, params, disks and ports of the entries.
 * @param before problems found before, to be reported together with those found now
 * @throws UserError with every problem
 */
export function buildPlan(options: Options, entries: readonly Entry[], shared: SharedFiles, before: readonly Problem[] = []): Plan {
  const problems = [...before];
  const warnings: Problem[] = [];
  const inNamespace = namespaceProblems(options);
  const many = countProblems(options, entries);
  if (many.length > 0) refuse([...before, ...many]);
  const workloads = entries.map((entry) => planWorkload({ options: options.of(entry.name), entry, shared, problems, warnings }));
  refuse([...problems, ...inNamespace.problems, ...nameProblems(workloads), ...sharedAddresses(options, workloads)]);
  const { namespace, createNamespace, runId } = options;
  const asked = plannedComponents(options, workloads, entries);
  const odd = [...inNamespace.warnings, ...warnings, ...withoutEffect(options, entries, workloads)].map(formatProblem);
  return {
    namespace,
    createNamespace,
    runId,
    workloads,
    ...(asked ? { components: asked.components } : {}),
    warnings: [...options.warnings, ...odd, ...migrationWarnings(workloads, options.spell), ...(asked?.warnings ?? [])],
  };
}

/** Loaded here, because few plans have components. */
function plannedComponents(options: Options, workloads: readonly WorkloadPlan[], entries: readonly Entry[]) {
  if (options.components.length === 0) return undefined;
  return (require('./components') as typeof import('./components')).componentsOf(options, workloads, entries);
}

/**
 * The plans of this entry alone, with its continuous load and measured, and the problems that `synth` would report in addition to those of
 * reading the entry.
 */
export function planEntry(options: Options, entry: Entry, shared: SharedFiles): { workloads: WorkloadPlan[]; problems: Problem[] } {
  const problems = countProblems(options, [entry]);
  const planned = problems.length === 0 ? entry : { ...entry, roles: entry.roles.map((role) => ({ ...role, vmCount: 1 })) };
  const [settings, own] = [options.settings.get(entry.name), options.of(entry.name)];
  const both = isBoth(entry, settings) ? [own, { ...own, settings: new Map([[entry.name, measured(entry, settings)]]) }] : [own];
  const workloads = both.map((each) => planWorkload({ options: each, entry: planned, shared, problems, warnings: [] }));
  return { workloads, problems: [...problems, ...workloads.flatMap((workload) => nameProblems([workload]))] };
}

/** Whether the entry can be measured, but is not with these settings. */
function isBoth(entry: Entry, settings: WorkloadSettings | undefined): boolean {
  return entry.roles.some(({ trial }) => trial) && !isMeasured(entry, settings);
}

/** The input for the plan of one workload, and the lists for its problems and warnings. */
interface Context {
  /** Those of the workload. */
  readonly options: Options;
  readonly entry: Entry;
  readonly shared: SharedFiles;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

function planWorkload(context: Context): WorkloadPlan {
  const { options, entry, problems } = context;
  const { namespace, runId } = options;
  const settled = withoutTraffic(entry, settle(entry, options.settings.get(entry.name), problems));
  const planned = entry.roles.map((role) => planRole(context, role, settled));
  const traffic = trafficNetworks(entry, settled);
  const learnt = learntNetworks(options, traffic);
  const { traffic: ofClients, addresses: ofServers } = context.shared;
  const roles = withPeerAddresses(entry, traffic, learnt, withCards(options, planned, learnt), { ofClients, ofServers });
  context.warnings.push(...networkWarnings(options, entry));
  for (const short of allShortages(options, entry, roles, settled)) {
    context.warnings.push(...short.warnings);
    problems.push(...short.problems);
  }
  problems.push(
    ...imageProblems(options),
    ...machineProblems(options, entry),
    ...poolProblems(options, entry),
    ...networkProblems(options, entry, roles, usesAddresses(entry, settled)),
    ...trafficProblems(options, entry, settled),
    ...portProblems(options, entry),
    ...trialPortProblems(options, entry, settled.trials),
    ...preparationProblems(options, entry, roles),
    ...peerProblems(entry, roles),
    ...pathProblems(entry, roles),
    ...mountProblems(options, entry, roles),
  );
  context.warnings.push(...patchWarnings(options));
  // A Service leads to pods, and what reaches a pod reaches its VM only over the pod network.
  const services = roles.every(hasPod) ? servicesOf(options, entry, settled.trials !== undefined, learnt.length > 0) : [];
  const idle = entry.idle ? { idle: true as const } : {};
  const alerts = alertsOf(entry, roles, settled.params);
  return { name: entry.name, entry: entry.entry, namespace, runId, roles, services, ...accessOf(options, entry), ...alerts, ...idle };
}

/** The roles that are measured need the space of each trial, the others that of the workload's own params. */
function allShortages(options: Options, entry: Entry, roles: readonly RolePlan[], { params, trials = [] }: Settled) {
  const given = options.settings.get(entry.name)?.params ?? new Map();
  const [ofTrials, others] = [roles.filter((role) => role.trials), roles.filter((role) => !role.trials)];
  return [
    shortages(options, entry, others, { params, given }),
    ...trials.map((each) => shortages(options, entry, ofTrials, { params: each.params, given: each.given, place: each.trial.place })),
  ];
}

function planRole(context: Context, role: EntryRole, { params, trials }: Settled): RolePlan {
  const { options, entry } = context;
  const { namespace, runId } = options;
  const name = entry.multiRole ? role.name : undefined;
  const disks = disksOf(options, entry, role, context.problems);
  const networks = networksOf(options);
  const paired = peersOf(entry) !== undefined;
  const vms = vmsOf(options, entry.name, name, vmCount(options, role), paired);
  const plan = trials && trialsOf(options, entry, role, vms, trials);
  return {
    workload: entry.name,
    entry: entry.entry,
    ...(name === undefined ? {} : { role: name }),
    namespace,
    runId,
    labels: options.labels,
    annotations: options.annotations,
    vms,
    ...poolOf(options, entry.name, name),
    ...machineOf(options, entry),
    ...networks,
    runStrategy: options.runStrategy,
    evictionStrategy: options.evictionStrategy,
    placement: placementOf(options),
    boot: options.boot,
    disks,
    healthPort: options.healthPort,
    ...((paired || trials) && hasPod(networks) ? { subdomain: peersName(entry.name) } : {}),
    userDataSecret: userDataSecretName(entry.name, name),
    ...credentialOf(entry, role),
    guestDisk: {
      secret: guestSecretName(namespace, runId, plan !== undefined),
      serial: GUEST,
      files: context.shared.guestDisk(plan !== undefined),
    },
    guest: guestOf(context, role, disks, params, plan !== undefined),
    ...(plan ? { trials: plan } : {}),
    signals: signalsOf(entry, name),
    ...patchesOf(options),
  };
}

/** A guest OS without a public image needs one of the user's. */
function imageProblems({ boot, guestOs, place, spell }: Options): Problem[] {
  return boot.kind === 'containerDisk' && boot.image === '' ? [{ where: place('guest_os'), ...noPublicImage(guestOs, spell) }] : [];
}

function placementOf(options: Options): PlacementPlan {
  const { nodeSelector, tolerations, affinity, priorityClass, scheduler, spread, pairs } = options;
  return {
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
    ...(affinity === undefined ? {} : { affinity }),
    ...(priorityClass === undefined ? {} : { priorityClass }),
    ...(scheduler === undefined ? {} : { scheduler }),
    spread,
    pairs,
  };
}

function vmsOf({ namespace, runId }: Options, workload: string, role: string | undefined, count: number, paired: boolean): VmPlan[] {
  return Array.from({ length: count }, (_, index) => {
    const name = vmName(workload, role, index);
    return {
      name,
      // Computed when it is read: rendering a pool with thousands of VMs needs none of them.
      get uuid() {
        return nameUuid(`${namespace}/${runId}/${name}`);
      },
      ...(paired ? { pair: `${workload}-${index}` } : {}),
    };
  });
}

function guestOf(
  { options, entry, shared }: Context,
  role: EntryRole,
  disks: readonly DiskPlan[],
  params: GuestPlan['params'],
  measures: boolean,
): GuestPlan {
  const { guestOs: os, ssh } = options;
  const selector = peersOf(entry);
  return {
    os,
    packages: options.packages === 'none' ? [] : guestPackages(entry, os, disks, measures ? OF_TRIALS : []),
    ...(measures ? { units: unitsBesideTrials(role), trialUnits: allUnits(role).slice(role.units.length) } : { units: role.units }),
    files: [...role.files.filter(({ forTrial }) => measures || !forTrial), ...(options.packages === 'present' ? shared.present() : [])],
    params: Object.fromEntries(
      entry.params.flatMap(({ key, forTrial }) => (params[key] !== undefined && (measures || !forTrial) ? [[key, params[key]]] : [])),
    ),
    ...(entry.service ? { service: entry.service.name } : {}),
    ...(entry.chaos ? { namespace: options.namespace } : {}),
    ...(selector === undefined ? {} : { peerPrefix: vmName(entry.name, selector, 0).replace(/0$/, '') }),
    ...(ssh === undefined ? {} : { ssh }),
    ...preparedGuest(options),
  };
}

/** @param isAsked whether clients ask the health endpoint of their peers */
function servicesOf({ namespace, runId, healthPort }: Options, entry: Entry, isMeasured: boolean, isAsked: boolean): ServicePlan[] {
  const common = { namespace, workload: entry.name, entry: entry.entry, runId };
  const headless = { name: peersName(entry.name), headless: true };
  const health = { name: 'health', port: healthPort, protocol: 'TCP' } as const;
  // The VMs of all roles have names, and those of the measured one find their leader by its name.
  const all = isMeasured ? [{ ...common, ports: [health], ...headless }] : [];
  if (!entry.service) return all;
  const { name, ports, selectorRole } = entry.service;
  const owner = { ...common, ports, ...(selectorRole === undefined ? {} : { role: selectorRole }) };
  const peers =
    peersOf(entry) === undefined
      ? []
      : [{ ...owner, ...headless, ports: isAsked ? [...ports, { ...health, name: 'virtwork-health' }] : ports }];
  return [{ ...owner, name, headless: false }, ...(isMeasured ? all : peers)];
}

function accessOf({ namespace, runId }: Options, { name, entry, access }: Entry): { access?: AccessPlan } {
  if (!access) return {};
  const { role, rules, clusterRules } = access;
  return {
    access: {
      namespace,
      workload: name,
      entry,
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
