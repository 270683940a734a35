import type { GuestFile, Unit } from '../catalog/entry';
import { variableName } from '../catalog/params/param-value';
import type { DiskPlan, RolePlan } from '../plan/plan';
import { activation } from './activation';
import { disksFirst, diskUnit, dropIn, OWNERS_UNIT, owned } from './drop-in';
import { type Environment, environmentFile } from './environment-file';
import { fill } from './template';

/** A file of a guest in its final form. */
export interface FinalFile {
  readonly path: string;
  readonly content: Buffer | string;
  /** Four octal digits. */
  readonly mode: string;
}

/** What stands for the peer's name, which a guest knows only at boot, from its own hostname. */
export const PEER_TOKEN = '@VIRTWORK_PEER@';

const UNITS = '/etc/systemd/system';
const OWN = '/etc/virtwork';
const AGENT_UNIT = 'virtwork-guest-agent.service';
const HEALTH_SOCKET = 'virtwork-health.socket';
/** The port that stands in the socket unit itself. */
const HEALTH_PORT = 9998;

/** Every file that virtwork brings to a role's guests, sorted by path. */
export function guestFiles(role: RolePlan): FinalFile[] {
  const shared = role.guestDisk.files.map(({ path, mode, content }) => ({ path, mode, content: String(content) }));
  return [...writtenFiles(role), ...shared].sort(byPath);
}

/** Those that cloud-init writes, sorted by path; virtwork-start installs the others from the guest disk. */
export function writtenFiles(role: RolePlan): FinalFile[] {
  const { guest } = role;
  const values = { ...guest.params, service: guest.service ?? '', peer: PEER_TOKEN };
  const files = [
    text(`${OWN}/workload.env`, environmentFile(environment(role))),
    ...watchedUnits(guest.units),
    text(`${OWN}/packages`, lines(guest.packages)),
    ...role.disks.flatMap(diskFiles),
    ...(role.credential ? [text(`${OWN}/access.env`, environmentFile({ ACCESS_SERIAL: role.credential.serial }))] : []),
    ...owners(role),
    ...unitFiles(role, values),
    ...guest.files.map((file) => ({ path: file.path, mode: file.mode, content: filled(file, values) })),
    ...healthPort(role.healthPort),
    ...applied(role),
  ];
  return [...files, ...peerFiles(files)].sort(byPath);
}

function byPath(a: FinalFile, b: FinalFile): number {
  return a.path < b.path ? -1 : 1;
}

/** Units that the first boot enables and starts, in the order of their start. */
export function enabledUnits(role: RolePlan): string[] {
  return [
    'virtwork-start.service',
    'virtwork-packages.service',
    ...(role.healthPort > 0 ? [HEALTH_SOCKET] : []),
    ...disksFirst(role),
    ...(owned(role).length > 0 ? [OWNERS_UNIT] : []),
    ...role.guest.units.filter((unit) => startsAtBoot(unit, role.guest.units)).map((unit) => unit.name),
    AGENT_UNIT,
  ];
}

function environment({ workload, role, runId, guest }: RolePlan): Environment {
  return {
    VIRTWORK_WORKLOAD: workload,
    VIRTWORK_ROLE: role ?? 'workload',
    VIRTWORK_RUN_ID: runId,
    VIRTWORK_GUEST_OS: guest.os,
    ...(guest.service === undefined ? {} : { VIRTWORK_SERVICE: guest.service }),
    ...(guest.peerPrefix === undefined ? {} : { VIRTWORK_PEER_PREFIX: guest.peerPrefix, VIRTWORK_PEER: PEER_TOKEN }),
    ...Object.fromEntries(Object.entries(guest.params).map(([key, value]) => [variableName(key), value])),
  };
}

/** A disk that is mounted below another one has to wait until that one is mounted, else it would be hidden. */
function diskFiles({ name, serial, mount, filesystem, below }: DiskPlan): FinalFile[] {
  const outer = below.map(diskUnit).join(' ');
  return [
    text(`${OWN}/disk/${name}.env`, environmentFile({ DISK_SERIAL: serial, DISK_MOUNT: mount, DISK_FILESYSTEM: filesystem })),
    ...(outer ? [text(`${UNITS}/${diskUnit(name)}.d/10-virtwork.conf`, `[Unit]\nRequires=${outer}\nAfter=${outer}\n`)] : []),
  ];
}

/** What another unit starts is started by a boot only when it says so itself. */
function startsAtBoot({ name, text }: Unit, units: readonly Unit[]): boolean {
  return /^\[Install\]/m.test(text) || !units.some((unit) => unit.triggers === name);
}

/** Units that may be at rest, since a timer, socket or path starts them; not templates, which have no state. */
function restingUnits(units: readonly Unit[]): string[] {
  const triggered = units.flatMap(({ triggers = '' }) => (triggers === '' || /[@%{]/.test(triggers) ? [] : [triggers]));
  const atBoot = units.filter((unit) => startsAtBoot(unit, units)).map((unit) => unit.name);
  return [...new Set(triggered)].filter((name) => !atBoot.includes(name)).sort();
}

/** Tells the health endpoint which units it watches, and which of them may be at rest. */
function watchedUnits(units: readonly Unit[]): FinalFile[] {
  const resting = restingUnits(units);
  const watched = [...new Set([...units.map((unit) => unit.name), ...resting])];
  return [text(`${OWN}/units`, lines(watched)), ...(resting.length > 0 ? [text(`${OWN}/triggered`, lines(resting))] : [])];
}

function unitFiles(role: RolePlan, values: { readonly [key: string]: string }): FinalFile[] {
  return role.guest.units.flatMap((unit) => {
    const path = `${UNITS}/${unit.name}`;
    const more = dropIn(role, unit);
    return [text(path, fill(unit.text, values)), ...(more === undefined ? [] : [text(`${path}.d/10-virtwork.conf`, more)])];
  });
}

/** An owner may come with a package, so the guest sets it after cloud-init has written the files. */
function owners(role: RolePlan): FinalFile[] {
  const files = owned(role).map(({ owner, path }) => `${owner} ${path}`);
  return files.length > 0 ? [text(`${OWN}/owners`, lines(files))] : [];
}

function healthPort(port: number): FinalFile[] {
  if (port === 0 || port === HEALTH_PORT) return [];
  // An empty assignment takes back the port of the unit itself.
  return [text(`${UNITS}/${HEALTH_SOCKET}.d/10-port.conf`, `[Socket]\nListenStream=\nListenStream=${port}\n`)];
}

/** Tells the guest which files of the entry to apply. */
function applied({ guest }: RolePlan): FinalFile[] {
  const needed = activation(guest.files.map((file) => file.path));
  return needed.length > 0 ? [text(`${OWN}/apply`, lines(needed))] : [];
}

/** Tells the guest in which files to write its peer's name. */
function peerFiles(files: readonly FinalFile[]): FinalFile[] {
  const paths = files
    .filter((file) => file.content.includes(PEER_TOKEN))
    .map((file) => file.path)
    .sort();
  return paths.length > 0 ? [text(`${OWN}/peer-files`, lines(paths))] : [];
}

function filled({ content, placeholders }: GuestFile, values: { readonly [key: string]: string }): Buffer | string {
  if (placeholders !== undefined) return fill(String(content), values);
  return typeof content === 'string' ? content : Buffer.from(content);
}

function text(path: string, content: string): FinalFile {
  return { path, content, mode: '0644' };
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}
