import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors';
import { type Address, type Answer, get } from '../http/get';
import { ANSWER_BOUNDS, type Asked, asked, pathOf, type Trouble, trouble } from '../results/ask';
import { atATime } from '../results/at-a-time';
import { type Client, KubectlError } from './client';
import type { ReachedVm } from './measured';
import {
  forwardFails,
  notReached,
  PERMISSIONS,
  PROXY_FORBIDDEN,
  podGone,
  proxyFails,
  type Refusal,
  requestForbidden,
  serverFails,
  waysForbidden,
} from './messages';
import { mayDo } from './permission';

/** A way to the guests: the API server's proxy of pods, or `kubectl port-forward` to the launcher pod of each VM. */
export type Way = keyof typeof PERMISSIONS;
export const WAYS = Object.keys(PERMISSIONS) as Way[];

/** Guests that are asked at the same time. A port forward is a process of its own. */
const AT_A_TIME: { readonly [way in Way]: number } = { proxy: 16, 'port-forward': 8 };
/** Longest path of a Unix socket on every system. */
const LONGEST_SOCKET = 100;
/** Milliseconds until a request is sent again that the API server did not serve. */
const PAUSE = 1000;

/** Uses the answers of a VM. It must not throw for what a guest does. @param ask says why there is no answer, as `Trouble` */
export type Update<Question> = (vm: ReachedVm, ask: (question: Question) => Promise<Asked>) => Promise<void>;

/** What guests are asked for. */
export interface Protocol<Question> {
  /** A regular expression for the paths, which are all that the proxy passes on. */
  readonly paths: string;
  readonly pathOf: (question: Question) => string;
  /** Judges an answer of a guest. */
  readonly asked: (answer: Answer, question: Question) => Asked;
}

/** The state of the trials, and the records from a number on. */
export const RESULTS: Protocol<number> = { paths: '/results(/[0-9]+)?', pathOf, asked };

export interface GuestRequestsProps<Question> {
  readonly client: Client;
  readonly protocol: Protocol<Question>;
  /** The only way to take. @default the proxy, then port forwards for pods that it does not reach */
  readonly only?: Way;
  /** Called when another way is taken, and why. */
  readonly say: (message: string) => void;
}

/** Requests to guests through the cluster. */
export class GuestRequests<Question = number> {
  private readonly answers = new Map<Way, Promise<boolean>>();
  /** Pods that the proxy does not reach, or is not allowed to, and why. */
  private readonly unreached = new Map<string, Refusal>();
  private hasSaid = false;

  constructor(private readonly props: GuestRequestsProps<Question>) {}

  /**
   * Asks each of the VMs: all that run, by the ways that the account may take.
   * @throws UserError when it may take none; Interrupted
   */
  async each(vms: readonly ReachedVm[], update: Update<Question>): Promise<void> {
    const [reachable, others] = [vms.filter(({ trouble }) => !trouble), vms.filter(({ trouble }) => trouble)];
    for (const vm of others) await update(vm, async () => ({ trouble: vm.trouble as Trouble }));
    if (reachable.length === 0) return;
    if ((await this.firstWay()) === 'port-forward') return this.forwarded(reachable, update);
    const proxied = reachable.filter(({ pod = '' }) => !this.unreached.has(pod));
    if (proxied.length > 0) await this.proxied(proxied, update);
    const rest = reachable.filter(({ pod = '' }) => this.unreached.has(pod));
    if (rest.length === 0 || this.props.only || !(await this.may('port-forward'))) return;
    this.say(proxyFails(rest.length, this.unreached.get(rest[0]?.pod ?? '') as Refusal));
    await this.forwarded(rest, update);
  }

  private async firstWay(): Promise<Way> {
    const { only, client } = this.props;
    const ways = only ? [only] : WAYS;
    for (const way of ways) {
      if (!(await this.may(way))) continue;
      if (way !== ways[0]) this.say(PROXY_FORBIDDEN);
      return way;
    }
    throw new UserError([waysForbidden(client.namespace, ways)]);
  }

  /** Whether the account may take a way. Where that cannot be asked, it is tried. */
  private may(way: Way): Promise<boolean> {
    const known = this.answers.get(way);
    if (known) return known;
    const question = mayDo(this.props.client, PERMISSIONS[way]);
    this.answers.set(way, question);
    return question;
  }

  private say(message: string): void {
    if (!this.hasSaid) this.props.say(message);
    this.hasSaid = true;
  }

