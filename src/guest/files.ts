import type { GuestFile, Unit } from '../catalog/entry';
import { variableName } from '../catalog/params/param-value';
import { PEER_TOKEN, PEER_VARIABLE, UNIT_FOLDER } from '../plan/guest-names';
import type { DiskPlan, GuestPlan, PeersPlan, RolePlan, TrialPlan, TrialsPlan } from '../plan/plan';
import { hasPod } from '../plan/pod-network';
import { activation } from './activation';
import { disksFirst, diskUnit, dropIn, OWNERS_UNIT, owned, peerAddress, START_UNIT, TRIALS_UNIT, trialDropIn } from './drop-in';
import { type Environment, environmentFile } from './environment-file';
import type { FinalFile } from './final-file';
import { GUEST_FILES } from './paths';
import { AGENT_UNIT, PACKAGES_UNIT, preparationFiles } from './preparation';
import { fill } from './template';

const HEALTH_SOCKET = 'virtwork-health.socket';

/** All files that virtwork adds to the guests of a role, sorted by path. */
export function guestFiles(role: RolePlan): FinalFile[] {
  const shared = role.guestDisk.files.map(({ path, mode, content }) => ({ path, mode, content: String(content) }));
  return [...writtenFiles(role), ...shared].sort(byPath);
}

/** The files that cloud-init writes, sorted by path; virtwork-start installs the others from the guest disk. */
export function writtenFiles(role: RolePlan): FinalFile[] {
  const { guest } = role;
  const values = { ...guest.params, service: guest.service ?? '', peer: PEER_TOKEN };
  const files = [
    text(GUEST_FILES.environment, environmentFile(environment(role))),
    ...watchedUnits(role),
    text(GUEST_FILES.packages, lines(guest.packages)),
    ...role.disks.flatMap(diskFiles),
    ...(role.credential ? [text(GUEST_FILES.access, environmentFile({ ACCESS_SERIAL: role.credential.serial }))] : []),
    ...owners(role),
    ...unitFiles(role, values),
    ...(role.trials ? trialFiles(role, role.trials, values) : []),
    ...guest.files.map((file) => ({ path: file.path, mode: file.mode, content: filled(file, values) })),
    ...healthPort(role),
    ...applied(role),
    ...preparationFiles(guest),
    ...Object.entries(guest.traffic?.peers ?? {}).map(([network, peers]) => text(GUEST_FILES.peers(network), peerLines(peers))),
    ...Object.entries(guest.reported ?? {}).map(([network, macs]) => text(GUEST_FILES.cards(network), lines(macs))),
    ...probeThroughAgent(role),
  ];
  return [...files, ...peerFiles(files)].sort(byPath);
}

function byPath(a: FinalFile, b: FinalFile): number {
  return a.path < b.path ? -1 : 1;
}

/** Units that the first boot enables and starts, in this order. */
export function enabledUnits(role: RolePlan): string[] {
  return [
    START_UNIT,
    PACKAGES_UNIT,
    ...(role.healthPort > 0 ? [HEALTH_SOCKET] : []),
    ...disksFirst(role),
    ...(owned(role).length > 0 ? [OWNERS_UNIT] : []),
    ...role.guest.units.filter((unit) => startsAtBoot(unit, role.guest.units)).map((unit) => unit.name),
    ...(role.trials ? [TRIALS_UNIT] : []),
    AGENT_UNIT,
  ];
}

function environment({ workload, role, runId, guest }: RolePlan): Environment {
  return {
    VIRTWORK_WORKLOAD: workload,
    VIRTWORK_ROLE: role ?? 'workload',
    VIRTWORK_RUN_ID: runId,
    VIRTWORK_GUEST_OS: guest.os,
    ...(guest.service === undefined ? {} : { VIRTWORK_SERVICE: guest.service }),
    ...(guest.namespace === undefined ? {} : { VIRTWORK_NAMESPACE: guest.namespace }),
    ...(guest.peerPrefix === undefined ? {} : { VIRTWORK_PEER_PREFIX: guest.peerPrefix, [PEER_VARIABLE]: PEER_TOKEN }),
    ...Object.fromEntries(Object.entries(guest.params).map(([key, value]) => [variableName(key), value])),
  };
}

