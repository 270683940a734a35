import type { Problem } from '../errors';
import { SECRET_BYTES } from '../kubernetes/secret-size';
import type { GuestDiskPlan, GuestPlan, RolePlan, WorkloadPlan } from '../plan/plan';
import { type CloudConfig, cloudConfig, type WriteFile } from './cloud-config';
import { enabledUnits, writtenFiles } from './files';
import type { FinalFile } from './final-file';
import { mergeCloudConfig } from './merge';
import { trialsOf, userDataTooLarge } from './messages';
import { TRIALS_FOLDER } from './paths';
import { preparationConfig } from './preparation';

/** The cloud-init user data of a role, the same for all of its VMs. A guest derives what differs from its own host name. */
export function userData(role: RolePlan): string {
  const { guest } = role;
  const isChecked = guest.preparation?.packages !== undefined;
  const config: CloudConfig = {
    ...account(guest),
    ...(guest.packages.length > 0 && !isChecked
      ? { ...(needsIndex(guest) ? { package_update: true } : {}), packages: guest.packages }
      : {}),
    ...preparationConfig(guest),
    write_files: writtenFiles(role).map(writeFile),
    runcmd: [['sh', '-c', start(role.guestDisk), 'virtwork-start', ...enabledUnits(role)]],
  };
  return cloudConfig(guest.extraUserData === undefined ? config : withExtra(config, guest.extraUserData));
}

/** Accounts of the user's do not replace the image's own, which virtwork keeps too. */
function withExtra(config: CloudConfig, extra: NonNullable<GuestPlan['extraUserData']>): CloudConfig {
  const { users, ...others } = extra;
  const added = Array.isArray(users) ? users.filter((each) => each !== 'default') : [];
  const all = added.length > 0 ? { users: [...(config.users ?? ['default']), ...added] } : {};
  return { ...mergeCloudConfig({ ...config }, others), ...all } as CloudConfig;
}

/**
 * A script that runs virtwork-start from the guest disk, which installs the shared files. Without the disk nothing of
 * virtwork starts: cloud-init writes the reason to the console and the journal, and the health endpoint does not answer.
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

/** A problem for each role whose user data does not fit into a Secret. */
export function sizeProblems({ name, roles }: WorkloadPlan): Problem[] {
  return roles.flatMap((role) => {
    const bytes = Buffer.byteLength(userData(role));
    if (bytes <= SECRET_BYTES) return [];
    return [
      {
        where: role.role === undefined ? `workload ${name}` : `workload ${name}, role ${role.role}`,
        ...userDataTooLarge(bytes, largest(role), role.trials !== undefined),
      },
    ];
  });
}

function largest(role: RolePlan): string {
  const files = role.guest.files.map(({ source, content }) => [source, Buffer.byteLength(content)] as const);
  const ofTrials = writtenFiles(role).filter(({ path }) => path.startsWith(TRIALS_FOLDER));
  const bytes = ofTrials.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return [...files, ...(role.trials ? [[trialsOf(role.trials.list.length), bytes] as const] : [])]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([source, bytes]) => `${source} ${bytes}`)
    .join(', ');
}

/** Keeps the default user of the image: keys from an existing Secret are for it. */
function account({ ssh }: GuestPlan): Pick<CloudConfig, 'users' | 'ssh_pwauth'> {
  if (ssh?.user === undefined) return {};
  const password = ssh.passwordHash === undefined ? { lock_passwd: true } : { lock_passwd: false, hashed_passwd: ssh.passwordHash };
  const keys = ssh.authorizedKeys.length > 0 ? { ssh_authorized_keys: ssh.authorizedKeys } : {};
  return {
    users: ['default', { name: ssh.user, shell: '/bin/bash', sudo: 'ALL=(ALL) NOPASSWD:ALL', ...password, ...keys }],
    ...(ssh.passwordHash === undefined ? {} : { ssh_pwauth: true }),
  };
}

/** apt needs its package lists first; dnf downloads them itself. */
function needsIndex({ os }: GuestPlan): boolean {
  return os === 'debian' || os === 'ubuntu';
}

function writeFile({ path, content, mode: permissions, append }: FinalFile): WriteFile {
  return typeof content === 'string'
    ? { path, permissions, ...(append ? { append } : {}), content }
    : { path, permissions, encoding: 'b64', content: content.toString('base64') };
}
