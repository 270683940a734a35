/** Capabilities of Linux that systemd knows. */
export const CAPABILITIES: readonly string[] = [
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK',
  'IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP',
  'SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME',
  'SYS_TTY_CONFIG WAKE_ALARM',
].flatMap((line) => line.split(' ').map((name) => `CAP_${name}`));

/** Groups of system calls that systemd knows. */
export const SYSCALL_GROUPS: readonly string[] = [
  'aio basic-io chown clock cpu-emulation debug default file-system io-event ipc keyring known memlock module mount network-io obsolete',
  'pkey privileged process raw-io reboot resources sandbox setuid signal swap sync system-service timer',
].flatMap((line) => line.split(' ').map((name) => `@${name}`));
