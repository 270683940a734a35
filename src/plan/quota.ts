import type { Problem } from '../errors';
import { parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import type { Amounts, Launcher, PodsPlan, QuotaLine, QuotaPart, QuotaPlan } from './component-plan';
import { DEFAULTS, launcherOf } from './launcher';
import { COMPONENT } from './messages';
import { nameOfRun } from './names';
import type { RolePlan, WorkloadPlan } from './plan';
import { BOOT_DISK_SIZE } from './root-disk';

/** `parallelMigrationsPerCluster` of KubeVirt: for each, the target has a pod in addition to that of the source. */
export const MIGRATIONS = 5;
/** A preference may give a VM a TPM. */
const TPM = 53n * 2n ** 20n;
/** Where KubeVirt keeps the state of a TPM. */
const STATE = 10n * 2n ** 20n;
const MI = 2n ** 20n;

/** Claims of the same size and class. */
interface Claims {
  readonly of: string;
  readonly count: number;
  readonly size: bigint;
  /** Absent: the default of the cluster. */
  readonly storageClass?: string;
  /** Pods of CDI that fill one of them. */
  readonly pods: number;
}

/** The limits for the namespace of a base: everything that its VMs need at the same time, at most. */
export function quota({ namespace, runId }: Options, workloads: readonly WorkloadPlan[]): QuotaPlan {
  const roles = workloads.flatMap((workload) => workload.roles).filter(({ vms }) => vms.length > 0);
  const pods = roles.flatMap(podsOf);
  const claims = roles.flatMap(claimsOf);
  const states = roles.filter(({ machine }) => machine?.tpm?.persistent).reduce((sum, { vms }) => sum + vms.length, 0);
  const unsized = [...new Set(roles.flatMap(({ machine }) => machine?.instancetype?.name ?? []))];
  const lines = [
    ...(unsized.length > 0 ? [] : [...amounts(roles, pods, claims), ...hugepages(pods)]),
    ...counts(roles, claims, states),
    ...storage(claims, states),
  ];
  const hard = lines.filter(({ total }) => total > 0n);
  return { kind: 'quota', name: nameOfRun(namespace, runId), namespace, runId, pods, unsized, hard };
}

/** What only the cluster knows, and what patches change, is not in the amounts. */
export function quotaWarnings({ place }: Options, workloads: readonly WorkloadPlan[], { unsized }: QuotaPlan): Problem[] {
  const patched = workloads.filter(({ roles }) => roles.some(({ patches = [] }) => patches.some(isCounted))).map(({ name }) => name);
  return [
    ...(unsized.length === 0 ? [] : [{ where: place('components'), ...COMPONENT.unsized(unsized) }]),
    ...(patched.length === 0 ? [] : [{ where: place('components'), ...COMPONENT.patched(patched) }]),
  ];
}

/** Whether a patch may change what the pod of a VM or its volumes request. */
function isCounted({ path }: { readonly path: string }): boolean {
  return /^\/spec\/(?:template\/spec\/(?:domain|volumes|networks|architecture|readinessProbe)|dataVolumeTemplates|instancetype|preference)(?:\/|$)|^(?:\/spec)?(?:\/template)?(?:\/spec)?$/.test(
    path,
  );
}

function podsOf(role: RolePlan): PodsPlan[] {
  const launcher = launcherOf(role);
  return launcher ? [{ of: nameOf(role), vms: role.vms.length, launcher }] : [];
}

function nameOf({ workload, role }: RolePlan): string {
  return role === undefined ? workload : `${workload}/${role}`;
}

function claimsOf(role: RolePlan): Claims[] {
  const { boot, disks, vms } = role;
  const common = { count: vms.length };
  const claim = (
    what: string,
    size: string,
    { storageClass, volumeMode }: { storageClass?: string; volumeMode?: string },
    fills: number,
  ) => ({
    ...common,
    of: `${what} of ${nameOf(role)}`,
    size: claimed(size, volumeMode),
    ...(storageClass === undefined ? {} : { storageClass }),
    pods: fills,
  });
  return [
    // A clone may need a pod that reads and one that writes.
    ...(boot.kind === 'dataSource' ? [claim('root disk', BOOT_DISK_SIZE, boot, 2)] : []),
    ...disks.map((disk) => claim(`disk ${disk.name}`, disk.size, disk, 1)),
  ];
}

/** CDI requests more for a file system: 6 % of the volume by default. Where the mode is unknown, it may be one. */
function claimed(size: string, volumeMode: string | undefined): bigint {
  const bytes = parseBytes(size) ?? 0n;
  return volumeMode === 'Block' ? bytes : wholeMebibytes((bytes * 100n + 93n) / 94n);
}

function amounts(roles: readonly RolePlan[], pods: readonly PodsPlan[], claims: readonly Claims[]): QuotaLine[] {
  const migrations = migrationsOf(roles);
  const filling = claims.reduce((sum, { count, pods: each }) => sum + count * each, 0);
  const preferred = roles.filter(({ machine }) => machine?.preference && !machine.tpm).reduce((sum, { vms }) => sum + vms.length, 0);
  const line = (kind: 'requests' | 'limits', resource: keyof Amounts): QuotaLine => {
    const tpm = resource === 'memory' ? TPM * (kind === 'limits' ? 2n : 1n) : 0n;
    return lineOf(`${kind}.${resource}`, resource === 'cpu' ? 'cpu' : 'bytes', [
      ...pods.map(({ of, vms, launcher }) => ({ count: vms, each: launcher[kind][resource], what: `pods of ${of}` })),
      { count: tpm === 0n ? 0 : preferred, each: tpm, what: 'TPMs that a preference may add' },
      { count: migrations, each: largest(pods, (launcher) => launcher[kind][resource]), what: 'targets of migrations, as the largest pod' },
      { count: filling, each: DEFAULTS[kind][resource], what: 'pods of CDI, which fill volumes' },
    ]);
  };
  return [line('requests', 'cpu'), line('limits', 'cpu'), line('requests', 'memory'), line('limits', 'memory')];
}

function hugepages(pods: readonly PodsPlan[]): QuotaLine[] {
  const sizes = [...new Set(pods.flatMap(({ launcher }) => launcher.hugepages?.size ?? []))];
  return sizes.map((size) => {
    const own = pods.filter(({ launcher }) => launcher.hugepages?.size === size);
    const pages = (launcher: Launcher) => launcher.hugepages?.memory ?? 0n;
    return lineOf(`requests.hugepages-${size}`, 'bytes', [
      ...own.map(({ of, vms, launcher }) => ({ count: vms, each: pages(launcher), what: `pods of ${of}` })),
      {
        count: Math.min(
          MIGRATIONS,
          own.reduce((sum, { vms }) => sum + vms, 0),
        ),
        each: largest(own, pages),
        what: 'targets of migrations, as the largest pod',
      },
    ]);
  });
}

function counts(roles: readonly RolePlan[], claims: readonly Claims[], states: number): QuotaLine[] {
  const volumes = claims.reduce((sum, { count }) => sum + count, 0);
  const filling = claims.reduce((sum, { count, pods }) => sum + count * pods, 0);
  const one = (count: number, what: string): QuotaPart => ({ count, each: 1n, what });
  return [
    lineOf(
      'count/virtualmachines.kubevirt.io',
      'count',
      roles.map((role) => one(role.vms.length, `VMs of ${nameOf(role)}`)),
    ),
    lineOf(
      'count/datavolumes.cdi.kubevirt.io',
      'count',
      claims.map(({ count, of }) => one(count, of)),
    ),
    lineOf('pods', 'count', [
      one(vmsOf(roles), 'pods of VMs'),
      one(migrationsOf(roles), 'targets of migrations'),
      one(filling, 'pods of CDI, which fill volumes'),
    ]),
    lineOf('persistentvolumeclaims', 'count', [
      one(volumes, 'volumes'),
      one(volumes, 'temporary claims of CDI, while it fills a volume'),
      one(states, 'states of TPMs'),
      one(Math.min(MIGRATIONS, states), 'states of TPMs at targets of migrations'),
    ]),
  ];
}

/** For all classes together, and for each that is named. */
function storage(claims: readonly Claims[], states: number): QuotaLine[] {
  const line = (resource: string, own: readonly Claims[], others: readonly QuotaPart[]) =>
    lineOf(resource, 'bytes', [
      ...own.map(({ count, size, of }) => ({ count, each: size, what: of })),
      ...own.map(({ count, size, of }) => ({ count, each: size, what: `temporary claims of CDI: ${of}` })),
      ...others,
    ]);
  const classes = [...new Set(claims.flatMap(({ storageClass }) => storageClass ?? []))];
  return [
    line('requests.storage', claims, [
      { count: states, each: STATE, what: 'states of TPMs' },
      { count: Math.min(MIGRATIONS, states), each: STATE, what: 'states of TPMs at targets of migrations' },
    ]),
    ...classes.map((name) =>
      line(
        `${name}.storageclass.storage.k8s.io/requests.storage`,
        claims.filter(({ storageClass }) => storageClass === name),
        [],
      ),
    ),
  ];
}

function lineOf(resource: string, unit: QuotaLine['unit'], all: readonly QuotaPart[]): QuotaLine {
  const parts = all.filter(({ count, each }) => count > 0 && each > 0n);
  const sum = parts.reduce((total, { count, each }) => total + BigInt(count) * each, 0n);
  return { resource, unit, parts, total: unit === 'bytes' ? wholeMebibytes(sum) : sum };
}

function migrationsOf(roles: readonly RolePlan[]): number {
  return Math.min(MIGRATIONS, vmsOf(roles));
}

function vmsOf(roles: readonly RolePlan[]): number {
  return roles.reduce((sum, { vms }) => sum + vms.length, 0);
}

function largest(pods: readonly PodsPlan[], amount: (launcher: Launcher) => bigint): bigint {
  return pods.reduce((most, { launcher }) => (amount(launcher) > most ? amount(launcher) : most), 0n);
}

function wholeMebibytes(bytes: bigint): bigint {
  return ((bytes + MI - 1n) / MI) * MI;
}
