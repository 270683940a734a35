import { canonicalQuantity } from '../kubernetes/quantity';
import type { AlertRule } from '../signals/alert';
import { completeSignal, seconds } from './complete-signal';
import {
  ACCESS_SERIAL,
  type Entry,
  type EntryAccess,
  type EntryRole,
  type ParamSpec,
  type Service,
  type Space,
  type Storage,
} from './entry';
import { ownName } from './entry-name';
import { normalPath } from './files/guest-path';
import { profileParam, textOf } from './params/profile';
import { portNames } from './port-names';
import type { DeclaredAlert, DeclaredDisk, DeclaredSpace, WorkloadFile } from './workload-file';

/** The parts of an entry that are read from more than its workload.yaml. */
type ReadParts = Pick<Entry, 'name' | 'builtIn' | 'folder' | 'results'> & {
  readonly params: readonly ParamSpec[];
  readonly roles: readonly EntryRole[];
};

/** Fills in what workload.yaml, which is valid, does not say: defaults, and quantities in their canonical form. */
export function completeEntry(read: ReadParts, data: WorkloadFile): Entry {
  const { cpuCores, memory } = { cpuCores: data.vm?.['cpu-cores'], memory: data.vm?.memory };
  return {
    ...read,
    params: [...read.params, ...profileParam(data, read.params)],
    entry: read.name,
    description: data.description ?? '',
    packages: packagesOf(data),
    multiRole: data.roles !== undefined,
    storage: (data.storage ?? []).map(diskOf),
    space: (data.space ?? []).map(spaceOf),
    ...(data.trial ? { trialTime: { duration: [], parts: {}, fixed: 0, ...data.trial } } : {}),
    ...(data.service ? { service: serviceOf(read.name, data.service) } : {}),
    ...(data.access ? { access: accessOf(data.access) } : {}),
    vm: { ...(cpuCores ? { cpuCores } : {}), ...(memory === undefined ? {} : { memory: canonicalQuantity(String(memory)) }) },
    chaos: data.chaos ?? false,
    idle: data.idle ?? false,
    signals: (data.signals ?? []).map(completeSignal),
    alerts: (data.alerts ?? []).map((alert) => alertOf(alert, read.params)),
  };
}

function alertOf({ after, when = {}, why = '', others, ...alert }: DeclaredAlert, params: readonly ParamSpec[]): AlertRule {
  const conditions = Object.entries(when).map(([key, { values, ...limits }]) => [
    key,
    { ...limits, ...(values ? { values: values.map((value) => textOf(params, key, value)) } : {}) },
  ]);
  return { ...alert, afterSeconds: seconds(after ?? '0s') ?? 0, when: Object.fromEntries(conditions), why, ...(others ? { others } : {}) };
}

function packagesOf({ packages = {} }: WorkloadFile): Entry['packages'] {
  return Array.isArray(packages) ? { any: packages } : { ...(packages as Entry['packages']) };
}

function diskOf({ size, filesystem = 'xfs', mount, raw, ...disk }: DeclaredDisk): Storage {
  const content = mount === undefined ? { raw: true as const } : { mount: normalPath(mount), filesystem };
  return { ...disk, ...content, ...(size === undefined ? {} : { size: canonicalQuantity(String(size)) }) };
}

function spaceOf(declared: DeclaredSpace): Space {
  const { share = 100, base = 0, each = {}, sizes = [], desc = '', 'only-warn': onlyWarn = false, ...rule } = declared;
  const amounts = Object.entries(each).map(([param, amount]) => [param, String(amount)]);
  return { ...rule, share, base: String(base), each: Object.fromEntries(amounts), sizes, onlyWarn, description: desc };
}

function serviceOf(entry: string, declared: NonNullable<WorkloadFile['service']>): Service {
  const { name = ownName(entry), ports, 'selector-role': selectorRole } = declared;
  const names = portNames(ports);
  return {
    name,
    ports: ports.map(({ port, protocol }, index) => ({ name: names[index] as string, port, protocol: protocol === 'UDP' ? 'UDP' : 'TCP' })),
    ...(selectorRole === undefined ? {} : { selectorRole }),
  };
}

function accessOf(declared: NonNullable<WorkloadFile['access']>): EntryAccess {
  const { serial = ACCESS_SERIAL, rules = [], 'cluster-rules': clusterRules = [], ...access } = declared;
  return { ...access, serial, rules, clusterRules };
}
