import type { Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import type { EntryRole } from '../entry';
import { optionalHint } from '../messages/wording';
import type { Problems } from '../problems';
import type { Brought } from './brought';
import { directives } from './directives';
import { type MergedUnit, UNKNOWN } from './merged';
import { triggeredUnit } from './triggers';
import { splitWords } from './words';

const NEEDED = ['Requires', 'BindsTo', 'BindTo', 'Requisite'];
const ORDERED = ['After', 'Before'];
/** Directives that name units -> what happens when such a unit is not there. */
const EFFECT: { readonly [directive: string]: string } = {
  ...Object.fromEntries(NEEDED.map((name) => [name, 'without it this unit does not start'])),
  ...Object.fromEntries(ORDERED.map((name) => [name, 'the order has no effect'])),
  ...Object.fromEntries(
    ['Wants', 'Upholds', 'OnFailure', 'OnSuccess', 'PartOf', 'Sockets', 'Also'].map((name) => [name, 'systemd ignores it']),
  ),
  ...Object.fromEntries(['WantedBy', 'RequiredBy', 'UpheldBy'].map((name) => [name, 'no boot starts this unit for it'])),
};
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]+\.(service|socket|target|device|mount|automount|swap|timer|path|slice|scope)$/;
/** Units that every guest gets. */
const OF_VIRTWORK = ['virtwork-packages.service', 'virtwork-guest-agent.service', 'virtwork-health.socket', 'virtwork-health@.service'];

/** Units that images of the supported guest systems bring beside those of systemd. */
const OF_IMAGES = new Set(
  [
    'cloud-init cloud-init-local cloud-init-main cloud-init-network cloud-config cloud-final qemu-guest-agent sshd ssh NetworkManager',
    'NetworkManager-wait-online networking chronyd chrony ntp ntpsec dbus dbus-broker polkit rsyslog syslog auditd crond cron anacron firewalld',
    'nftables iptables ufw irqbalance unattended-upgrades apparmor sssd snapd multipathd iscsid kdump tuned rngd selinux-autorelabel',
    'apt-daily apt-daily-upgrade dnf-makecache fstrim logrotate man-db e2scrub_all dpkg-db-backup udisks2 ModemManager haveged acpid',
  ].flatMap((line) => line.split(' ')),
);
/** Packages whose units have other names than they. */
const UNITS_OF_PACKAGE: { readonly [word: string]: string } = {
  bind: 'named',
  cronie: 'crond',
  openssh: 'ssh',
  moby: 'docker',
  kafka: 'kafka',
};
/** Units that appear with their device, mount or first use. */
const MADE_AT_RUN_TIME = /\.(device|mount|automount|swap|slice|scope)$/;

/** References of a unit to units that neither the entry, virtwork, systemd nor a package of the entry brings. */
export function danglingReferences(unit: MergedUnit, entry: Brought, role: EntryRole): Problems {
  const findings: Problems = { problems: [], warnings: [] };
  // What the workloadFile does not say now may bring the unit.
  if (entry.workloadFile.incomplete.size > 0) return findings;
  const own = unitsOf(entry, role);
  const known = new Set([...own, ...directives().units]);
  const others = own.filter((each) => each !== unit.name);
  for (const { name, value, line, source } of unit.assignments) {
    if (!(name in EFFECT)) continue;
    for (const { text: reference } of splitWords(value) ?? []) {
      if (!UNIT_NAME.test(reference) || isKnown(reference, known, entry)) continue;
      const ofVirtwork = reference.startsWith('virtwork-');
      // An order with a unit that a guest may or may not have is as it should be.
      if (!ofVirtwork && ORDERED.includes(name)) continue;
      const near = ofVirtwork ? counterpart(reference, entry, others) : alike(reference, new Set([...others, ...directives().units]));
      const problem = {
        where: `${source}:${line}`,
        message: `${name}=${reference} names a unit that ${ofVirtwork ? 'no file of the entry brings' : 'neither the entry nor its packages seem to bring'}; ${EFFECT[name]}`,
        ...(near === undefined ? {} : { hint: `${name}=${near}` }),
      };
      (ofVirtwork && NEEDED.includes(name) ? findings.problems : findings.warnings).push(problem);
    }
  }
  const missing = missingTriggered(unit, known, entry);
  if (missing) findings.problems.push(missing);
  return findings;
}

/** A drop-in changes nothing when its unit is not there; other packages may bring theirs. */
export function danglingDropIn(unit: string, source: string, entry: Brought, role: EntryRole): Problem[] {
  if (!unit.startsWith('virtwork-') || entry.workloadFile.incomplete.size > 0) return [];
  const own = unitsOf(entry, role);
  if (isKnown(unit, new Set(own), entry)) return [];
  const near = counterpart(unit, entry, own);
  return [
    {
      where: source,
      message: `is a drop-in for ${unit}, which no file of the entry brings`,
      ...optionalHint(near && `rename its folder to ${near}.d`),
    },
  ];
}

