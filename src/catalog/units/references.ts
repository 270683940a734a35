import type { Problem } from '../../errors';
import { didYouMean } from '../../text/messages';
import { nearest } from '../../text/suggest';
import { allUnits, type EntryRole, SINGLE_ROLE } from '../entry';
import { ownName, PREFIX } from '../entry-name';
import * as say from '../messages/units';
import type { Problems } from '../problems';
import { directives } from './directives';
import { type Given, type MergedUnit, UNKNOWN } from './merged';
import { triggeredUnit } from './triggers';
import type { UnitsOfEntry } from './units-of-entry';
import { splitWords } from './words';

const NEEDED = ['Requires', 'BindsTo', 'BindTo', 'Requisite'];
const ORDERED = ['After', 'Before'];
const WANTED = ['Wants', 'Upholds', 'OnFailure', 'OnSuccess', 'PartOf', 'Sockets', 'Also'];
const WANTING = ['WantedBy', 'RequiredBy', 'UpheldBy'];
/** What happens if a unit that a directive names does not exist. */
const EFFECT: ReadonlyMap<string, string> = new Map([
  ...NEEDED.map((name) => [name, say.WITHOUT_NEEDED] as const),
  ...ORDERED.map((name) => [name, say.WITHOUT_ORDERED] as const),
  ...WANTED.map((name) => [name, say.WITHOUT_WANTED] as const),
  ...WANTING.map((name) => [name, say.WITHOUT_WANTING] as const),
]);
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]+\.(service|socket|target|device|mount|automount|swap|timer|path|slice|scope)$/;
/** Units that every guest gets. */
const OF_VIRTWORK = ['virtwork-packages.service', 'virtwork-guest-agent.service', 'virtwork-health.socket', 'virtwork-health@.service'];
const OF_TRIALS = 'virtwork-trials.service';

/** Units that images of the supported guest systems have in addition to those of systemd. */
const OF_IMAGES = new Set(
  [
    'cloud-init cloud-init-local cloud-init-main cloud-init-network cloud-config cloud-final qemu-guest-agent sshd ssh NetworkManager',
    'NetworkManager-wait-online networking chronyd chrony ntp ntpsec dbus dbus-broker polkit rsyslog syslog auditd crond cron anacron firewalld',
    'nftables iptables ufw irqbalance unattended-upgrades apparmor sssd snapd multipathd iscsid kdump tuned rngd selinux-autorelabel',
    'apt-daily apt-daily-upgrade dnf-makecache fstrim logrotate man-db e2scrub_all dpkg-db-backup udisks2 ModemManager haveged acpid',
  ].flatMap((line) => line.split(' ')),
);
/** Packages whose units have other names. */
const UNITS_OF_PACKAGE: { readonly [word: string]: string } = {
  bind: 'named',
  cronie: 'crond',
  openssh: 'ssh',
  moby: 'docker',
  kafka: 'kafka',
};
/** Units that appear with their device, mount or first use. */
const MADE_AT_RUN_TIME = /\.(device|mount|automount|swap|slice|scope)$/;

/** References of a unit to units that are not part of the entry, virtwork, systemd or a package of the entry. */
export function danglingReferences(unit: MergedUnit, entry: UnitsOfEntry, role: EntryRole): Problems {
  const found: Problems = { problems: [], warnings: [] };
  // The unit may be due to a part of workload.yaml that cannot be read.
  if (entry.workloadFile.incomplete.size > 0) return found;
  const own = unitsOf(entry, role);
  const known = new Set([...own, ...directives().units]);
  const others = own.filter((each) => each !== unit.name);
  for (const given of unit.assignments) {
    for (const reference of missingIn(given, known, entry)) {
      const isFatal = reference.startsWith(PREFIX) && NEEDED.includes(given.name);
      (isFatal ? found.problems : found.warnings).push(danglingReference(given, reference, entry, others));
    }
  }
  found.problems.push(...missingTriggered(unit, known, entry));
  return found;
}

/** The units that a line names and that do not exist. */
function missingIn({ name, value }: Given, known: ReadonlySet<string>, entry: UnitsOfEntry): string[] {
  if (!EFFECT.has(name)) return [];
  const references = (splitWords(value) ?? []).map(({ text }) => text);
  return references.filter(
    (reference) =>
      UNIT_NAME.test(reference) &&
      !isKnown(reference, known, entry) &&
      // An order with a unit that a guest may or may not have is as it should be.
      (reference.startsWith(PREFIX) || !ORDERED.includes(name)),
  );
}

function danglingReference({ name, line, source }: Given, reference: string, entry: UnitsOfEntry, others: readonly string[]): Problem {
  const [shown, effect] = [`${name}=${reference}`, EFFECT.get(name) ?? ''];
  const isOwn = reference.startsWith(PREFIX);
  const near = isOwn ? counterpart(reference, entry, others) : alike(reference, new Set([...others, ...directives().units]));
  const text = (isOwn ? say.missingOwnUnit : say.missingUnit)(shown, effect, near && `${name}=${near}`);
  return { where: `${source}:${line}`, ...text };
}

