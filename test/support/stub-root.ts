import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, tempDir } from './places';

/** The functions that scripts source in a guest from /usr/local/lib/virtwork. */
export const GUEST_LIB = join(ROOT, 'catalog/_shared/base/files/usr/local/lib/virtwork');

const BASIC = [
  'awk',
  'bash',
  'cat',
  'cmp',
  'date',
  'du',
  'find',
  'grep',
  'install',
  'ls',
  'mkdir',
  'mv',
  'printf',
  'rm',
  'sed',
  'sort',
  'stat',
  'tail',
  'numfmt',
  'tr',
  'uname',
];

interface Run {
  readonly status: number | null;
  readonly output: string;
  /** All calls of stubs, with their arguments. */
  readonly calls: readonly string[];
}

/** A folder that replaces the root folder of a guest. */
export class StubRoot {
  readonly dir = tempDir();
  private readonly log = join(this.dir, 'calls');

  constructor() {
    mkdirSync(join(this.dir, 'bin'));
    this.tools(...BASIC);
  }

  /** Adds programs of this machine. Those that it does not have stay missing. */
  tools(...names: readonly string[]): this {
    const { stdout } = spawnSync('bash', ['-c', `type -P ${names.join(' ')}`], { encoding: 'utf8', timeout: 60_000 });
    for (const tool of stdout.split('\n').filter(Boolean)) symlinkSync(tool, join(this.dir, 'bin', tool.replace(/^.*\//, '')));
    return this;
  }

  /** Adds a program that records its call and then runs the script. */
  stub(path: string, script = ''): this {
    const file = join(this.dir, path.includes('/') ? path : `bin/${path}`);
    mkdirSync(dirname(file), { recursive: true });
    // Replace a link, because writing through it would change a tool of this machine.
    rmSync(file, { force: true });
    writeFileSync(file, `#!${join(this.dir, 'bin/bash')}\necho "\${0##*/} $*" >>${this.log}\n${script}\n`, { flag: 'wx', mode: 0o755 });
    return this;
  }

  file(path: string, text: string): this {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
    return this;
  }

  run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
    const { status, stdout, stderr } = spawnSync('bash', [script, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: join(this.dir, 'bin'), VIRTWORK_ETC_DIR: join(this.dir, 'etc'), VIRTWORK_LIB_DIR: GUEST_LIB, ...env },
    });
    const calls = existsSync(this.log) ? readFileSync(this.log, 'utf8').trim().split('\n') : [];
    return { status, output: `${stdout}${stderr}`, calls };
  }
}
