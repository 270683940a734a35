/** Steps of virtwork-setup that apply a file, in their order. `restart` precedes the names of units. */
type Step =
  | 'sysusers'
  | 'tmpfiles'
  | 'modules'
  | 'sysctl'
  | 'binfmt'
  | 'udev'
  | 'hwdb'
  | 'ca-trust'
  | 'ca-certificates'
  | 'ldconfig'
  | Restart;
type Restart = `restart ${string}` | 'reexec';

/**
 * Files that a program reads only when the system or the program starts, and the step that applies them now: cloud-init
 * writes an entry's files after that.
 */
const NEEDS: readonly (readonly [path: RegExp, step: Step])[] = [
  [inFolder('sysusers.d', 'conf'), 'sysusers'],
  [inFolder('tmpfiles.d', 'conf'), 'tmpfiles'],
  [inFolder('modules-load.d', 'conf'), 'modules'],
  [inFolder('sysctl.d', 'conf'), 'sysctl'],
  [/^\/etc\/sysctl\.conf$/, 'sysctl'],
  [inFolder('binfmt.d', 'conf'), 'binfmt'],
  [inFolder('udev/rules.d', 'rules'), 'udev'],
  [inFolder('udev/hwdb.d', 'hwdb'), 'hwdb'],
  [/^\/(etc\/pki\/ca-trust\/source|usr\/share\/pki\/ca-trust-source)\/.+/, 'ca-trust'],
  [/^\/usr\/(local\/)?share\/ca-certificates\/.+\.crt$/, 'ca-certificates'],
  [/^\/etc\/ca-certificates\.conf$/, 'ca-certificates'],
  [/^\/etc\/ld\.so\.conf(\.d\/[^/]+\.conf)?$/, 'ldconfig'],
  [/^\/usr\/local\/lib(64)?\/[^/]+\.so(\.[\d.]+)?$/, 'ldconfig'],
  [ofDaemon('journald'), 'restart systemd-journald.service'],
  [ofDaemon('resolved'), 'restart systemd-resolved.service'],
  [ofDaemon('timesyncd'), 'restart systemd-timesyncd.service'],
  [ofDaemon('oomd'), 'restart systemd-oomd.service'],
  [ofDaemon('logind'), 'restart systemd-logind.service'],
  [ofDaemon('networkd'), 'restart systemd-networkd.service'],
  [inFolder('systemd/network', '(network|netdev|link)'), 'restart systemd-networkd.service'],
  [ofDaemon('system'), 'reexec'],
  [
    /^\/(etc|usr\/lib)\/NetworkManager\/(conf\.d\/[^/]+\.conf|NetworkManager\.conf|system-connections\/.+)$/,
    'restart NetworkManager.service',
  ],
  [/^\/etc\/(chrony\.conf|chrony\.d\/[^/]+\.conf)$/, 'restart chronyd.service'],
  [/^\/etc\/chrony\/(chrony\.conf|(conf|sources)\.d\/[^/]+)$/, 'restart chrony.service'],
  [/^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/, 'restart sshd.service ssh.service'],
  [/^\/etc\/rsyslog(\.conf|\.d\/[^/]+\.conf)$/, 'restart rsyslog.service'],
];

/**
 * The steps that apply the files of a guest at its first boot. Later boots apply them without help.
 * @returns distinct lines `STEP PATH`, or `restart UNIT…`
 */
export function activation(paths: readonly string[]): string[] {
  const lines = paths.flatMap((path) => {
    const step = NEEDS.find(([pattern]) => pattern.test(path))?.[1];
    if (step === undefined) return [];
    return [step.startsWith('restart ') ? step : `${step} ${path}`];
  });
  return [...new Set(lines)].sort();
}

/** Files of a folder in all places where systemd looks for it. */
function inFolder(folder: string, ending: string): RegExp {
  return new RegExp(`^/(etc|run|usr/lib|usr/local/lib|lib)/${folder.replace('.', '\\.')}/[^/]+\\.${ending}$`);
}

function ofDaemon(name: string): RegExp {
  return new RegExp(`^/(etc|usr/lib|usr/local/lib)/systemd/${name}\\.conf(\\.d/[^/]+\\.conf)?$`);
}
