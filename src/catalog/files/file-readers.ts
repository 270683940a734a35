import type { Reader } from '../units/places';

/** What reads a file of the guest, by its path; the first match counts. A file that matches nothing is data. */
const BY_PATH: readonly (readonly [path: RegExp, reader: Reader])[] = [
  [/\/systemd\/.*\.(service|socket|timer|mount|automount|swap|slice|path|target|conf|network|netdev|link)$/, 'systemd'],
  // Shells: their start-up files, and scripts that other programs start.
  [/\.(sh|bash|zsh|ksh|dash)$/, 'shell'],
  [/\/etc\/(profile|bashrc|bash\.bashrc|rc\.local|rc\.d\/rc\.local|zsh(rc|env))$/, 'shell'],
  [
    /\/etc\/(profile\.d|bash_completion\.d|(rc\.d\/)?init\.d|update-motd\.d|kernel|grub\.d|X11\/Xsession\.d|initramfs-tools\/(hooks|scripts))\//,
    'shell',
  ],
  [
    /\/etc\/(zsh|cron\.(hourly|daily|weekly|monthly)|network\/if-[a-z-]+\.d|NetworkManager\/dispatcher\.d|dhcp\/dhclient-[a-z-]+\.d)\//,
    'shell',
  ],
  [/\/\.(profile|bashrc|bash_(profile|login|logout|aliases)|zshrc|zshenv|zprofile|kshrc)$|\/\.ssh\/rc$|\/etc\/ssh\/sshrc$/, 'shell'],
  [/\/var\/lib\/cloud\/scripts\//, 'shell'],
  // Files with commands in a syntax of their own, or that decide about permissions.
  [/\/etc\/(crontab$|anacrontab$|cron\.d\/)|\/var\/spool\/(cron|at|anacron)\//, { code: 'cron' }],
  [/\/etc\/sudoers(\.d\/|$)|\/etc\/doas/, { code: 'sudo' }],
  [/\/udev\/rules\.d\//, { code: 'udev' }],
  [/\/modprobe\.d\//, { code: 'modprobe' }],
  [/\/binfmt\.d\//, { code: 'the kernel' }],
  [/\/etc\/ld\.so\./, { code: 'the loader of libraries' }],
  [/\/\.ssh\/|\/etc\/ssh\//, { code: 'SSH' }],
  [/\/etc\/(pam\.d|security)\/|\/etc\/pam\.conf$/, { code: 'PAM' }],
  [/\/polkit-1\//, { code: 'polkit' }],
  [/\/etc\/logrotate(\.d\/|\.conf)/, { code: 'logrotate' }],
  [/\/etc\/apt\/apt\.conf|\/etc\/dpkg\//, { code: 'apt' }],
  [/\/etc\/(dnf|yum)\/(plugins|.*actions)/, { code: 'dnf' }],
  [/\/etc\/(fail2ban|xinetd\.d|acpi|incron\.d|supervisor|monit)\/|\/var\/spool\/incron\//, { code: 'a daemon' }],
  [/\/(aliases|\.forward|\.procmailrc|\.mailcap)$/, { code: 'the mail system' }],
  [/\/etc\/cloud\//, { code: 'cloud-init' }],
  [/\/etc\/(inittab|inetd\.conf)$/, { code: 'a daemon' }],
  [/\/containers\/systemd\/|(Docker|Container)file$/, { code: 'podman' }],
  [/\/dbus-1\/|\.desktop$/, { code: 'D-Bus or a desktop' }],
  [
    /(^|\/)(\.gitconfig|gitconfig|\.gdbinit|\.vimrc|vimrc|\.screenrc|\.tmux\.conf|\.psqlrc|\.exrc|\.lesskey|[Mm]akefile)$/,
    { code: 'a program' },
  ],
  [/\.(py|pl|pm|rb|lua|js|mjs|cjs|php|awk|sed|tcl|exp|R|jl|sql|mk)$/, { code: 'an interpreter' }],
  [/\/etc\/sysctl\.conf$|\/sysctl\.d\//, 'sysctl'],
  // Lines of words.
  [/\/(tmpfiles|sysusers|modules-load)\.d\/|\/etc\/(fstab|crypttab|exports)$/, 'words'],
];
/** Folders whose files are run. */
const RUN = /\/(s?bin|libexec)\//;
/** Files of variables, which shells, PAM or systemd read. */
const OF_VARIABLES = /\/etc\/(default|sysconfig|conf\.d)\/|\/etc\/environment$|\/environment\.d\//;
/** A line of such a file. One pattern for all lines would take very long for some texts. */
const VARIABLE = /^\s*(#.*|(export\s+)?[A-Za-z_]\w*=.*)?$/;

/**
 * What reads a template in the guest, which decides what values its placeholders may have.
 * @param path in the guest
 */
export function readerOf(path: string, content: string): Reader {
  const shebang = /^#!\s*(\S+)(.*)/.exec(content);
  if (shebang) return /sh\b/.test(shebang[0]) ? 'shell' : { code: interpreter(shebang[1] as string, shebang[2] as string) };
  const known = BY_PATH.find(([pattern]) => pattern.test(path))?.[1];
  if (known) return known;
  // systemd and shells read files of variables, and shells are stricter.
  if (content.split('\n').every((line) => VARIABLE.test(line))) return /^[ \t]*export\s/m.test(content) ? 'shell' : 'variables';
  return RUN.test(path) || OF_VARIABLES.test(path) ? 'shell' : 'other';
}

/** `python3` of `/usr/bin/env -S python3 -u`. */
function interpreter(program: string, rest: string): string {
  const words = [program, ...rest.split(/\s+/)].filter((word) => word !== '' && !/^-|=/.test(word)).map((word) => word.replace(/.*\//, ''));
  return (words[0] === 'env' ? words[1] : words[0]) ?? 'an interpreter';
}
