import { MOST_CPUS } from '../kubernetes/minimum-sizes';
import { bool, bytes, choice, integer, type Kind, objectName, type Parsed } from './kinds';
import { fromText, isMap, record } from './structured';
import { MUST, underWorkloads } from './value-messages';
import { linux } from './windows';

// Kinds of values that describe the machine of a VM, as KubeVirt has them.

/** An instancetype or a preference. */
export interface Reference {
  readonly name: string;
  readonly kind: string;
}

/** An instancetype as a program names it. */
export interface Instancetype {
  readonly name: string;
  /** @default 'VirtualMachineClusterInstancetype' */
  readonly kind?: 'VirtualMachineClusterInstancetype' | 'VirtualMachineInstancetype';
}

/** A preference as a program names it. */
export interface Preference {
  readonly name: string;
  /** @default 'VirtualMachineClusterPreference' */
  readonly kind?: 'VirtualMachineClusterPreference' | 'VirtualMachinePreference';
}

export const instancetype = reference('VirtualMachineClusterInstancetype', 'VirtualMachineInstancetype');
export const preference = linux(reference('VirtualMachineClusterPreference', 'VirtualMachinePreference'), (raw) => [
  isMap(raw) ? raw.name : raw,
]);

/**
 * A name, or `{name, kind}`.
 * @param kinds the first is the default
 */
function reference(...kinds: readonly [string, string]): Kind<Reference> {
  const [fallback] = kinds;
  const named = fromText(
    record<{ name?: string; kind?: string }>({ name: objectName, kind: choice(...kinds) }, ['name']),
    '{name: u1.medium}',
  );
  return {
    parse: (raw) => {
      if (typeof raw === 'string' && !raw.startsWith('{')) return valueFrom(objectName.parse(raw), (name) => ({ name, kind: fallback }));
      return valueFrom(named.parse(raw), ({ name = '', kind = fallback }) => ({ name, kind }));
    },
    schema: { anyOf: [objectName.schema, named.schema] },
    metavar: 'NAME',
  };
}

/** The CPUs of a VM. */
export interface Cpu {
  /** @default the number of CPUs, or 1 with `cores` or `threads` */
  readonly sockets?: number;
  /** For each socket. @default 1 */
  readonly cores?: number;
  /** For each core. @default 1 */
  readonly threads?: number;
  /** @default that of the cluster */
  readonly model?: string;
  /** Each has a CPU of the node for itself. @default false */
  readonly dedicated?: boolean;
  /** The guest sees the NUMA nodes of these CPUs. @default false */
  readonly numa?: boolean;
  /** QEMU's own thread has a CPU for itself too. @default false */
  readonly isolate_emulator?: boolean;
}

const count = integer(1, MOST_CPUS);

const topology = fromText(
  record<{ [K in keyof Cpu]: Cpu[K] }>({
    sockets: count,
    cores: count,
    threads: count,
    model: matching(/^[A-Za-z0-9][\w.-]*$/, MUST.cpuModel),
    dedicated: bool,
    numa: bool,
    isolate_emulator: bool,
  }),
  '{cores: 2, threads: 2}',
);

/** The name of an entry is a key here: who forgets `workloads` gets a hint. */
export const cpu: Kind<Cpu> = {
  ...topology,
  parse: (raw) => {
    const parsed = topology.parse(raw);
    return 'must' in parsed && isWorkload(raw) ? { ...parsed, hint: underWorkloads('cpu') } : parsed;
  },
};

function isWorkload(raw: unknown): boolean {
  return isMap(raw) && Object.keys(raw).some((key) => ['vm_count', 'params', 'memory', 'cpu_cores', 'enabled', 'trials'].includes(key));
}

/** CPUs and memory, each a quantity. */
export interface Amounts {
  /** @default what KubeVirt computes */
  readonly cpu?: string;
  /** @default what KubeVirt computes */
  readonly memory?: string;
}

export interface Resources {
  /** @default none */
  readonly requests?: Amounts;
  /** @default none */
  readonly limits?: Amounts;
}

const amounts = record<{ [K in keyof Amounts]: Amounts[K] }>({ cpu: cpuAmount(), memory: bytes('1M') });

export const resources = fromText(
  record<{ [K in keyof Resources]: Resources[K] }>({ requests: amounts, limits: amounts }),
  '{limits: {memory: 4Gi}}',
);

/** A quantity of CPUs in its canonical form: `1500m` for 1.5. */
function cpuAmount(): Kind<string> {
  return {
    parse: (raw) => {
      const millis = typeof raw === 'string' || typeof raw === 'number' ? milliCpus(String(raw)) : 0;
      if (millis < 1 || millis > MOST_CPUS * 1000) return { must: MUST.cpuAmount };
      return { value: millis % 1000 === 0 ? String(millis / 1000) : `${millis}m` };
    },
    schema: { type: ['string', 'number'] },
    metavar: 'CPUS',
  };
}

/** @returns 0 for a string that is not a quantity of CPUs */
function milliCpus(text: string): number {
  const [, whole, fraction = '', milli] = /^([0-9]{1,6})(?:\.([0-9]{1,3}))?(m?)$/.exec(text) ?? [];
  if (whole === undefined || (milli && fraction)) return 0;
  return milli ? Number(whole) : Number(whole) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** The threads of QEMU that do the I/O of disks. */
export interface IoThreads {
  /** @default each disk with `dedicated` has a thread, and the others share one */
  readonly policy?: 'shared' | 'auto' | 'supplementalPool';
  /** Each disk with storage of its own has its own thread. @default false */
  readonly dedicated?: boolean;
  /** Number of threads of the supplemental pool. @default none */
  readonly count?: number;
}

const policy = choice('shared', 'auto', 'supplementalPool');

export const ioThreads = orWord(
  policy,
  record<{ [K in keyof IoThreads]: IoThreads[K] }>({ policy, dedicated: bool, count: integer(1, MOST_CPUS) }),
  '{policy: auto, dedicated: true}',
  (word) => ({ policy: word }),
);

/** A TPM 2.0. */
export interface Tpm {
  /** @default true */
  readonly enabled?: boolean;
  /** Its state is kept when the VM stops. @default false */
  readonly persistent?: boolean;
}

export const tpm = orWord(
  bool,
  record<{ [K in keyof Tpm]: Tpm[K] }>({ enabled: bool, persistent: bool }),
  '{persistent: true}',
  (enabled) => ({ enabled }),
);

/**
 * A scalar, or a map with more.
 * @param example of the map
 */
function orWord<W, M>(word: Kind<W>, map: Kind<M>, example: string, asMap: (word: W) => M): Kind<M> {
  const text = fromText(map, example);
  return {
    parse: (raw) => {
      const isMap = typeof raw === 'object' || (typeof raw === 'string' && raw.startsWith('{'));
      return isMap ? text.parse(raw) : valueFrom(word.parse(raw), asMap);
    },
    schema: { anyOf: [word.schema, map.schema] },
    metavar: word.metavar ?? 'true|false',
  };
}

function valueFrom<A, B>(parsed: Parsed<A>, change: (value: A) => B): Parsed<B> {
  return 'value' in parsed ? { value: change(parsed.value) } : parsed;
}

function matching(pattern: RegExp, must: string): Kind<string> {
  return { parse: (raw) => (typeof raw === 'string' && pattern.test(raw) ? { value: raw } : { must }), schema: { type: 'string' } };
}