/** For a raw disk, virtwork-disk only waits. A disk that is mounted below another one must be mounted after it, else the other one hides it. */
function diskFiles({ name, serial, mount, filesystem, below }: DiskPlan): FinalFile[] {
  const outer = below.map(diskUnit).join(' ');
  const isRaw = mount === undefined || filesystem === undefined;
  const content: Environment = isRaw ? { DISK_RAW: 'yes' } : { DISK_MOUNT: mount, DISK_FILESYSTEM: filesystem };
  return [
    text(GUEST_FILES.disk(name), environmentFile({ DISK_SERIAL: serial, ...content })),
    ...(outer ? [text(`${UNIT_FOLDER}/${diskUnit(name)}.d/10-virtwork.conf`, `[Unit]\nRequires=${outer}\nAfter=${outer}\n`)] : []),
  ];
}

/** Whether the boot starts the unit. One that another unit starts needs an [Install] section for that. */
function startsAtBoot({ name, text }: Unit, units: readonly Unit[]): boolean {
  return /^\[Install\]/m.test(text) || !units.some((unit) => unit.triggers === name);
}

/** Units that may be inactive, because a timer, socket or path starts them. Not templates, which have no state. */
function triggeredUnits(units: readonly Unit[]): string[] {
  const names = units.flatMap(({ triggers = '' }) => (triggers === '' || /[@%{]/.test(triggers) ? [] : [triggers]));
  const atBoot = units.filter((unit) => startsAtBoot(unit, units)).map((unit) => unit.name);
  return [...new Set(names)].filter((name) => !atBoot.includes(name)).sort();
}

/** For the health endpoint: the units that it watches, and which of them may be inactive. Missing packages that nothing installs are a failure. */
function watchedUnits({ guest: { units, preparation }, trials }: RolePlan): FinalFile[] {
  const triggered = triggeredUnits(units);
  const checked = preparation?.packages === 'present' ? [PACKAGES_UNIT] : [];
  const watched = [...new Set([...units.map((unit) => unit.name), ...triggered, ...(trials ? [TRIALS_UNIT] : []), ...checked])];
  return [text(GUEST_FILES.units, lines(watched)), ...(triggered.length > 0 ? [text(GUEST_FILES.triggered, lines(triggered))] : [])];
}

function unitFiles(role: RolePlan, values: { readonly [key: string]: string }): FinalFile[] {
  return role.guest.units.flatMap((unit) => {
    const path = `${UNIT_FOLDER}/${unit.name}`;
    const more = dropIn(role, unit);
    return [
      text(path, fill(unit.text, values)),
      ...(more === undefined ? [] : [text(`${path}.d/10-virtwork.conf`, more + peerAddress(role.guest, unit))]),
    ];
  });
}

/** The trials, the units that they start, and the drop-in of the unit that starts them. */
function trialFiles(role: RolePlan, trials: TrialsPlan, values: { readonly [key: string]: string }): FinalFile[] {
  const { healthPort, guest } = role;
  const own = { name: TRIALS_UNIT, text: '', source: '', placeholders: [] };
  return [
    text(GUEST_FILES.trials, environmentFile(trialsEnvironment(healthPort, trials))),
    ...trials.list.map((trial) =>
      text(GUEST_FILES.trial(`${trial.id}-${trial.name}-r${trial.repeat}`), environmentFile(trialEnvironment(guest.params, trial))),
    ),
    text(`${UNIT_FOLDER}/${TRIALS_UNIT}.d/10-virtwork.conf`, dropIn(role, own) ?? ''),
    ...(guest.trialUnits ?? []).flatMap((unit) => [
      text(`${UNIT_FOLDER}/${unit.name}`, fill(unit.text, values)),
      text(`${UNIT_FOLDER}/${unit.name}.d/10-virtwork.conf`, trialDropIn(role, unit) + peerAddress(guest, unit, trials.prepare)),
    ]),
  ];
}

function trialsEnvironment(port: number, trials: TrialsPlan): Environment {
  return {
    TRIALS_GROUP: trials.group,
    TRIALS_LEADER: trials.leader,
    TRIALS_EXPECTED: String(trials.expected),
    TRIALS_TOKEN: trials.token,
    TRIALS_PLAN: trials.plan,
    TRIALS_PORT: String(port),
    TRIALS_BARRIER_TIMEOUT: String(trials.barrierTimeout),
    TRIALS_SETTLE: String(trials.settle),
    TRIALS_UNIT: trials.unit,
    TRIALS_PREPARE: trials.prepare ?? '',
  };
}

/** Only the params that differ from those of the workload. */
function trialEnvironment(common: GuestPlan['params'], { name, repeat, limit, params }: TrialPlan): Environment {
  const differing = Object.entries(params).filter(([key, value]) => common[key] !== value);
  return {
    TRIAL_NAME: name,
    TRIAL_REPEAT: String(repeat),
    TRIAL_LIMIT: String(limit),
    ...Object.fromEntries(differing.map(([key, value]) => [variableName(key), value])),
  };
}

/** An owner may be a user of a package, so the guest sets it after cloud-init has written the files. */
function owners(role: RolePlan): FinalFile[] {
  const files = owned(role).map(({ owner, path }) => `${owner} ${path}`);
  return files.length > 0 ? [text(GUEST_FILES.owners, lines(files))] : [];
}

/** Nothing for the port in the socket unit itself. */
function healthPort({ healthPort: port, guestDisk }: RolePlan): FinalFile[] {
  const path = `${UNIT_FOLDER}/${HEALTH_SOCKET}`;
  const listen = `\nListenStream=${port}\n`;
  if (port === 0 || guestDisk.files.some((file) => file.path === path && String(file.content).includes(listen))) return [];
  // The empty assignment removes the port of the unit.
  return [text(`${path}.d/10-port.conf`, `[Socket]\nListenStream=${listen}`)];
}

/**
 * Without a pod network, the readiness probe runs a command through the guest agent. Fedora, CentOS Stream and RHEL keep the agent from
 * running commands with an option in a file of variables, and confine it with SELinux.
 */
function probeThroughAgent(role: RolePlan): FinalFile[] {
  if (hasPod(role) || role.healthPort === 0) return [];
  const agent = 'qemu-guest-agent.service';
  const allowed = ['EnvironmentFile=', 'ExecStartPre=-+/usr/sbin/setsebool virt_qemu_ga_run_unconfined on'];
  // An agent of the image may run already.
  const started = ['ExecStart=', `ExecStart=/bin/bash -c '/usr/local/bin/virtwork-guest-agent; systemctl try-restart ${agent}'`];
  const service = (unit: string, lines: readonly string[]) =>
    text(`${UNIT_FOLDER}/${unit}.d/10-virtwork.conf`, `[Service]\n${lines.join('\n')}\n`);
  return [service(agent, allowed), service(AGENT_UNIT, started)];
}

function peerLines(peers: PeersPlan): string {
  return 'askAt' in peers ? `ask ${peers.askAt}\n` : lines(peers.addresses);
}

/** For the first boot: the files of the entry to apply. */
function applied({ guest }: RolePlan): FinalFile[] {
  const needed = activation(guest.files.map((file) => file.path));
  return needed.length > 0 ? [text(GUEST_FILES.apply, lines(needed))] : [];
}

/** For the first boot: the files in which to fill in the name of the peer. */
function peerFiles(files: readonly FinalFile[]): FinalFile[] {
  const paths = files
    .filter((file) => file.content.includes(PEER_TOKEN))
    .map((file) => file.path)
    .sort();
  return paths.length > 0 ? [text(GUEST_FILES.peerFiles, lines(paths))] : [];
}

function filled({ content, placeholders }: GuestFile, values: { readonly [key: string]: string }): Buffer | string {
  if (placeholders !== undefined) return fill(String(content), values);
  return typeof content === 'string' ? content : Buffer.from(content);
}

function text(path: string, content: string): FinalFile {
  return { path, content, mode: '0644' };
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}
