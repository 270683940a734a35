import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places';
import { GUEST_LIB, StubRoot } from './stub-root';

const CATALOG = join(ROOT, 'catalog');
const TRIALS_LIB = join(CATALOG, '_shared/trials/files/usr/local/lib/virtwork');
export const RECORDED = join(ROOT, 'test/fixtures/trials');

/** What a trial leaves. */
interface Result {
  readonly window?: { readonly from: number; readonly to: number };
  readonly metrics?: { readonly [key: string]: number };
  readonly histograms?: { readonly [key: string]: { readonly count: number; readonly bins: readonly (readonly [number, number])[] } };
  readonly series?: { readonly [key: string]: { readonly values: readonly number[] } };
  readonly guest?: { readonly [key: string]: string };
  readonly job?: string;
  readonly raw?: string;
}

/** A guest with the scripts of an entry, where they are in its bin folder, and with the shared functions. */
export class TrialRoot extends StubRoot {
  constructor(private readonly entry: string) {
    super();
    this.tools('head', 'jq', 'mkfifo', 'mktemp', 'sleep', 'timeout', 'touch');
    mkdirSync(join(this.dir, 'tmp'));
    const folder = join(CATALOG, entry);
    const scripts = readdirSync(folder)
      .filter((name) => name.startsWith('files'))
      .map((name) => join(folder, name, 'usr/local/bin'));
    for (const [to, ...from] of [
      ['local', ...scripts],
      ['lib', GUEST_LIB, TRIALS_LIB],
    ] as [string, ...string[]][]) {
      mkdirSync(join(this.dir, to));
      for (const each of from.filter(existsSync))
        for (const name of readdirSync(each)) copyFileSync(join(each, name), join(this.dir, to, name));
    }
  }

  /** Runs the trial of the entry. */
  measure(params: NodeJS.ProcessEnv, args: readonly string[] = []) {
    const { status, output, calls } = this.run(join(this.dir, `local/virtwork-${this.entry}-trial`), args, {
      VIRTWORK_LIB_DIR: join(this.dir, 'lib'),
      VIRTWORK_RESULT: join(this.dir, 'result.json'),
      TMPDIR: join(this.dir, 'tmp'),
      ...params,
    });
    return {
      status,
      output,
      calls,
      last: output.trim().split('\n').at(-1) ?? '',
      result: this.result(),
      left: readdirSync(join(this.dir, 'tmp')),
    };
  }

  private result(): Result | undefined {
    const file = join(this.dir, 'result.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : undefined;
  }
}
