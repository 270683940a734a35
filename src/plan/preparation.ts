import type { Entry } from '../catalog/entry';
import { isBelow, normalPath } from '../catalog/files/guest-path';
import type { Problem } from '../errors';
import type { RepositoryFile } from '../options/guest/repositories';
import type { Options } from '../options/options';
import { UNIT_FOLDER } from './guest-names';
import { EXTRA_USER_DATA, noRepositoryFor } from './messages';
import { familyOf } from './packages';
import type { GuestPlan, PreparationPlan, RolePlan } from './plan';

/** What the options say about guests in addition to their entry. */
export function preparedGuest({ timezone, packages, proxy, guest, guestOs }: Options): Partial<GuestPlan> {
  const { caCertificates, packageRepositories, extraUserData, secrets } = guest;
  const repositories = packageRepositories.filter((file) => fits(file, guestOs));
  const preparation: PreparationPlan = {
    ...(timezone === undefined ? {} : { timezone }),
    ...(packages === 'install' ? {} : { packages }),
    ...(Object.keys(proxy).length > 0 ? { proxy } : {}),
    ...(caCertificates.length > 0 ? { certificates: caCertificates } : {}),
    ...(repositories.length > 0 ? { repositories } : {}),
  };
  return {
    ...(Object.keys(preparation).length > 0 ? { preparation } : {}),
    ...(extraUserData === undefined ? {} : { extraUserData }),
    ...(secrets.length > 0 ? { holdsSecrets: true } : {}),
  };
}

function fits({ kind }: RepositoryFile, os: Options['guestOs']): boolean {
  return kind === 'key' || (kind === 'apt') === (familyOf(os) === 'debian');
}

/** A list may have files for several systems, but a guest needs at least one for its own. */
export function preparationProblems(options: Options, entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const { guest, guestOs, place } = options;
  const { packageRepositories: files } = guest;
  const hasNone = files.length > 0 && !files.some((file) => file.kind !== 'key' && fits(file, guestOs));
  return [
    ...(hasNone ? [{ where: place('package_repositories'), ...noRepositoryFor(entry.name, guestOs, familyOf(guestOs) === 'debian') }] : []),
    ...userDataProblems(options, entry, roles),
  ];
}

/** What in the user's cloud-config would replace what virtwork needs. */
function userDataProblems(options: Options, entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const { guest, ssh, packages, place } = options;
  if (guest.extraUserData === undefined) return [];
  const { write_files, users = [], user, ...config } = guest.extraUserData;
  const where = place('extra_user_data');
  const paths = itemsOf(write_files).flatMap(({ path }) => (typeof path === 'string' ? [normalPath(path)] : []));
  const taken = paths.filter((path) => isOwn(path) || roles.some((role) => writes(role, path)));
  const names = [...(Array.isArray(users) ? users : []), user].map((each) =>
    typeof each === 'object' && each !== null ? each.name : each,
  );
  const idle = ['packages', 'package_update', 'package_upgrade'].filter((key) => packages !== 'install' && config[key] !== undefined);
  return [
    ...[...new Set(taken)].map((path) => ({ where, ...EXTRA_USER_DATA.file(path, entry.name) })),
    ...(ssh?.user !== undefined && names.includes(ssh.user) ? [{ where, ...EXTRA_USER_DATA.account(ssh.user) }] : []),
    ...(ssh?.passwordHash !== undefined && (config.ssh_pwauth ?? true) !== true ? [{ where, ...EXTRA_USER_DATA.login }] : []),
    ...idle.map((key) => ({ where, ...EXTRA_USER_DATA.packages(key, packages) })),
    ...(options.timezone !== undefined && (config.timezone ?? options.timezone) !== options.timezone
      ? [{ where, ...EXTRA_USER_DATA.timezone(options.timezone) }]
      : []),
    ...(familyOf(options.guestOs) === 'debian' && config.package_update === false && packages === 'install'
      ? [{ where, ...EXTRA_USER_DATA.index }]
      : []),
  ];
}

function itemsOf(list: unknown): readonly { readonly path?: unknown }[] {
  return Array.isArray(list) ? list : [];
}

/** Whether a path belongs to virtwork in every guest. */
function isOwn(path: string): boolean {
  const folders = ['/etc/virtwork', '/usr/local/lib/virtwork', '/run/virtwork'];
  return (
    folders.some((folder) => path === folder || isBelow(path, folder)) ||
    /^\/(?:etc|run|usr\/lib|lib)\/systemd\/system\/virtwork-/.test(path)
  );
}

function writes({ guest, guestDisk }: RolePlan, path: string): boolean {
  const units = [...guest.units, ...(guest.trialUnits ?? [])].map(({ name }) => `${UNIT_FOLDER}/${name}`);
  return (
    [...guestDisk.files, ...guest.files].some((file) => file.path === path) ||
    units.some((unit) => unit === path || `${unit}.d/10-virtwork.conf` === path)
  );
}
