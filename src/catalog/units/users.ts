import type { Problem } from '../../errors';
import { misspelt } from '../../text/suggest';
import type { EntryRole } from '../entry';
import { unknownUser } from '../messages/units';
import { effective, isOn, type MergedUnit } from './merged';
import { packagesOf } from './references';
import type { UnitsOfEntry } from './units-of-entry';

/** Users and groups of every supported guest system. */
const OF_EVERY_GUEST =
  'root daemon bin sys adm tty disk lp mail man news uucp games nobody nogroup messagebus systemd-network systemd-resolve systemd-timesync'.split(
    ' ',
  );
const OF_GROUPS = 'kmem dialout audio video users utmp wheel sudo input kvm render systemd-journal shadow cdrom floppy tape www-data'.split(
  ' ',
);

/** Users that are not part of the guest system, and that no sysusers.d file, package or script seems to create. */
export function unknownUsers(unit: MergedUnit, entry: UnitsOfEntry, role: EntryRole): Problem[] {
  if (isOn(unit, 'Service', 'DynamicUser') || packagesOf(entry).length > 0) return [];
  const text = role.files.map((file) => String(file.content)).join('\n');
  const created = [...text.matchAll(/^[ug]!?[ \t]+([\w.-]+)/gm)].map(([, name]) => name as string);
  return (['User', 'Group'] as const).flatMap((name) => {
    const value = effective(unit, 'Service', name);
    const known = [...OF_EVERY_GUEST, ...created, ...(name === 'Group' ? OF_GROUPS : [])];
    if (!/^[a-z_][\w.-]*$/.test(value) || known.includes(value) || /\b(useradd|adduser|groupadd|addgroup)\b/.test(text)) return [];
    const given = unit.assignments.findLast((each) => each.name === name);
    return [
      {
        where: `${given?.source}:${given?.line}`,
        ...unknownUser(name, value, name.toLowerCase(), misspelt(value, known), entry.name),
      },
    ];
  });
}
