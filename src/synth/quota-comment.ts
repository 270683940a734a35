import { formatBytes } from '../kubernetes/quantity';
import type { Amounts, PodsPlan, QuotaLine, QuotaPlan } from '../plan/component-plan';

const MI = 2n ** 20n;

const INTRODUCTION = `How each amount is computed: what the VMs of the base need at most, all at the same time.
The amounts of pods are those of KubeVirt 1.5 to 1.9 and of CDI, with their default configuration. If your cluster has another
cpuAllocationRatio than 10, another parallelMigrationsPerCluster than 5, an additionalGuestMemoryOverheadRatio, network bindings with
an overhead, or another filesystemOverhead than 0.06, change the amounts with a patch in your overlay.
A quota counts everything in the namespace, also what is not of this base.
KubeVirt sets limits for the pods of VMs because the quota has limits.cpu and limits.memory.`;

const DEFAULTS = `For containers that state no requests and limits, which the quota would reject: those of the pods of CDI.
The containers of the pods of VMs state theirs, so this changes nothing of them.`;

const UNSIZED = (names: readonly string[]) =>
  `There is no amount for CPUs and memory, because the size of these instancetypes is known only in the cluster: ${names.join(', ')}.
There is no LimitRange either: its default limits would be too small for the pods of VMs.`;

/** The computation of a quota, as the comment of its ResourceQuota. */
export function quotaComment({ pods, hard, unsized }: QuotaPlan): string {
  const sections = [INTRODUCTION, ...(unsized.length > 0 ? [UNSIZED(unsized)] : ofAllPods(pods)), ...hard.map(ofLine)];
  return comment(sections.join('\n\n'));
}

export function limitRangeComment(): string {
  return comment(DEFAULTS);
}

/** An amount as in a ResourceQuota. */
export function amountOf({ unit, total }: Pick<QuotaLine, 'unit' | 'total'>): string {
  return unit === 'count' ? String(total) : unit === 'cpu' ? cpus(total) : formatBytes(total);
}

/** Roles whose pods are the same have one section. */
function ofAllPods(pods: readonly PodsPlan[]): string[] {
  const same = new Map<string, string[]>();
  for (const each of pods) {
    const text = ofPod(each);
    same.set(text, [...(same.get(text) ?? []), each.of]);
  }
  return [...same].map(([text, names]) => `The pod of each VM of ${names.join(', ')}:\n${text}`);
}

function ofPod({ launcher }: PodsPlan): string {
  const { overhead, hugepages } = launcher;
  const added = overhead.reduce((sum, { amount }) => sum + amount, 0n);
  const row = (kind: 'requests' | 'limits', resource: keyof Amounts) => {
    const [all, compute] = [launcher[kind][resource], launcher.compute[kind][resource]];
    const shown = resource === 'cpu' ? cpus : memory;
    const qemu = `${shown(compute)} for QEMU (${launcher.how[kind][resource]})`;
    return `  ${kind}.${resource} ${shown(all)}: ${qemu}, ${shown(all - compute)} for other containers`;
  };
  return [
    `  overhead of memory ${memory(added)}: ${overhead.map(({ what, amount }) => `${memory(amount)} for ${what}`).join(', ')}`,
    row('requests', 'cpu'),
    row('limits', 'cpu'),
    row('requests', 'memory'),
    row('limits', 'memory'),
    ...(hugepages ? [`  requests.hugepages-${hugepages.size} ${memory(hugepages.memory)}`] : []),
  ].join('\n');
}

function ofLine({ resource, unit, parts, total }: QuotaLine): string {
  const each = (amount: bigint) => (unit === 'cpu' ? ` x ${cpus(amount)}` : unit === 'bytes' ? ` x ${memory(amount)}` : '');
  return [`${resource}: ${amountOf({ unit, total })}`, ...parts.map((part) => `  ${part.count}${each(part.each)} ${part.what}`)].join('\n');
}

function cpus(millis: bigint): string {
  return millis % 1000n === 0n ? String(millis / 1000n) : `${millis}m`;
}

/** Bytes exactly, and also in mebibytes if they are none: `2511708288 (2395.4Mi)`. */
function memory(bytes: bigint): string {
  if (bytes % MI === 0n || bytes < MI) return formatBytes(bytes);
  const tenths = (bytes * 10n) / MI;
  return `${bytes} (${tenths / 10n}.${tenths % 10n}Mi)`;
}

/** Each line of a text as a comment of YAML. */
export function comment(text: string): string {
  return text
    .replace(/^(?=.)/gm, '# ')
    .replace(/^$/gm, '#')
    .concat('\n');
}
