/** What the guests of a workload count, and how a monitoring product sees the same from outside. */
export interface Signal {
  /** DNS label, unique in a role. */
  readonly name: string;
  /** Absent: every role has it. */
  readonly role?: string;
  readonly desc: string;
  /** The truth, from the guest's `/metrics`. Absent: there is nothing to compare, and `hides` says why. */
  readonly guest?: GuestReading;
  /** PromQL template, see {@link query}; its result has the labels `namespace` and `name`. Absent: nothing is visible, and `hides` says why. */
  readonly outside?: string;
  /** Base unit of both readings, such as `B/s`. */
  readonly unit: string;
  /** Absent: a reading of at least `floor` is enough. */
  readonly relation?: Relation;
  /** A reading from outside below it shows nothing; a guest below it does too little to be seen. */
  readonly floor: number;
  /** Over which both readings are taken. */
  readonly windowSeconds: number;
  /** What it does not show, and why. */
  readonly hides?: string;
  /** The param that states the full load of a shape. Absent: none does. */
  readonly full?: FullParam;
  /** The entry does not declare it: a guest that does too little to be seen is as good as one that is seen. */
  readonly byDefault?: true;
}

/** The full load is the value of the param, divided, in the unit of the signal. A value of 0 states none. */
export interface FullParam {
  readonly param: string;
  /** @default 1 */
  readonly divide?: number;
  /** The role for which it holds. @default every role */
  readonly role?: string;
}

export interface GuestReading {
  readonly metric: string;
  /** Labels that the series must have. All such series of a VM are added. */
  readonly labels: { readonly [label: string]: string };
  /** `rate`: of a counter, per second. `value`: mean of a gauge. `max`: its largest value. */
  readonly as: 'rate' | 'value' | 'max';
}

/** The reading agrees if it is from guest × `low` − `slack` to guest × `high` + `slack`. */
export interface Relation {
  readonly low: number;
  /** Absent: no upper limit. */
  readonly high?: number;
  /** In the unit of the signal. */
  readonly slack: number;
}

/** The VMs that a query selects. */
export interface Selection {
  /** Absent: in every namespace. */
  readonly namespace?: string;
  /** Names of VMs. Absent or empty: all of the namespace. */
  readonly vms?: readonly string[];
  /** Absent: the window of the signal. */
  readonly windowSeconds?: number;
}

/** Seconds of the window of a signal that states none. */
export const WINDOW = 300;

/** The rest of a system adds to what the units of a workload use, so only too little is a deviation. */
const AT_LEAST = { low: 0.9, slack: 0 } as const;

/** Floors above what a system without load uses. */
const FLOOR = { cpu: 0.2, disk: 500e3, network: 50e3 } as const;

/** What systemd counts of every unit, and KubeVirt of every VM. */
const DEFAULTS: readonly Signal[] = [
  byUnits('cpu', 'CPU time of the units', 'virtwork_unit_cpu_seconds_total', {}, 'kubevirt_vmi_cpu_usage_seconds_total', 's/s', FLOOR.cpu),
  ofDisk('read'),
  ofDisk('write'),
  ofNetwork('receive'),
  ofNetwork('transmit'),
];

function ofDisk(direction: 'read' | 'write'): Signal {
  const [desc, outside] = [`bytes that the units ${direction} on disks`, `kubevirt_vmi_storage_${direction}_traffic_bytes_total`];
  return byUnits(`disk-${direction}`, desc, 'virtwork_unit_io_bytes_total', { direction }, outside, 'B/s', FLOOR.disk);
}

function ofNetwork(direction: 'receive' | 'transmit'): Signal {
  const [desc, outside] = [`bytes that the units ${direction} on networks`, `kubevirt_vmi_network_${direction}_bytes_total`];
  return byUnits(`network-${direction}`, desc, 'virtwork_unit_network_bytes_total', { direction }, outside, 'B/s', FLOOR.network);
}

function byUnits(
  name: string,
  desc: string,
  metric: string,
  labels: GuestReading['labels'],
  outside: string,
  unit: string,
  floor: number,
): Signal {
  return {
    name,
    desc,
    guest: { metric, labels, as: 'rate' },
    outside: `sum by (namespace, name) (rate(${outside}{$vms}[$window]))`,
    unit,
    relation: AT_LEAST,
    floor,
    windowSeconds: WINDOW,
    byDefault: true,
  };
}

/**
 * The signals of a role: what systemd counts of every workload, unless the entry declares a signal of this name, then
 * the others that the entry declares.
 * @param role its name; the entry has a single one if it is absent
 */
export function signalsOf({ signals = [] }: { readonly signals?: readonly Signal[] }, role?: string): readonly Signal[] {
  const own = signals.filter((signal) => signal.role === undefined || signal.role === role);
  const named = (name: string) => own.find((signal) => signal.name === name);
  return [
    ...DEFAULTS.map((signal) => named(signal.name) ?? signal),
    ...own.filter(({ name }) => !DEFAULTS.some((each) => each.name === name)),
  ];
}

/**
 * The PromQL of a signal: `$vms` becomes the matchers of the VMs, `$window` a duration.
 * @throws Error if nothing outside shows the signal
 */
export function query({ name, outside, windowSeconds }: Signal, selection: Selection): string {
  if (outside === undefined) throw new Error(`nothing outside shows the signal ${name}`);
  const { namespace, vms = [], windowSeconds: asked = windowSeconds } = selection;
  const matchers = [
    ...(namespace === undefined ? [] : [`namespace=${quoted(namespace)}`]),
    ...(vms.length === 0 ? [] : [`name=~${quoted(vms.map(inPattern).join('|'))}`]),
  ].join(',');
  // A matcher list may end with a comma, and not begin with one.
  const filled = outside.replace(/\$vms(\s*,)?/g, (_, comma = '') => (matchers === '' ? '' : matchers + comma));
  return filled.replaceAll('$window', `${asked}s`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function inPattern(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '\\$&');
}
