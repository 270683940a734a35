import type { Problem } from '../errors';
import { SECRET_BYTES, TOO_LARGE } from '../kubernetes/secret-size';
import type { GuestDiskPlan, GuestPlan, RolePlan, WorkloadPlan } from '../plan/plan';
import { type CloudConfig, cloudConfig, type WriteFile } from './cloud-config';
import { enabledUnits, type FinalFile, writtenFiles } from './files';

/** The cloud-init user data of a role: one text for all of its VMs. What differs between them a guest reads off its own hostname. */
export function userData(role: RolePlan): string {
  const { guest } = role;
  const config: CloudConfig = {
    ...account(guest),
    ...(guest.packages.length > 0 ? { ...(needsIndex(guest) ? { package_update: true } : {}), packages: guest.packages } : {}),
    write_files: writtenFiles(role).map(writeFile),
    runcmd: [['sh', '-c', start(role.guestDisk), 'virtwork-start', ...enabledUnits(role)]],
  };
  return cloudConfig(config);
}

/**
 * Runs virtwork-start from the guest disk, which installs what all guests share. Without the disk nothing of virtwork
 * starts: cloud-init writes the reason to the console and the journal, and no health endpoint answers.
 */
function start({ secret, serial }: GuestDiskPlan): string {
  return `disk=/dev/disk/by-id/virtio-${serial} mount=/run/virtwork/guest
udevadm settle --timeout=30
mkdir -p $mount
mount -t iso9660 -o ro,nosuid,nodev,noexec $disk $mount && exec bash $mount/virtwork-start "$@"
echo "virtwork: $disk is missing or unreadable: the VM needs the Secret ${secret} as a disk with this serial" >&2
exit 1
`;
}

/** Roles whose user data no Secret could hold, with their largest files. */
export function sizeProblems({ name, roles }: WorkloadPlan): Problem[] {
  return roles.flatMap((role) => {
    const bytes = Buffer.byteLength(userData(role));
    if (bytes <= SECRET_BYTES) return [];
    return [
      {
        where: role.role === undefined ? `workload ${name}` : `workload ${name}, role ${role.role}`,
        message: `user data must have at most ${SECRET_BYTES} bytes, which is all that a Secret holds, got ${bytes}; the largest files: ${largest(role)}`,
        hint: TOO_LARGE,
      },
    ];
  });
}

function largest({ guest }: RolePlan): string {
  const sizes = guest.files.map(({ source, content }) => [source, Buffer.byteLength(content)] as const);
  return sizes
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([source, bytes]) => `${source} ${bytes}`)
    .join(', ');
}

/** The image's own user stays: keys from an existing Secret go to it. */
function account({ ssh }: GuestPlan): Pick<CloudConfig, 'users' | 'ssh_pwauth'> {
  if (ssh?.user === undefined) return {};
  const password = ssh.passwordHash === undefined ? { lock_passwd: true } : { lock_passwd: false, hashed_passwd: ssh.passwordHash };
  const keys = ssh.authorizedKeys.length > 0 ? { ssh_authorized_keys: ssh.authorizedKeys } : {};
  return {
    users: ['default', { name: ssh.user, shell: '/bin/bash', sudo: 'ALL=(ALL) NOPASSWD:ALL', ...password, ...keys }],
    ...(ssh.passwordHash === undefined ? {} : { ssh_pwauth: true }),
  };
}

/** apt knows no package before it has fetched its index; dnf fetches it by itself. */
function needsIndex({ os }: GuestPlan): boolean {
  return os === 'debian' || os === 'ubuntu';
}

function writeFile({ path, content, mode: permissions }: FinalFile): WriteFile {
  return typeof content === 'string'
    ? { path, permissions, content }
    : { path, permissions, encoding: 'b64', content: content.toString('base64') };
}
