import type { Problem } from '../errors';
import type { Cause } from './cause';
import { HINTS, NO_CLUSTER, NO_OUTPUT, printedNothing } from './messages';

/** A failed call of kubectl as a problem. */
export interface KubectlProblem extends Problem {
  readonly cause: Cause;
  /** The same call may succeed when it is tried again. */
  readonly transient: boolean;
}

interface Rule {
  readonly says: RegExp;
  readonly cause: Cause;
}

/** Characters of kubectl's standard error that are searched and shown. */
const LONGEST = 1 << 14;

/** Causes that may pass without anything being changed. */
const TRANSIENT: readonly Cause[] = ['silent', 'throttled', 'serverError', 'timeout', 'unreachable', 'changed'];

/** Tried in this order: kubectl reports an exceeded quota as Forbidden, and an unreachable webhook as an internal error. */
const RULES: readonly Rule[] = [
  { cause: 'quota', says: /exceeded quota/i },
  // Before the rules that follow: names and fields of objects, such as timeoutSeconds, may contain their words.
  { cause: 'rejected', says: /\bis invalid\b|denied the request|\(BadRequest\)|strict decoding error/i },
  { cause: 'unauthorized', says: /\bUnauthorized\b|must be logged in|asked for the client to provide credentials/i },
  { cause: 'otherNamespace', says: /namespace from the provided object .* does not match/i },
  { cause: 'forbidden', says: /\bForbidden\b|is forbidden:/i },
  {
    cause: 'unknownKind',
    says: /no matches for kind|doesn't have a resource type|could not find the requested resource|resource mapping not found/i,
  },
  { cause: 'namespaceMissing', says: /namespaces? "[^"]*" not found/i },
  // Where kubectl looks when no kubeconfig names a cluster.
  { cause: 'noCluster', says: /localhost:8080.*refused/is },
  {
    cause: 'badConfig',
    says: /error loading config file|invalid configuration|error in configuration|context ".*" does not exist|no context exists|stat .*: no such file/i,
  },
  { cause: 'oldClient', says: /unknown (?:shorthand )?flag|unknown command|error: json: unknown field/i },
  { cause: 'certificate', says: /\bx509\b|certificate signed by unknown authority/i },
  { cause: 'conflict', says: /Apply failed with \d+ conflict/i },
  { cause: 'throttled', says: /too many requests|TooManyRequests|status code 429/i },
  {
    cause: 'serverError',
    says: /InternalError|Internal error occurred|ServiceUnavailable|currently unable to handle|status code 50[0234]|Bad Gateway|an error on the server/i,
  },
  { cause: 'timeout', says: /timed? ?out|deadline exceeded|Timeout/i },
  {
    cause: 'unreachable',
    says: /connection (?:was )?(?:refused|reset|closed|lost)|was refused|broken pipe|closed network connection|\bEOF\b|no route to host|network is unreachable/i,
  },
  { cause: 'unreachable', says: /no such host|server misbehaving|temporary failure/i },
  { cause: 'changed', says: /object has been modified|AlreadyExists|the server was unable to|leader changed/i },
];

/** The problem that kubectl's standard error reports. Unrecognized text is of the cause `unknown`, which is not transient. */
export function kubectlProblem(stderr: string): KubectlProblem {
  const text = withoutNoise(stderr).slice(0, LONGEST);
  const cause = RULES.find(({ says }) => says.test(text))?.cause ?? 'unknown';
  return problemOf(cause, cause === 'noCluster' ? NO_CLUSTER : text || NO_OUTPUT);
}

const START = /^(?=Error from server|error: |Error: |The \S+ "[^"]*" is invalid|Unable to connect|Apply failed with)/m;

/** The parts of a standard error that each report one problem, such as those of an apply of several objects. */
export function complaintsIn(stderr: string): string[] {
  return stderr
    .split(START)
    .map((each) => each.trim())
    .filter((each) => START.test(each));
}

/** The problem of a kubectl that was ended because it printed nothing for some seconds. */
export function silence(command: readonly string[], seconds: number, stderr: string): KubectlProblem {
  return problemOf('silent', printedNothing(command.join(' '), seconds, stderr.trim()));
}

function problemOf(cause: Cause, message: string): KubectlProblem {
  const hint = HINTS[cause];
  return { where: 'kubectl', message, ...(hint === undefined ? {} : { hint }), cause, transient: TRANSIENT.includes(cause) };
}

/**
 * The kinds that an account may not list, where a list of several kinds fails for no other reason: kubectl then prints the others.
 * @returns undefined for every other problem
 */
export function forbiddenKinds(stderr: string): string[] | undefined {
  const kinds = withoutNoise(stderr)
    .split('\n')
    .map((line) => /^Error from server \(Forbidden\): (\S+) is forbidden: /.exec(line)?.[1]);
  return kinds.every((kind) => kind !== undefined) ? kinds : undefined;
}

/** Log lines of the client library, such as `E1121 10:15:00.1 memcache.go:265] …`, repeat what comes after them. */
function withoutNoise(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const own = lines.filter((line) => !/^[EWI]\d{4} [\d:.]+ +\d+ /.test(line) && !/^Warning: /.test(line));
  return [...new Set(own.length > 0 ? own : lines)].join('\n');
}
