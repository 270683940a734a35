import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Result, TrialsState } from '../../src/results/result';
import { ROOT, tempDir } from './places';
import { type Ended, run, start } from './run';
import { GUEST_LIB } from './stub-root';
import { PLAN } from './trial-records';

const SHARED = join(ROOT, 'catalog/_shared/trials/files');
export const HEALTH = join(ROOT, 'catalog/_shared/health/files/usr/local/bin/virtwork-health');
export const TOKEN = '0123456789abcdef0123456789abcdef';

export interface TrialGuestProps {
  /** @default x */
  readonly group?: string;
  /** @default 0 */
  readonly index?: number;
  /** VMs of the group. @default 1: no barrier */
  readonly expected?: number;
  readonly port?: number;
  /** @default 900 */
  readonly barrierTimeout?: number;
  /** Names of the trials, in order. @default one, `only` */
  readonly trials?: readonly string[];
  /** @default 30 */
  readonly limit?: number;
  readonly prepare?: string;
  readonly leader?: string;
}

/** A folder with the files of a measured guest. The real scripts run there, with a fake systemctl. */
export class TrialGuest {
  readonly dir = tempDir();
  readonly vm: string;

  constructor(private readonly props: TrialGuestProps = {}) {
    const { group = 'x', index = 0, expected = 1, port = 1, barrierTimeout = 900, trials = ['only'], prepare } = props;
    const { leader = `virtwork-${group}-0` } = props;
    this.vm = `virtwork-${group}-${index}`;
    this.write(
      'etc/trials.env',
      environment({
        TRIALS_GROUP: group,
        TRIALS_LEADER: leader,
        TRIALS_EXPECTED: expected,
        TRIALS_TOKEN: TOKEN,
        TRIALS_PLAN: PLAN,
        TRIALS_PORT: port,
        TRIALS_BARRIER_TIMEOUT: barrierTimeout,
        TRIALS_SETTLE: 0,
        TRIALS_UNIT: 'virtwork-x-trial.service',
        TRIALS_PREPARE: prepare === undefined ? '' : 'virtwork-x-prepare.service',
      }),
    );
    this.write(
      'etc/workload.env',
      environment({
        VIRTWORK_WORKLOAD: 'x',
        VIRTWORK_ROLE: 'workload',
        VIRTWORK_RUN_ID: '11111111-1111-4111-8111-111111111111',
        PARAM_BLOCK_SIZE: '4k',
        PARAM_PROFILE: 'random',
      }),
    );
    for (const [number, name] of trials.entries()) this.addTrial(number + 1, name);
    this.write('bin/uname', `#!/bin/bash\n[[ $1 == -n ]] && echo ${this.vm}.example || exec /usr/bin/uname "$@"\n`, 0o755);
    this.write('bin/systemctl', readFileSync(join(ROOT, 'test/support/fake-systemctl'), 'utf8'), 0o755);
    this.write('bin/journalctl', '#!/bin/bash\necho "its last line"\n', 0o755);
    mkdirSync(join(this.dir, 'units'));
    mkdirSync(join(this.dir, 'run/metrics'), { recursive: true });
    mkdirSync(join(this.dir, 'run/barrier'));
    mkdirSync(join(this.dir, 'lib'));
    copyFileSync(join(GUEST_LIB, 'common.sh'), join(this.dir, 'lib/common.sh'));
    for (const name of readdirSync(join(SHARED, 'usr/local/lib/virtwork'))) {
      copyFileSync(join(SHARED, 'usr/local/lib/virtwork', name), join(this.dir, 'lib', name));
    }
    if (prepare !== undefined) this.unit('virtwork-x-prepare.service', prepare);
    this.trial('echo \'{"metrics":{"ops":5}}\' >"$VIRTWORK_RESULT"');
  }

  addTrial(number: number, name: string): void {
    const file = `${String(number).padStart(3, '0')}-${name}-r1`;
    this.write(
      `etc/trials/${file}.env`,
      environment({ TRIAL_NAME: name, TRIAL_REPEAT: 1, TRIAL_LIMIT: this.props.limit ?? 30, PARAM_PROFILE: name }),
    );
  }

  /** Sets the script that a trial runs. */
  trial(script: string): this {
    return this.unit('virtwork-x-trial.service', script);
  }

  unit(name: string, script: string): this {
    this.write(`units/${name}`, `${script}\n`);
    return this;
  }

  write(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), content, { mode });
  }

  get env(): NodeJS.ProcessEnv {
    return {
      PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`,
      HOSTNAME: this.vm,
      FAKE_UNITS: join(this.dir, 'units'),
      VIRTWORK_ETC_DIR: join(this.dir, 'etc'),
      VIRTWORK_LIB_DIR: join(this.dir, 'lib'),
      VIRTWORK_RUN_DIR: join(this.dir, 'run'),
      VIRTWORK_RESULTS_DIR: join(this.dir, 'results'),
      VIRTWORK_UNITS_DIR: join(this.dir, 'drop-ins'),
      VIRTWORK_BIN_DIR: join(SHARED, 'usr/local/bin'),
      VIRTWORK_METRICS_DIR: join(this.dir, 'run/metrics'),
      VIRTWORK_METRICS_GROUP: String(process.getgid?.()),
      VIRTWORK_PAUSE: '0.2',
      ...(existsSync(join(this.dir, 'boot')) ? { VIRTWORK_BOOT_FILE: join(this.dir, 'boot') } : {}),
    };
  }

  /** Gives the guest another boot ID, and removes what a restart of the VM removes. */
  reboot(): void {
    rmSync(join(this.dir, 'run/trial'), { recursive: true, force: true });
    this.write('boot', `${randomUUID()}\n`);
  }

  /** Runs all trials. */
  run(env: NodeJS.ProcessEnv = {}): Ended {
    return run('bash', [this.program('virtwork-trials')], { env: { ...this.env, ...env }, seconds: 60 });
  }

  program(name: string): string {
    return join(SHARED, 'usr/local/bin', name);
  }

  /** Serves the health endpoint as systemd does: one process per connection. */
  serve(port: number, addresses: readonly string[], before: readonly string[] = []): ChildProcess {
    const variables = Object.entries(this.env).map(([name, value]) => `${name}=${value}`);
    const listen = addresses.map((address) => `--listen=${address}:${port}`);
    const command = [...before, 'systemd-socket-activate', ...listen, '--accept', '--inetd', '/usr/bin/env', ...variables, 'bash', HEALTH];
    const [program = '', ...args] = command;
    return start(program, args, { stdio: 'ignore' });
  }

  /** The answer to a request, as bytes. */
  get(target: string, method = 'GET'): Buffer {
    const { stdout } = run('bash', ['-c', 'exec bash "$1" | base64 -w0', 'health', HEALTH], {
      input: `${method} ${target} HTTP/1.1\r\nHost: x\r\n\r\n`,
      env: this.env,
      seconds: 30,
    });
    return Buffer.from(stdout, 'base64');
  }

  records(): Result[] {
    const folder = join(this.dir, 'results');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{3}-.*\.json\.gz$/.test(name)) : [];
    return names.sort().map((name) => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as Result);
  }

  state(): TrialsState {
    return JSON.parse(gunzipSync(readFileSync(join(this.dir, 'run/results/state.json.gz'))).toString()) as TrialsState;
  }

  /** The trials whose unit was started. */
  get starts(): number {
    const log = join(this.dir, 'units/calls');
    return existsSync(log) ? (readFileSync(log, 'utf8').match(/^start .*-trial\.service$/gm)?.length ?? 0) : 0;
  }
}

function environment(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');
}
