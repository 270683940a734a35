import { didYouMean } from '../../text/messages';
import { nearest } from '../../text/suggest';
import { inSection, moveToSection } from '../messages/units';
import type data from './systemd-data.json';

/** Directives of several sections. */
const SHARED: { readonly [section: string]: readonly string[] } = {
  Service: ['Exec', 'Cgroup', 'Kill'],
  Socket: ['Exec', 'Cgroup', 'Kill'],
  Mount: ['Exec', 'Cgroup', 'Kill'],
  Swap: ['Exec', 'Cgroup', 'Kill'],
  Slice: ['Cgroup'],
  Scope: ['Cgroup', 'Kill'],
};
const SECTIONS = ['Unit', 'Service', 'Socket', 'Mount', 'Automount', 'Swap', 'Timer', 'Path', 'Slice', 'Scope', 'Install'];

/** What systemd knows, see systemd-data.mjs. Loaded on first use, because few runs need it. */
export interface Directives {
  /** Versions of systemd that the list covers, such as `252 to 258`. */
  readonly versions: string;
  /** Section -> directive -> kind of its value. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Units that are part of systemd. */
  readonly units: ReadonlySet<string>;
}

let loaded: Directives | undefined;

export function directives(): Directives {
  loaded ??= load(require('./systemd-data.json') as typeof data);
  return loaded;
}

/** Section of a unit that belongs to its type: `Service` for `x.service`. */
export function sectionOfType(unit: string): string {
  const type = unit.slice(unit.lastIndexOf('.') + 1);
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** Sections that a unit may have, given its name. */
export function sectionsOf(unit: string): string[] {
  const own = sectionOfType(unit);
  return ['Unit', ...(SECTIONS.includes(own) ? [own] : []), 'Install'];
}

/**
 * The hint for a directive that its section does not know.
 * @param sections those that the unit may have
 */
export function directiveHint(name: string, section: string, sections: readonly string[]): string | undefined {
  const known = directives().sections;
  const elsewhere = sections.find((each) => each !== section && known.get(each)?.has(name));
  if (elsewhere) return moveToSection(elsewhere);
  const here = [...(known.get(section)?.keys() ?? [])];
  const sameButCase = here.find((each) => each.toLowerCase() === name.toLowerCase());
  if (sameButCase) return didYouMean(`${sameButCase}=`);
  const others = sections.filter((each) => each !== section).flatMap((each) => [...(known.get(each)?.keys() ?? [])]);
  const near = nearest(name, here);
  if (near !== undefined) return didYouMean(`${near}=`);
  const nearElsewhere = nearest(name, others);
  const place = sections.find((each) => nearElsewhere !== undefined && known.get(each)?.has(nearElsewhere));
  return place && nearElsewhere ? inSection(nearElsewhere, place) : undefined;
}

function load({ versions, directives: groups, units }: typeof data): Directives {
  const kinds = groups as { readonly [group: string]: { readonly [kind: string]: string } };
  const sections = SECTIONS.map((section): [string, Map<string, string>] => [
    section,
    new Map(
      [section, ...(SHARED[section] ?? [])].flatMap((group) =>
        Object.entries(kinds[group] ?? {}).flatMap(([kind, names]) => names.split(' ').map((name): [string, string] => [name, kind])),
      ),
    ),
  ]);
  return { versions, sections: new Map(sections), units: new Set(units.split(' ')) };
}
