import type { Client } from '../client';
import { listedOnce } from '../listed';
import type { KubeObject } from '../objects';
import { isDefaultClass } from './check';

/** A storage class as a value of an axis. */
export interface StorageChoice {
  /** Short, and unique among the classes. */
  readonly name: string;
  readonly storageClass: string;
  readonly isDefault: boolean;
  readonly provisioner: string;
  /** What its storage profile recommends, the first first. @default CDI does not know the storage */
  readonly claims: readonly { readonly volumeMode: string; readonly accessModes: readonly string[] }[];
}

/** @returns undefined for unknown profiles: the account may not list them, or the cluster has no CDI */
export function storageProfiles(client: Client): Promise<KubeObject[] | undefined> {
  return listedOnce(client, 'storageprofiles.cdi.kubevirt.io');
}

/** The classes, the default ones first, then by name. */
export function storageChoices(classes: readonly KubeObject[], profiles: readonly KubeObject[]): StorageChoice[] {
  const profileOf = new Map(profiles.map((profile) => [profile.metadata.name, profile]));
  const sorted = [...classes].sort(
    (a, b) => Number(isDefaultClass(b)) - Number(isDefaultClass(a)) || a.metadata.name.localeCompare(b.metadata.name),
  );
  const names = shortNames(sorted.map(({ metadata }) => metadata.name));
  return sorted.map((each, index) => ({
    name: names[index] as string,
    storageClass: each.metadata.name,
    isDefault: isDefaultClass(each),
    provisioner: String((each as { readonly provisioner?: unknown }).provisioner ?? ''),
    claims: claimsOf(profileOf.get(each.metadata.name)),
  }));
}

interface ClaimProperties {
  readonly volumeMode?: string;
  readonly accessModes?: readonly string[];
}

function claimsOf(profile: KubeObject | undefined): StorageChoice['claims'] {
  const sets = (profile?.status?.claimPropertySets ?? profile?.spec?.claimPropertySets ?? []) as readonly ClaimProperties[];
  return sets.map(({ volumeMode = 'Filesystem', accessModes = [] }) => ({ volumeMode, accessModes }));
}

/** Maximum length of a name: groups are named after it. */
const LONGEST = 16;

/** Names without the words that all of them begin with, as short as they are unique. */
export function shortNames(names: readonly string[]): string[] {
  const words = names.map((name) =>
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean),
  );
  let common = 0;
  const [first = []] = words;
  const isCommon = (at: number) => names.length > 1 && words.every((each) => each.length > at + 1 && each[at] === first[at]);
  while (isCommon(common)) common += 1;
  const taken = new Set<string>();
  return words.map((each) => {
    const rest = each.slice(common).join('-') || 'class';
    // Axis values begin with a letter: YAML reads others as numbers.
    const whole = /^[a-z]/.test(rest) ? rest : `class-${rest}`;
    const short = whole.slice(0, LONGEST).replace(/-+$/, '');
    let name = short;
    for (let count = 2; taken.has(name); count += 1) name = `${short.slice(0, LONGEST - 3)}-${count}`;
    taken.add(name);
    return name;
  });
}
