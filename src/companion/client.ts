import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors';
import { withoutSecrets } from '../text/secrets';
import { forbiddenKinds, type KubectlProblem, kubectlProblem, silenceOf } from './kubectl-problem';
import type { KubeObject } from './objects';
import { runToEnd } from './process';
import { attempted, itemsOf, viewOf, withoutNulls } from './shape';

export interface ClientProps {
  /** The program: kubectl, or another with the same words, such as oc. */
  readonly program: string;
  /** @default kubectl's own rules */
  readonly kubeconfig?: string;
  /** @default the current one */
  readonly context?: string;
  readonly namespace: string;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
  /** Seconds that kubectl may print nothing. @default 120 */
  readonly silence?: number;
  /** Told each time that something is to be tried again. */
  readonly retrying?: (message: string) => void;
}

/** What kubectl said and how it ended. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Which cluster it is. What cannot be told is absent, such as a context where kubectl runs in a pod. */
export interface Cluster {
  readonly context?: string;
  /** Address of the API server. */
  readonly server?: string;
}

/** The work was ended from outside. */
export class Interrupted extends Error {}

/** An answer that is a problem; transient ones are tried again. */
export class KubectlError extends Error {
  constructor(readonly problem: KubectlProblem) {
    super(problem.problem.message);
  }
}

/** API groups of what virtwork renders, beside Kubernetes' own. */
const GROUPS = ['kubevirt.io', 'cdi.kubevirt.io'];
/** A server that answers nothing for so long is asked again. */
const REQUEST_TIMEOUT = '30s';
/** Seconds: several requests that are not answered, or a login in a browser. */
const SILENCE = 120;
/** Tries in a row without success: about a minute. */
const RETRIES = 8;
/** The same, when each try takes minutes. */
const SLOW_RETRIES = 2;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** kubectl, for one namespace of one cluster. */
export class Client {
  constructor(private readonly props: ClientProps) {}

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
   * @throws UserError when they cannot be listed for another reason; Interrupted
   */
  async listKinds(resources: readonly string[]): Promise<{ readonly objects: readonly KubeObject[]; readonly hidden: readonly string[] }> {
    return this.retry(async () => {
      const answer = await this.run(['get', resources.join(), '-o', 'json', '--chunk-size=0']);
      const hidden = answer.code === 0 ? [] : forbiddenKinds(answer.stderr);
      if (hidden === undefined) throw await this.faulty(answer);
      return { objects: answer.stdout === '' ? [] : this.parsed(answer.stdout, itemsOf), hidden };
    });
  }

  /**
   * @param read what the value of the answer comes to; undefined when it is none that kubectl gives
   * @throws UserError when it is not the JSON that kubectl answers with
   */
  parsed<T>(text: string, read: (value: unknown) => T | undefined): T {
    const found = attempted(() => read(JSON.parse(text)) ?? read(withoutNulls(text)));
    if (found === undefined) throw this.senseless(text);
    return found;
  }

  /** What a program says that is no kubectl. */
  senseless(text: string): UserError {
    const { program } = this.props;
    const got = text.trim() === '' ? 'nothing' : JSON.stringify(withoutSecrets(text).trim().slice(0, 60));
    return new UserError([{ where: program, message: `must answer as kubectl does, got ${got}`, hint: 'KUBECTL names the program' }]);
  }

  /** The cluster that kubectl talks to, as its configuration names it. Nothing is asked of it, and no credential plugin runs. */
  async cluster(): Promise<Cluster> {
    const { code, stdout } = await this.run(['config', 'view', '--minify', '-o', 'json']);
    const { 'current-context': current, clusters } = code === 0 ? this.parsed(stdout, viewOf) : {};
    const context = this.props.context ?? current;
    // Some servers stand there with a name and a password.
    const server = clusters?.[0]?.cluster?.server?.replace(/\/\/[^/]*@/, '//');
    return { ...(context ? { context } : {}), ...(server ? { server } : {}) };
  }

  /** The manifests of a Kustomize folder. Nothing is asked of the cluster. */
  kustomize(folder: string): Promise<string> {
    return this.ask(['kustomize', folder]);
  }

  /**
   * Runs kubectl until it succeeds.
   * @returns its standard output
   * @throws UserError when a problem stays; Interrupted
   */
  ask(args: readonly string[], input?: string): Promise<string> {
    return this.retry(async () => {
      const answer = await this.run(args, input);
      if (answer.code !== 0) throw await this.faulty(answer);
      return answer.stdout;
    });
  }

