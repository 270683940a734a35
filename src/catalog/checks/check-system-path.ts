import type { Problem } from '../../errors';
import type { Problems } from '../problems';

/** Folders that the guest fills anew at each boot. */
const TEMPORARY = /^\/(dev|proc|sys|run|tmp|var\/run)\//;
const ACCOUNTS = /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?$/;
const OF_PACKAGES = /^\/(usr\/)?(bin|sbin|lib|lib32|lib64)\//;
/** Folders of packages for files that programs look for by their folder. */
const FOR_MORE_FILES =
  /^\/(usr\/)?lib\/(systemd|sysctl\.d|sysusers\.d|tmpfiles\.d|udev|modules-load\.d|modprobe\.d|environment\.d|binfmt\.d|firewalld|NetworkManager)\//;

/** Files that decide about accounts of the guest, which are those of whoever renders the entry. */
const OF_ACCOUNTS: readonly (readonly [path: RegExp, what: string, hint: string])[] = [
  [
    /^\/(root|home\/[^/]+|var\/(roothome|home\/[^/]+))\/\.ssh\/(authorized_keys|rc$|environment$)/,
    'decides who may log in to the guests',
    '--ssh-key, with which the user of the entry decides about it',
  ],
  [
    /^\/etc\/(sudoers(\.d\/.*)?|doas(\.conf|\.d\/.*))$/,
    'decides who may become root in the guests',
    'User= in the units that need another account',
  ],
  [/^\/etc\/(ssh|pam\.d|security)\//, 'decides how accounts log in to the guests', 'omit it unless the entry is about that'],
  [
    /^\/(var\/)?home\/[^/]+\//,
    'is written before cloud-init makes the account, which then does not own its home',
    'a path outside of /home, and a unit that copies it',
  ],
];

/** Adds what is wrong with a path in the guest that belongs to the system. */
export function checkSystemPath(path: string, source: string, { problems, warnings }: Problems): void {
  const found = (message: string, hint: string): Problem => ({ where: source, message, hint });
  const [, folder] = TEMPORARY.exec(path) ?? [];
  if (folder !== undefined)
    problems.push(
      found(
        `must not be ${path}: the guest makes /${folder} anew at each boot`,
        'a path below /etc or /usr/local, or a line in files/etc/tmpfiles.d/NAME.conf that makes the file at boot',
      ),
    );
  else if (ACCOUNTS.test(path))
    problems.push(
      found(
        `must not be ${path}: it would replace the accounts of the guest`,
        'files/etc/sysusers.d/NAME.conf with a line such as "u NAME -" makes users and groups',
      ),
    );
  else if (OF_PACKAGES.test(path) && !FOR_MORE_FILES.test(path))
    warnings.push(
      found(`replaces ${path} of the guest system, or a package may replace it`, 'a path below /usr/local, such as /usr/local/bin'),
    );
  const touched = OF_ACCOUNTS.find(([pattern]) => pattern.test(path));
  if (touched) warnings.push(found(`${touched[1]} (${path})`, touched[2]));
}