/** A drop-in changes nothing if its unit does not exist; packages may have units that are not known here. */
export function danglingDropIn(unit: string, source: string, entry: UnitsOfEntry, role: EntryRole): Problem[] {
  if (!unit.startsWith(PREFIX) || entry.workloadFile.incomplete.size > 0) return [];
  const own = unitsOf(entry, role);
  return isKnown(unit, new Set(own), entry) ? [] : [{ where: source, ...say.missingUnitOfDropIn(unit, counterpart(unit, entry, own)) }];
}

/** A known unit of the same type whose name is nearly the same. */
function alike(reference: string, known: ReadonlySet<string>): string | undefined {
  const type = reference.slice(reference.lastIndexOf('.'));
  const stems = [...known].filter((unit) => unit.endsWith(type)).map((unit) => unit.slice(0, -type.length));
  const near = nearest(reference.slice(0, -type.length), stems);
  return near === undefined ? undefined : near + type;
}

/** A timer, socket or path does not start without the unit that it is for. */
function missingTriggered(unit: MergedUnit, known: ReadonlySet<string>, entry: UnitsOfEntry): Problem[] {
  const text = unit.assignments.map(({ name, value }) => `${name}=${value}`).join('\n');
  const triggered = triggeredUnit(unit.name, text);
  if (triggered === undefined || triggered.includes('%') || triggered.includes(UNKNOWN) || isKnown(triggered, known, entry)) return [];
  const given = unit.assignments.find(({ value }) => value === triggered);
  const services = [...known].filter((each) => each.startsWith(ownName(entry.name)) && each.endsWith('.service'));
  const near = triggered.startsWith(PREFIX) ? counterpart(triggered, entry, services) : undefined;
  const where = given === undefined ? unit.source : `${given.source}:${given.line}`;
  return [{ where, ...say.missingTriggered(triggered, near === undefined ? say.addFile(fileOf(triggered, entry)) : didYouMean(near)) }];
}

/** The file of an entry that becomes a unit. */
function fileOf(unit: string, { name, workloadFile }: UnitsOfEntry): string {
  const own = ownName(name);
  if (!unit.startsWith(own)) return `files/etc/systemd/system/${unit}`;
  const part = unit.slice(own.length);
  return workloadFile.data.roles ? part.slice(1) : SINGLE_ROLE + part;
}

/** Packages of the entry for any guest system. */
export function packagesOf({ workloadFile }: UnitsOfEntry): string[] {
  const { packages = [] } = workloadFile.data;
  return Object.values(packages).flat();
}

/** Names by which a role's units can be referred to. */
function unitsOf(entry: UnitsOfEntry, role: EntryRole): string[] {
  const files = role.files.flatMap((file) => /\/systemd\/system\/([^/]+\.[a-z]+)$/.exec(file.path)?.[1] ?? []);
  const { storage = [], access: credential, roles } = entry.workloadFile.data;
  const disks = storage.filter((disk) => !disk.role || disk.role === role.name).map((disk) => `virtwork-disk@${disk.name}.service`);
  const access = credential && (!roles || credential.role === role.name) ? ['virtwork-access.service'] : [];
  const units = allUnits(role);
  const aliases = units.flatMap((unit) => [...unit.text.matchAll(/^Alias\s*=\s*(.*)$/gm)].flatMap(([, names = '']) => names.split(/\s+/)));
  return [...units.map((unit) => unit.name), ...files, ...aliases, ...disks, ...access, ...OF_VIRTWORK, ...(role.trial ? [OF_TRIALS] : [])];
}

function isKnown(reference: string, known: ReadonlySet<string>, entry: UnitsOfEntry): boolean {
  if (known.has(reference) || MADE_AT_RUN_TIME.test(reference)) return true;
  const template = reference.replace(/@[^.]*\./, '@.');
  if (template !== reference && !template.startsWith('virtwork-disk@') && known.has(template)) return true;
  if (reference.startsWith(PREFIX)) return false;
  const stem = reference.replace(/(@.*)?\.[a-z]+$/, '');
  return OF_IMAGES.has(stem) || packagesOf(entry).some((name) => isLikely(name, stem));
}

/** Whether a package is likely to have a unit: they share a part of their names, as postgresql-15 and postgresql.service. */
function isLikely(name: string, unit: string): boolean {
  const parts = (text: string) =>
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 2 && !['server', 'tools', 'the'].includes(word));
  const ofPackage = parts(name).flatMap((word) => [word, ...(UNITS_OF_PACKAGE[word] ? [UNITS_OF_PACKAGE[word]] : [])]);
  return parts(unit).some((word) => ofPackage.some((other) => other.startsWith(word) || word.startsWith(other)));
}

/** The unit of this entry that corresponds to a unit of another entry, as after a copy. */
function counterpart(reference: string, entry: UnitsOfEntry, own: readonly string[]): string | undefined {
  const name = ownName(entry.name);
  const tails = own.filter((unit) => unit.startsWith(name)).map((unit) => unit.slice(name.length));
  const tail = tails.filter((each) => reference.endsWith(each)).sort((a, b) => b.length - a.length)[0];
  const near = alike(reference, new Set(own));
  // A misspelled name of this entry is near; a name that was copied has the same end after another entry's name.
  if (near?.startsWith(name) && reference.startsWith(name)) return near;
  return tail === undefined ? near : name + tail;
}
