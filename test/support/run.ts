import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  type SpawnOptions,
  type SpawnOptionsWithoutStdio,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from 'node:child_process';

/** The exit code and the output of a program. */
export interface Ended {
  /** Exit code, or null after a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** @default the environment of the tests */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Time limit. @default 120 */
  readonly seconds?: number;
}

/** Longest time, in seconds, that any test waits for a program that it started. */
const LONGEST = 30 * 60;
/** Maximum number of characters of output in the error for a program that did not end. */
const SHOWN = 4000;

/**
 * Runs a program until it exits, with any exit code. It blocks this process, so Jest's own limit could not end it.
 * @throws Error when the program cannot be started, or does not end in time and is killed
 */
export function run(command: string, args: readonly string[], { seconds = 120, ...options }: RunOptions = {}): Ended {
  const { error, status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    ...options,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') throw late([command, ...args], seconds, { stdout, stderr });
  if (error) throw error;
  return { status, stdout, stderr };
}

/**
 * The standard output of a program that must succeed.
 * @throws Error when the program fails, cannot be started, or does not end in time
 */
export function outputOf(command: string, args: readonly string[], options: RunOptions = {}): string {
  const { status, stdout, stderr } = run(command, args, options);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: exit ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Starts a program that runs during the tests. After half an hour it is killed, whether or not `ended` waits for it. */
export function start(
  command: string,
  args: readonly string[],
  options?: SpawnOptionsWithoutStdio,
  seconds?: number,
): ChildProcessWithoutNullStreams;
export function start(command: string, args: readonly string[], options: SpawnOptions, seconds?: number): ChildProcess;
export function start(command: string, args: readonly string[], options: SpawnOptions = {}, seconds = LONGEST): ChildProcess {
  const child = spawn(command, args, options);
  // The timeout option of spawn would keep this process alive if the program does not exist.
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000).unref();
  child.on('close', () => clearTimeout(timer));
  return child;
}

/**
 * Waits until a started program exits, and collects its output from now on.
 * @param seconds time limit; default 120
 * @throws Error when the program cannot be started, or does not end in time and is killed
 */
export function ended(child: ChildProcess, seconds = 120): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(late(child.spawnargs, seconds, texts));
    }, seconds * 1000);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, ...texts });
    });
  });
}

function late(words: readonly string[], seconds: number, { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): Error {
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().slice(-SHOWN);
  return new Error(
    `${words.join(' ')}\nhas not ended within ${seconds} s and was killed; until then it printed ${said ? `\n${said}` : 'nothing'}`,
  );
}