  /** Through one `kubectl proxy`, which serves nothing but what is asked for, on a socket that only this user can use. */
  private async proxied(vms: readonly ReachedVm[], update: Update<Question>): Promise<void> {
    const { client, only, protocol } = this.props;
    const folder = socketFolder();
    const socketPath = join(folder, 'api');
    const ports = [...new Set(vms.map(({ port }) => port))].join('|');
    const args = [
      'proxy',
      `--unix-socket=${socketPath}`,
      `--accept-paths=^/api/v1/namespaces/${client.namespace}/pods/(${podsIn(vms)}):(${ports})/proxy${protocol.paths}$`,
      '--reject-methods=^(POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)$',
    ];
    try {
      await client.serving(args, /^Starting to serve on /, (_, signal) =>
        atATime(AT_A_TIME.proxy, vms, async (vm) => {
          await update(vm, async (question) => {
            const path = `/api/v1/namespaces/${client.namespace}/pods/${vm.pod}:${vm.port}/proxy${protocol.pathOf(question)}`;
            const answer = await this.proxyAnswer(vm, { socketPath }, path, question, signal);
            if (!only && answer.refusal) this.unreached.set(vm.pod ?? '', answer.refusal);
            return answer;
          });
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async proxyAnswer(
    vm: ReachedVm,
    address: Address,
    path: string,
    question: Question,
    signal: AbortSignal,
  ): Promise<Asked & { readonly refusal?: Refusal }> {
    const request = () => get(address, path, { ...ANSWER_BOUNDS, signal });
    let answer = await request();
    if (isTransient(answer)) {
      await this.props.client.pause(PAUSE);
      answer = await request();
    }
    const said = statusIn(answer);
    if (said === undefined) return this.props.protocol.asked(answer, question);
    if (answer.status === 404) return trouble('silent', podGone(vm.pod ?? ''));
    if (answer.status === 403) return { ...trouble('forbidden', requestForbidden(said)), refusal: { isForbidden: true, why: said } };
    if (UNREACHED.test(said))
      return { ...trouble('unreachable', notReached(said)), refusal: { isForbidden: false, why: said.replace(UNREACHED, '') } };
    return trouble('other', serverFails(answer.status, said));
  }

  /** Through a `kubectl port-forward` for each VM. */
  private forwarded(vms: readonly ReachedVm[], update: Update<Question>): Promise<void> {
    return atATime(AT_A_TIME['port-forward'], vms, (vm) => this.forward(vm, update));
  }

  private async forward(vm: ReachedVm, update: Update<Question>): Promise<void> {
    const args = ['port-forward', `pod/${vm.pod}`, `:${vm.port}`, '--address=127.0.0.1'];
    const { protocol } = this.props;
    try {
      await this.props.client.serving(args, /^Forwarding from 127\.0\.0\.1:(\d+) -> /, ([, port], signal) =>
        update(vm, async (question) =>
          protocol.asked(await get({ port: Number(port) }, protocol.pathOf(question), { ...ANSWER_BOUNDS, signal }), question),
        ),
      );
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      const { cause, message } = error.problem;
      await update(vm, async () => trouble(cause === 'forbidden' ? 'forbidden' : 'unreachable', forwardFails(message)));
    }
  }
}

/** A regular expression for the names of the pods: those of VMs differ in each of them, others only in their index. */
function podsIn(vms: readonly ReachedVm[]): string {
  const names = vms.map(({ pod = '' }) => pod.replace(/^virt-launcher-.*/, LAUNCHER));
  return [...new Set(names.map((name) => (name === LAUNCHER ? name : name.replaceAll('.', '\\.').replace(/[0-9]+$/, '[0-9]+'))))].join('|');
}

const LAUNCHER = 'virt-launcher-[a-z0-9.-]+';

/** The API server's words for a pod that it does not reach, or whose address it does not accept. */
const UNREACHED = /^error trying to reach service: /;

/** The message of an answer that is from the API server, not from a guest. */
function statusIn({ status, headers, body, cut }: Answer): string | undefined {
  if (status < 400 || cut !== undefined || !/^application\/json\b/.test(String(headers['content-type']))) return undefined;
  try {
    const { kind, apiVersion, message } = JSON.parse(body.toString('utf8')) as { readonly [key: string]: unknown };
    return kind === 'Status' && apiVersion === 'v1' ? String(message ?? '') : undefined;
  } catch {
    return undefined;
  }
}

function isTransient(answer: Answer): boolean {
  const said = statusIn(answer);
  return answer.cut === 'silent'
    ? answer.code !== undefined
    : said !== undefined && [429, 500, 502, 503, 504].includes(answer.status) && !UNREACHED.test(said);
}

/** A folder for a socket that only this user can use. */
function socketFolder(): string {
  const parent = tmpdir().length < LONGEST_SOCKET - 'virtwork-XXXXXX/api'.length ? tmpdir() : '/tmp';
  // mkdtemp creates it with mode 0700.
  return mkdtempSync(join(parent, 'virtwork-'));
}
