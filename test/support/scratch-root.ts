import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import type { RolePlan } from '../../src/plan/plan';
import { tempDir } from './render';

/** Commands of the packages of shipped entries, and commands of every guest. Other commands in a unit are misspelled. */
const COMMANDS = [
  '/usr/bin/bash',
  '/usr/bin/fio',
  '/usr/bin/install',
  '/usr/bin/chown',
  '/usr/bin/iperf3',
  '/usr/bin/mountpoint',
  '/usr/bin/netserver',
  '/usr/bin/python3',
  '/usr/bin/sh',
  '/usr/bin/stress-ng',
  '/usr/bin/systemctl',
  '/usr/bin/sysbench',
  '/usr/bin/tc',
  '/usr/bin/true',
];

/** The part of a guest's file system that systemd reads: the system's own units, the guest's files, and stubs for packaged commands. */
export function scratchRoot(role: RolePlan): string {
  const root = scratchSystem();
  for (const file of guestFiles(role)) put(root, file.path, file.content, file.mode === '0755');
  return root;
}

/** The same file system, without the files of a guest. */
export function scratchSystem(): string {
  const root = tempDir();
  cpSync('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
  for (const path of COMMANDS) put(root, path, '', true);
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('usr/lib', join(root, 'lib'));
  return root;
}

function put(root: string, path: string, content: string | Buffer, executable: boolean): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, executable ? 0o755 : 0o644);
}