  /** What kubectl's complaints mean here: a kind that it does not know is believed when the server does not name its group either. */
  async problemsOf(complaints: readonly string[]): Promise<KubectlProblem[]> {
    const problems = complaints.map(kubectlProblem);
    const isKnown = problems.some(({ unknownKind }) => unknownKind) && (await this.hasKubeVirt());
    return problems.map((problem) => (problem.unknownKind && isKnown ? { ...problem, transient: true } : problem));
  }

  /** The answer as an error. */
  async faulty({ stderr }: Answer): Promise<KubectlError> {
    return new KubectlError((await this.problemsOf([stderr]))[0] as KubectlProblem);
  }

  /** Whether the server has the kinds that virtwork renders; where it cannot be asked, it may have them. */
  async hasKubeVirt(): Promise<boolean> {
    const { code, stdout, stderr } = await this.run(['get', '--raw', '/apis']);
    return code === 0 ? GROUPS.every((group) => stdout.includes(`"${group}"`)) : kubectlProblem(stderr).transient;
  }

  /**
   * Tries again what failed for a reason that passes, with growing pauses.
   * @throws UserError when it stays; Interrupted
   */
  async retry<T>(attempt: () => Promise<T>): Promise<T> {
    const { default: pRetry } = await import('p-retry');
    let slow = 0;
    try {
      return await pRetry(attempt, {
        retries: RETRIES,
        minTimeout: FIRST_PAUSE,
        maxTimeout: LONGEST_PAUSE,
        randomize: true,
        signal: this.props.signal,
        shouldRetry: (error) => {
          if (!(error instanceof KubectlError && error.problem.transient)) return false;
          if (error.problem.slow) slow += 1;
          return slow <= SLOW_RETRIES;
        },
        onFailedAttempt: (error) => {
          if (!(error instanceof KubectlError && error.problem.transient)) return;
          // Of several calls at once each has words of its own.
          this.props.retrying?.(error.problem.slow ? `kubectl printed nothing for ${this.props.silence ?? SILENCE} s` : error.message);
        },
      });
    } catch (error) {
      if (this.props.signal.aborted) throw new Interrupted();
      if (error instanceof KubectlError) throw new UserError([error.problem.problem]);
      throw error;
    }
  }

  /**
   * Runs kubectl once. One that prints nothing for long is ended, which is a problem that may pass.
   * @param heard called with each line of its standard output as it comes
   */
  async run(args: readonly string[], input = '', heard: (line: string) => void = () => {}): Promise<Answer> {
    const { program, kubeconfig, context, namespace, signal, silence = SILENCE } = this.props;
    const words = [
      ...args,
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
      ...(context === undefined ? [] : ['--context', context]),
      ...['-n', namespace],
    ];
    if (signal.aborted) throw new Interrupted();
    const command = [program, ...words, `--request-timeout=${REQUEST_TIMEOUT}`];
    const ended = await runToEnd({ command, input, heard, signal, silence: silence * 1000 }).catch((error) => {
      throw missing(program, (error as Error).message);
    });
    const { code, stdout, silent, endless } = ended;
    // Whole, before anyone cuts it: a server may quote the Secret that it refuses.
    const stderr = withoutSecrets(ended.stderr);
    if (signal.aborted) throw new Interrupted();
    if (endless) {
      const message = 'must come to an end: it printed too much, or took an hour';
      throw new UserError([{ where: program, message, hint: `run it yourself: ${[program, ...words].join(' ')}` }]);
    }
    if (silent) return { code: 1, stdout, stderr: silenceOf([program, ...words], silence, stderr) };
    if (code === 127 || (code !== 0 && /^setpriv: failed to execute/m.test(stderr))) throw missing(program, stderr);
    return { code: code ?? 1, stdout, stderr };
  }
}

/** @param why the system's words for it */
function missing(program: string, why = ''): UserError {
  const message = /EACCES|Permission denied/.test(why)
    ? `needs ${program}, which may not be run`
    : `needs ${program}, which is not on the PATH`;
  return new UserError([{ where: 'virtwork', message, hint: 'install kubectl, or name another client: KUBECTL=oc' }]);
}