/** A known unit of the same type whose name is nearly the same. */
function alike(reference: string, known: ReadonlySet<string>): string | undefined {
  const type = reference.slice(reference.lastIndexOf('.'));
  const stems = [...known].filter((unit) => unit.endsWith(type)).map((unit) => unit.slice(0, -type.length));
  const near = nearest(reference.slice(0, -type.length), stems);
  return near === undefined ? undefined : near + type;
}

/** A timer, socket or path does not start without the unit that it is for. */
function missingTriggered(unit: MergedUnit, known: ReadonlySet<string>, entry: Brought): Problem | undefined {
  const text = unit.assignments.map(({ name, value }) => `${name}=${value}`).join('\n');
  const triggered = triggeredUnit(unit.name, text);
  if (triggered === undefined || triggered.includes('%') || triggered.includes(UNKNOWN) || isKnown(triggered, known, entry))
    return undefined;
  const given = unit.assignments.find(({ value }) => value === triggered);
  const services = [...known].filter((each) => each.startsWith(`virtwork-${entry.name}`) && each.endsWith('.service'));
  const near = triggered.startsWith('virtwork-') ? counterpart(triggered, entry, services) : undefined;
  return {
    where: given === undefined ? unit.source : `${given.source}:${given.line}`,
    message: `is for ${triggered}, which no file of the entry brings, so systemd refuses it`,
    ...optionalHint(near ?? shipped(triggered, entry)),
  };
}

/** The file of an entry that becomes a unit. */
function shipped(unit: string, { name, workloadFile }: Brought): string {
  const part = unit.startsWith(`virtwork-${name}`) ? unit.slice(`virtwork-${name}`.length) : undefined;
  if (part === undefined) return `add the file files/etc/systemd/system/${unit}`;
  return `add the file ${workloadFile.data.roles ? part.slice(1) : `workload${part}`}`;
}

/** Packages of the entry for any guest system. */
export function packagesOf({ workloadFile }: Brought): string[] {
  const { packages = [] } = workloadFile.data;
  return Object.values(packages).flat();
}

/** Names by which a role's units can be referred to. */
function unitsOf(entry: Brought, role: EntryRole): string[] {
  const files = role.files.flatMap((file) => /\/systemd\/system\/([^/]+\.[a-z]+)$/.exec(file.path)?.[1] ?? []);
  const { storage = [], access: credential, roles } = entry.workloadFile.data;
  const disks = storage.filter((disk) => !disk.role || disk.role === role.name).map((disk) => `virtwork-disk@${disk.name}.service`);
  const access = credential && (!roles || credential.role === role.name) ? ['virtwork-access.service'] : [];
  const aliases = role.units.flatMap((unit) =>
    [...unit.text.matchAll(/^Alias\s*=\s*(.*)$/gm)].flatMap(([, names = '']) => names.split(/\s+/)),
  );
  return [...role.units.map((unit) => unit.name), ...files, ...aliases, ...disks, ...access, ...OF_VIRTWORK];
}

function isKnown(reference: string, known: ReadonlySet<string>, entry: Brought): boolean {
  if (known.has(reference) || MADE_AT_RUN_TIME.test(reference)) return true;
  const template = reference.replace(/@[^.]*\./, '@.');
  if (template !== reference && !template.startsWith('virtwork-disk@') && known.has(template)) return true;
  if (reference.startsWith('virtwork-')) return false;
  const stem = reference.replace(/(@.*)?\.[a-z]+$/, '');
  return OF_IMAGES.has(stem) || packagesOf(entry).some((name) => brings(name, stem));
}

/** Whether a package of this name is likely to bring a unit: they share a part of their names, as postgresql-15 and postgresql.service. */
function brings(name: string, unit: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 2 && !['server', 'tools', 'the'].includes(word));
  const ofPackage = words(name).flatMap((word) => [word, ...(UNITS_OF_PACKAGE[word] ? [UNITS_OF_PACKAGE[word]] : [])]);
  return words(unit).some((word) => ofPackage.some((other) => other.startsWith(word) || word.startsWith(other)));
}

/** The unit of this entry that plays the part which another entry's unit of that name plays there, as after a copy. */
function counterpart(reference: string, { name }: Brought, own: readonly string[]): string | undefined {
  const tails = own.filter((unit) => unit.startsWith(`virtwork-${name}`)).map((unit) => unit.slice(`virtwork-${name}`.length));
  const tail = tails.filter((each) => reference.endsWith(each)).sort((a, b) => b.length - a.length)[0];
  const near = alike(reference, new Set(own));
  // A misspelt name of this entry is near; what was copied has the same end behind another entry's name.
  if (near?.startsWith(`virtwork-${name}`) && reference.startsWith(`virtwork-${name}`)) return near;
  return tail === undefined ? near : `virtwork-${name}${tail}`;
}
