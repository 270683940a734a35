import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT, tempDir } from './places';
import { start } from './run';
import { GUEST_LIB } from './stub-root';

const SCRIPT = join(ROOT, 'catalog/chaos-migration/files/usr/local/bin/virtwork-chaos-migration');

/** The environment of the script in its guest, with the shortest possible pauses. */
const DEFAULTS = {
  PARAM_MIGRATION_INTERVAL_MIN: '0',
  PARAM_MIGRATION_INTERVAL_MAX: '0',
  PARAM_MIGRATION_TIMEOUT: '30',
  PARAM_MIGRATION_TARGET_LABELS: '',
  PARAM_MIGRATION_EXCLUDE_COMPONENTS: '',
  PARAM_MIGRATION_DRY_RUN: 'false',
  PARAM_START_AFTER: '0',
  PARAM_DURATION: '0',
  PARAM_MAX_PER_HOUR: '0',
  VIRTWORK_LIB_DIR: GUEST_LIB,
  VIRTWORK_WORKLOAD: 'chaos-migration',
  VIRTWORK_RUN_ID: '00000000-0000-5000-8000-000000000000',
  VIRTWORK_POLL: '0.1',
  VIRTWORK_IDLE: '1',
  VIRTWORK_FIRST_BACKOFF: '1',
  VIRTWORK_LONGEST_BACKOFF: '1',
};

export interface Credential {
  readonly token: string;
  readonly 'ca.crt': string;
  readonly namespace: string;
}

/** Runs the loop of chaos-migration on this machine as in a guest. */
export class Migrator {
  readonly dir = tempDir();
  private readonly metricsDir = join(this.dir, 'metrics');
  private readonly process: ChildProcess;
  private text = '';

  constructor(server: string, credential: Credential, env: { readonly [name: string]: string } = {}) {
    for (const folder of ['access', 'metrics']) mkdirSync(join(this.dir, folder));
    this.give(credential);
    const own = {
      PARAM_API_SERVER: server,
      VIRTWORK_ACCESS_DIR: join(this.dir, 'access'),
      VIRTWORK_METRICS_DIR: this.metricsDir,
      STATE_DIRECTORY: this.dir,
    };
    // Start a process group, so that end() also kills child processes.
    this.process = start('bash', [SCRIPT, 'run'], { env: { PATH: process.env.PATH, ...DEFAULTS, ...own, ...env }, detached: true });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.process[stream]?.setEncoding('utf8').on('data', (piece: string) => {
        this.text += piece;
      });
    }
  }

  /** Replaces the credential. The next request uses it. */
  give(credential: Credential): void {
    for (const [name, text] of Object.entries(credential)) writeFileSync(join(this.dir, 'access', name), text);
  }

  /** The output so far, as lines without their common prefix. */
  get said(): string[] {
    return this.text
      .trim()
      .split('\n')
      .map((line) => line.replace(/^virtwork-chaos-migration: /, ''));
  }

  /** Waits until the output has this number of matching lines. @returns these lines */
  async says(what: RegExp, count = 1, seconds = 60): Promise<string[]> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const found = this.said.filter((line) => what.test(line));
      if (found.length >= count) return found;
      if (Date.now() > deadline) throw new Error(`${what} was said ${found.length} times in\n${this.text}`);
      await pause(50);
    }
  }

  get runs(): boolean {
    return this.process.exitCode === null;
  }

  /** Waits until the script exits by itself. @returns the exit code */
  get ended(): Promise<number | null> {
    return this.runs ? new Promise((resolve) => this.process.on('close', resolve)) : Promise.resolve(this.process.exitCode);
  }

  get metrics(): string {
    return readFileSync(join(this.metricsDir, 'chaos-migration.prom'), 'utf8');
  }

  async end(): Promise<void> {
    const { ended, process: child } = this;
    if (this.runs && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
}
