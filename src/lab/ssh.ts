import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { KEY, type LabFolder, type LabVm } from './folder';
import { FILES } from './machine';
import { cannotCreate } from './messages';
import { runProgram } from './process';

/** Creates the lab's SSH key if there is none. @returns the public key */
export async function publicKey(folder: LabFolder): Promise<string> {
  const file = join(folder.path, KEY);
  if (!existsSync(file)) {
    const { code, stderr } = await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'virtwork-lab', '-f', file]);
    if (code !== 0) throw new UserError([cannotCreate(file, stderr.trim())]);
  }
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/**
 * The command that opens a shell in a VM, or runs a command there. It uses neither configuration, keys nor agent of this user, and forwards
 * nothing, because the guest may be hostile.
 */
export function sshCommand(folder: LabFolder, vm: LabVm): string[] {
  const options = {
    IdentityFile: configPath(join(folder.path, KEY)),
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    BatchMode: 'yes',
    // The host key changes with every root disk, and is fixed between.
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
    // An emulated guest under full load answers slowly.
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

/** A quoted path: ssh splits at blanks and expands `%`. */
function configPath(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
