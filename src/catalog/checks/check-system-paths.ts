import type { EntryRole } from '../entry';
import * as say from '../messages/files';
import type { Text } from '../messages/wording';
import type { Problems } from '../problems';

/** Folders that the guest fills again at each boot. */
const TEMPORARY = /^\/(dev|proc|sys|run|tmp|var\/run)\//;
const ACCOUNTS = /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?$/;
const OF_PACKAGES = /^\/(usr\/)?(bin|sbin|lib|lib32|lib64)\//;
/** Folders of packages for files that programs look for by their folder. */
const FOR_MORE_FILES =
  /^\/(usr\/)?lib\/(systemd|sysctl\.d|sysusers\.d|tmpfiles\.d|udev|modules-load\.d|modprobe\.d|environment\.d|binfmt\.d|firewalld|NetworkManager)\//;

/** Files that decide about the accounts of the guest, which is up to the user who renders the entry. */
const OF_ACCOUNTS: readonly (readonly [path: RegExp, warning: (path: string) => Text])[] = [
  [/^\/(root|home\/[^/]+|var\/(roothome|home\/[^/]+))\/\.ssh\/(authorized_keys|rc$|environment$)/, say.decidesLogin],
  [/^\/etc\/(sudoers(\.d\/.*)?|doas(\.conf|\.d\/.*))$/, say.decidesRoot],
  [/^\/etc\/(ssh|pam\.d|security)\//, say.decidesAuthentication],
  [/^\/(var\/)?home\/[^/]+\//, say.inHome],
];

/** Files of an entry at paths of the guest that belong to the system. */
export function checkSystemPaths(roles: readonly EntryRole[]): Problems {
  const found: Problems = { problems: [], warnings: [] };
  const paths = new Map(roles.flatMap((role) => role.files.map((file) => [file.source, file.path])));
  for (const [where, path] of paths) {
    const problem = systemPath(path);
    if (problem) found.problems.push({ where, ...problem });
    const warnings = [problem ? undefined : packagePath(path), OF_ACCOUNTS.find(([pattern]) => pattern.test(path))?.[1](path)];
    found.warnings.push(...warnings.flatMap((text) => (text ? [{ where, ...text }] : [])));
  }
  return found;
}

function systemPath(path: string): Text | undefined {
  const [, temporary] = TEMPORARY.exec(path) ?? [];
  if (temporary !== undefined) return say.temporaryPath(path, temporary);
  return ACCOUNTS.test(path) ? say.accountsPath(path) : undefined;
}

function packagePath(path: string): Text | undefined {
  return OF_PACKAGES.test(path) && !FOR_MORE_FILES.test(path) ? say.packagePath(path) : undefined;
}
