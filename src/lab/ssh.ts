import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { KEY, type LabFolder, type LabVm } from './folder';
import { FILES } from './machine';
import { runProgram } from './process';

/** The lab's own key, made when it is first needed. @returns the public one */
export async function publicKey(folder: LabFolder): Promise<string> {
  const file = join(folder.path, KEY);
  if (!existsSync(file)) {
    const { code, stderr } = await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'virtwork-lab', '-f', file]);
    if (code !== 0) throw new UserError([{ where: file, message: `cannot be made: ${stderr.trim()}` }]);
  }
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/**
 * The command that opens a shell in a VM, or runs a command there. Nothing of this user's own configuration, keys and agent takes part, and
 * the guest is offered nothing of this machine: what is in it may be hostile.
 */
export function sshCommand(folder: LabFolder, vm: LabVm): string[] {
  const options = {
    IdentityFile: configPath(join(folder.path, KEY)),
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    BatchMode: 'yes',
    // The host key is new with every root disk. Until then nobody else can take the VM's place.
    StrictHostKeyChecking: 'accept-new',
    HostKeyAlias: vm.name,
    UserKnownHostsFile: configPath(join(folder.of(vm.name), FILES.knownHosts)),
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ForwardX11Trusted: 'no',
    ClearAllForwardings: 'yes',
    Tunnel: 'no',
    ControlMaster: 'no',
    ControlPath: 'none',
    PermitLocalCommand: 'no',
    LogLevel: 'ERROR',
    // A guest whose CPUs are all taken, under emulation, takes its time.
    ConnectTimeout: '60',
    ServerAliveInterval: '20',
  };
  return [
    'ssh',
    ...['-F', '/dev/null', '-p', String(vm.sshPort)],
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    `${vm.user}@127.0.0.1`,
  ];
}

/** One path: ssh takes a blank for the end of one, and expands what begins with `%`. */
function configPath(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
