import { isBelow, normalPath, realFolder } from '../files/guest-path';
import { mountOfSystem, WRONG_MOUNT } from '../messages/entry';

/** An absolute path without `.` and `..`, and not the root itself. */
const MOUNT = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._+-]+)+$/;

/** Folders that a disk must neither hide nor be below, by what needs them. */
const WHOLE: { readonly [user: string]: readonly string[] } = {
  'the system': [
    ...['/bin', '/boot', '/dev', '/efi', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/ostree', '/proc', '/run', '/sbin', '/sys'],
    ...['/sysroot', '/usr', '/var/lock', '/var/run', '/var/lib/alternatives', '/var/lib/dbus', '/var/lib/pam', '/var/lib/polkit-1'],
    ...['/var/lib/selinux', '/var/lib/sss', '/var/lib/sudo', '/var/lib/authselect', '/var/cache/ldconfig'],
  ],
  systemd: ['/var/lib/systemd', '/var/log/journal'],
  'cloud-init': ['/var/lib/cloud'],
  'the package manager': [
    ...['/var/lib/apt', '/var/lib/dpkg', '/var/lib/ucf', '/var/cache/apt', '/var/cache/debconf', '/var/log/apt', '/snap', '/var/lib/snapd'],
    ...['/var/lib/dnf', '/var/lib/rpm', '/var/lib/rpm-state', '/var/lib/yum', '/var/lib/rhsm', '/var/lib/PackageKit'],
    ...['/var/cache/dnf', '/var/cache/libdnf5', '/var/cache/yum', '/var/cache/PackageKit'],
  ],
  'the network': ['/var/lib/NetworkManager', '/var/lib/dhclient', '/var/lib/dhcp', '/var/lib/dhcpcd', '/var/lib/chrony'],
  SSH: ['/root/.ssh', '/var/lib/sshd', '/var/empty'],
  'the audit log': ['/var/log/audit'],
  'the guest agent': ['/var/lib/qemu-ga', '/var/log/qemu-ga'],
};

/** Folders that hold what others need: a disk may be below them, but not in their place. */
const ITSELF: { readonly [user: string]: readonly string[] } = {
  'the system': ['/home', '/root', '/tmp', '/var', '/var/cache', '/var/lib', '/var/log', '/var/spool', '/var/tmp'],
  systemd: ['/var/lib/private', '/var/cache/private', '/var/log/private'],
  'the account of the image': ['/home/centos', '/home/cloud-user', '/home/debian', '/home/fedora', '/home/ubuntu'],
};
const HOME_SSH = /^\/home\/[^/]+\/\.ssh(\/|$)/;

/** @returns what a mount point must be, as in `must …`; undefined for a good one */
export function wrongMount(mount: string): string | undefined {
  const path = normalPath(mount);
  if (!MOUNT.test(path)) return WRONG_MOUNT;
  const real = realFolder(path);
  const user =
    find(WHOLE, (folder) => folder === real || isBelow(real, folder)) ??
    find(ITSELF, (folder) => folder === real) ??
    (HOME_SSH.test(real) ? 'SSH' : undefined);
  return user === undefined ? undefined : mountOfSystem(user);
}

function find(folders: typeof WHOLE, matches: (folder: string) => boolean): string | undefined {
  return Object.entries(folders).find(([, paths]) => paths.some(matches))?.[0];
}
