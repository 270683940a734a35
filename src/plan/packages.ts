import type { Entry } from '../catalog/entry';
import type { GuestOs } from '../options/table';

const FAMILY: { readonly [os in GuestOs]: 'fedora' | 'debian' } = {
  fedora: 'fedora',
  'centos-stream': 'fedora',
  rhel: 'fedora',
  debian: 'debian',
  ubuntu: 'debian',
};

/** The family of a system: its package manager, and where its files are. */
export function familyOf(os: GuestOs): 'fedora' | 'debian' {
  return FAMILY[os];
}

/** What the guests of a measured role need in addition: it writes and reads the results. */
export const OF_TRIALS: readonly string[] = ['jq'];

const FILESYSTEM_TOOLS = { xfs: 'xfsprogs', ext4: 'e2fsprogs' } as const;

/**
 * The packages that guests with this system need.
 * @param disks data disks of the guests
 * @param more packages that the guests need for another reason
 */
export function guestPackages(
  { packages }: Pick<Entry, 'packages'>,
  os: GuestOs,
  disks: readonly { readonly filesystem?: keyof typeof FILESYSTEM_TOOLS }[],
  more: readonly string[] = [],
): string[] {
  const own = packages[os] ?? packages[FAMILY[os]] ?? packages.any ?? [];
  const tools = disks.flatMap(({ filesystem }) => (filesystem === undefined ? [] : FILESYSTEM_TOOLS[filesystem]));
  return [...new Set([...own, ...tools, ...more])];
}
