import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors';
import { KUBEVIRT_GROUPS } from '../kubernetes/kinds';
import { withoutSecrets } from '../text/secrets';
import { forbiddenKinds, type KubectlProblem, kubectlProblem, silence } from './kubectl-problem';
import { endlessOutput, notKubectl, programMissing, programNotExecutable, quiet } from './messages';
import type { KubeObject } from './objects';
import { NotStarted, runToEnd } from './process';
import { attempted, itemsOf, viewOf, withoutNulls } from './shape';

export interface ClientProps {
  /** The program: kubectl, or another with the same arguments, such as oc. */
  readonly program: string;
  /** @default kubectl's own rules */
  readonly kubeconfig?: string;
  /** @default the current one */
  readonly context?: string;
  readonly namespace: string;
  /** Ends the call that is under way. */
  readonly signal: AbortSignal;
  /** Seconds that kubectl may print nothing. @default 120 */
  readonly silence?: number;
  /** Further tries of a call that fails for a transient reason. @default 8: about a minute */
  readonly retries?: number;
  /** Called with the reason before each further try. */
  readonly retrying?: (message: string) => void;
}

/** What kubectl printed and how it ended. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why virtwork ended it. @default it ended by itself */
  readonly problem?: KubectlProblem;
}

/** Which cluster it is. Unknown parts are absent, such as the context where kubectl runs in a pod. */
export interface Cluster {
  readonly context?: string;
  /** Address of the API server. */
  readonly server?: string;
}

/** The user ended the work. */
export class Interrupted extends Error {}

/** A failed call of kubectl; {@link Client.retry} tries transient ones again. */
export class KubectlError extends UserError {
  constructor(readonly problem: KubectlProblem) {
    super([problem]);
  }
}

/** How long kubectl waits for one answer of the server. */
const REQUEST_TIMEOUT = '30s';
/** Seconds: several requests without an answer, or a login in a browser. */
const SILENCE = 120;
const RETRIES = 8;
/** The same where kubectl is silent: each try takes minutes. */
const SILENT_RETRIES = 2;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Seconds that a server may print nothing: as long as any program may run. */
const SERVING = 3600;

interface Run {
  readonly input: string;
  readonly heard: (line: string) => void;
  readonly signal: AbortSignal;
  /** Seconds without any output. */
  readonly seconds: number;
}

/** kubectl, for one namespace of one cluster. */
export class Client {
  constructor(private readonly props: ClientProps) {
    // Each call in progress listens for the interrupt, and there may be more than ten.
    setMaxListeners(0, props.signal);
  }

  get namespace(): string {
    return this.props.namespace;
  }

