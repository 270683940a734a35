import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import type { LabFolder, LabVm } from './folder';
import { runProgram } from './process';

const KEY = 'id_ed25519';

/** The lab's own key, made when it is first needed. @returns the public one */
export async function publicKey(folder: LabFolder): Promise<string> {
  const file = join(folder.path, KEY);
  if (!existsSync(file)) {
    const { code, stderr } = await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'virtwork-lab', '-f', file]);
    if (code !== 0) throw new UserError([{ where: file, message: `cannot be made: ${stderr.trim()}` }]);
  }
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/** The command that opens a shell in a VM, or runs a command there. Its host key is new with every VM. */
export function sshCommand(folder: LabFolder, vm: LabVm): string[] {
  const options = {
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
    // A guest whose CPUs are all taken, under emulation, takes its time.
    ConnectTimeout: '60',
    ServerAliveInterval: '20',
  };
  return [
    'ssh',
    ...['-i', join(folder.path, KEY), '-p', String(vm.sshPort)],
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    `${vm.user}@127.0.0.1`,
  ];
}