  /** @throws Interrupted */
  async pause(milliseconds: number): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: this.props.signal });
    } catch {
      throw new Interrupted();
    }
  }

  /** The objects of a kind. In one piece: kubectl would otherwise ask once for every 500 of them. */
  async list(resource: string, ...filter: string[]): Promise<KubeObject[]> {
    const text = await this.ask(['get', resource, '-o', 'json', '--chunk-size=0', ...filter]);
    return this.parsed(text, itemsOf);
  }

  /**
   * The objects of several kinds in the namespace.
   * @returns also the kinds that the account may not list
   * @throws KubectlError when they cannot be listed for another reason; Interrupted
   */
  async listKinds(resources: readonly string[]): Promise<{ readonly objects: readonly KubeObject[]; readonly hidden: readonly string[] }> {
    return this.retry(async () => {
      const answer = await this.run(['get', resources.join(), '-o', 'json', '--chunk-size=0']);
      const hidden = answer.code === 0 ? [] : answer.problem ? undefined : forbiddenKinds(answer.stderr);
      if (hidden === undefined) throw await this.faulty(answer);
      return { objects: answer.stdout === '' ? [] : this.parsed(answer.stdout, itemsOf), hidden };
    });
  }

  /**
   * Reads an answer in JSON.
   * @param read checks the value; returns undefined for one that kubectl does not print
   * @throws UserError when the answer is not what kubectl prints
   */
  parsed<T>(text: string, read: (value: unknown) => T | undefined): T {
    const found = attempted(() => read(JSON.parse(text)) ?? read(withoutNulls(text)));
    if (found === undefined) throw this.senseless(text);
    return found;
  }

  /** The error of a program that does not answer as kubectl does. */
  senseless(text: string): UserError {
    const got = text.trim() === '' ? 'nothing' : JSON.stringify(withoutSecrets(text).trim().slice(0, 60));
    return new UserError([notKubectl(this.props.program, got)]);
  }

  /** The cluster that kubectl's configuration names. No request is sent, and no credential plugin runs. */
  async cluster(): Promise<Cluster> {
    const { code, stdout } = await this.run(['config', 'view', '--minify', '-o', 'json']);
    const { 'current-context': current, clusters } = code === 0 ? this.parsed(stdout, viewOf) : {};
    const context = this.props.context ?? current;
    // The address may contain a user name and a password.
    const server = clusters?.[0]?.cluster?.server?.replace(/\/\/[^/]*@/, '//');
    return { ...(context ? { context } : {}), ...(server ? { server } : {}) };
  }

  /** The manifests of a Kustomize folder. No request is sent. */
  kustomize(folder: string): Promise<string> {
    return this.ask(['kustomize', folder]);
  }

  /**
   * Runs kubectl until it succeeds.
   * @returns its standard output
   * @throws KubectlError when a problem stays; Interrupted
   */
  ask(args: readonly string[], input?: string): Promise<string> {
    return this.retry(async () => {
      const answer = await this.run(args, input);
      if (answer.code !== 0) throw await this.faulty(answer);
      return answer.stdout;
    });
  }

  /**
   * The problems that a failed call reports. An unknown kind is transient when the server has KubeVirt: kubectl did not get the whole list of
   * the server's kinds.
   * @param complaints parts of its standard error. @default all of it as one
   */
  async problemsOf(answer: Answer, complaints: readonly string[] = [answer.stderr]): Promise<KubectlProblem[]> {
    if (answer.problem) return [answer.problem];
    const problems = complaints.map(kubectlProblem);
    const isKnown = problems.some(({ cause }) => cause === 'unknownKind') && (await this.hasKubeVirt());
    return problems.map((problem) => (problem.cause === 'unknownKind' && isKnown ? { ...problem, transient: true } : problem));
  }

  /** A failed call as an error. */
  async faulty(answer: Answer): Promise<KubectlError> {
    return new KubectlError((await this.problemsOf(answer))[0] as KubectlProblem);
  }

  /** Whether the server has the kinds that virtwork renders; true where it does not answer. */
  async hasKubeVirt(): Promise<boolean> {
    const { code, stdout, stderr, problem } = await this.run(['get', '--raw', '/apis']);
    if (code === 0) return KUBEVIRT_GROUPS.every((group) => stdout.includes(`"${group}"`));
    return (problem ?? kubectlProblem(stderr)).transient;
  }

  /**
   * Tries again what fails for a transient reason, with growing pauses.
   * @throws KubectlError when the problem stays; Interrupted; and the other errors of the attempt
   */
  async retry<T>(attempt: () => Promise<T>): Promise<T> {
    const { default: pRetry } = await import('p-retry');
    let silences = 0;
    try {
      return await pRetry(attempt, {
        retries: this.props.retries ?? RETRIES,
        minTimeout: FIRST_PAUSE,
        maxTimeout: LONGEST_PAUSE,
        randomize: true,
        signal: this.props.signal,
        shouldRetry: (error) => {
          if (!(error instanceof KubectlError && error.problem.transient)) return false;
          if (error.problem.cause === 'silent') silences += 1;
          return silences <= SILENT_RETRIES;
        },
        onFailedAttempt: (error) => {
          if (error instanceof KubectlError && error.problem.transient) this.props.retrying?.(this.reasonOf(error.problem));
        },
      });
    } catch (error) {
      if (this.props.signal.aborted) throw new Interrupted();
      throw error;
    }
  }

  /** Without the command of a silent call: calls at the same time would each be reported otherwise. */
  private reasonOf({ cause, message }: KubectlProblem): string {
    return cause === 'silent' ? `kubectl ${quiet(this.props.silence ?? SILENCE)}` : message;
  }

  /**
   * Runs kubectl once. One that prints nothing for too long is ended, and its answer has a transient problem.
   * @param heard called with each line of its standard output as it comes
   * @throws UserError when it cannot be run, or does not end; Interrupted
   */
  async run(args: readonly string[], input = '', heard: (line: string) => void = () => {}): Promise<Answer> {
    const { signal, silence: seconds = SILENCE } = this.props;
    return this.end([...this.command(args), `--request-timeout=${REQUEST_TIMEOUT}`], { input, heard, signal, seconds });
  }

  /**
   * Runs kubectl as a server while work is under way, such as `kubectl proxy`.
   * @param ready matches the line of its standard output that says that it listens
   * @param work gets the match, and a signal that is aborted when kubectl ends early
   * @throws KubectlError when it ends before it listens; UserError, Interrupted
   */
  async serving<T>(args: readonly string[], ready: RegExp, work: (match: RegExpExecArray, signal: AbortSignal) => Promise<T>): Promise<T> {
    const [stop, gone] = [new AbortController(), new AbortController()];
    const signal = AbortSignal.any([this.props.signal, stop.signal]);
    let started: (match: RegExpExecArray) => void = () => {};
    const listening = new Promise<RegExpExecArray>((resolve) => {
      started = resolve;
    });
    const heard = (line: string) => {
      const match = ready.exec(line);
      if (match) started(match);
    };
    const end = this.end(this.command(args), { input: '', heard, signal, seconds: SERVING });
    const ended = end.finally(() => gone.abort());
    // Without work that waits for it, an error would end this process.
    ended.catch(() => {});
    const timer = setTimeout(() => stop.abort(), SILENCE * 1000);
    try {
      const first = await Promise.race([listening, ended]);
      if ('code' in first)
        throw stop.signal.aborted ? new KubectlError(silence(this.command(args), SILENCE, first.stderr)) : await this.faulty(first);
      clearTimeout(timer);
      const done = await work(first, gone.signal);
      if (this.props.signal.aborted) throw new Interrupted();
      return done;
    } finally {
      clearTimeout(timer);
      stop.abort();
      await ended.catch(() => {});
    }
  }

  private command(args: readonly string[]): string[] {
    const { program, kubeconfig, context, namespace } = this.props;
    return [
      program,
      ...args,
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
      ...(context === undefined ? [] : ['--context', context]),
      ...['-n', namespace],
    ];
  }

  private async end(command: readonly string[], { input, heard, signal, seconds }: Run): Promise<Answer> {
    const { program } = this.props;
    if (this.props.signal.aborted) throw new Interrupted();
    const limits = { input, heard, signal, silence: seconds * 1000 };
    const ended = await runToEnd({ command, ...limits }).catch((error) => {
      if (!(error instanceof NotStarted)) throw error;
      throw new UserError([error.isMissing ? programMissing(program) : programNotExecutable(program)]);
    });
    if (this.props.signal.aborted) throw new Interrupted();
    const { code, stdout, silent, endless } = ended;
    if (endless) throw new UserError([endlessOutput(program, command.join(' '))]);
    // Before the text is shortened: a server may quote the Secret that it rejects.
    const stderr = withoutSecrets(ended.stderr);
    return silent ? { code: 1, stdout, stderr, problem: silence(command, seconds, stderr) } : { code: code ?? 1, stdout, stderr };
  }
}
