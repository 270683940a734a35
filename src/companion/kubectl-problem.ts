import type { Problem } from '../errors';

/** What kubectl's complaint means. */
export interface KubectlProblem {
  /** It may be gone when asked again. */
  readonly transient: boolean;
  /** kubectl knows no such kind. It says so also when it was told only half of what the server has. */
  readonly unknownKind?: true;
  /** To find out took minutes. */
  readonly slow?: true;
  readonly problem: Problem;
}

interface Rule {
  readonly says: RegExp;
  readonly transient?: true;
  readonly unknownKind?: true;
  readonly slow?: true;
  /** In the place of kubectl's own words. @default these */
  readonly message?: string;
  readonly hint?: string;
}

/** Characters of a complaint that are looked at and shown. */
const LONGEST = 1 << 14;

/** In the order in which they are tried: a quota is told as Forbidden, and a webhook that cannot be reached as an internal error. */
const RULES: readonly Rule[] = [
  {
    says: /^printed nothing for [\d.]+ s and was ended/,
    transient: true,
    slow: true,
    hint: 'run this command yourself: a credential plugin may wait for a login, or a proxy may not answer',
  },
  { says: /exceeded quota/i, hint: 'fewer or smaller VMs, or a larger ResourceQuota: kubectl describe quota' },
  // Before the words that follow: names and fields of objects, such as timeoutSeconds, may hold them.
  { says: /\bis invalid\b|denied the request|\(BadRequest\)|strict decoding error/i },
  {
    says: /\bUnauthorized\b|must be logged in|asked for the client to provide credentials/i,
    hint: 'log in again: the credentials are wrong or have expired',
  },
  {
    says: /namespace from the provided object .* does not match/i,
    hint: '--namespace with the namespace that the folder renders for',
  },
  { says: /\bForbidden\b|is forbidden:/i, hint: 'ask for the right, or for another account: kubectl auth can-i --list' },
  {
    says: /no matches for kind|doesn't have a resource type|could not find the requested resource|resource mapping not found/i,
    unknownKind: true,
    hint: 'is OpenShift Virtualization (KubeVirt and CDI) installed on this cluster? kubectl get crd virtualmachines.kubevirt.io',
  },
  { says: /namespaces? "[^"]*" not found/i, hint: 'create it, or let virtwork do it: create_namespace: true' },
  // Where kubectl looks when nobody tells it of a cluster.
  {
    says: /localhost:8080.*refused/is,
    message: 'no cluster is configured, and none answers at localhost:8080',
    hint: '--kubeconfig FILE, or KUBECONFIG',
  },
  {
    says: /error loading config file|invalid configuration|context ".*" does not exist|no context exists|stat .*: no such file/i,
    hint: '--kubeconfig and --context have to name what is there',
  },
  {
    says: /unknown (?:shorthand )?flag|unknown command|error: json: unknown field/i,
    hint: 'a newer kubectl: virtwork needs 1.27 or later',
  },
  { says: /\bx509\b|certificate signed by unknown authority/i, hint: 'the kubeconfig names another authority than the one of the server' },
  { says: /Apply failed with \d+ conflict/i, hint: 'another manager owns these fields; who: kubectl get -o yaml --show-managed-fields' },
  { says: /too many requests|TooManyRequests|status code 429/i, transient: true },
  {
    says: /InternalError|Internal error occurred|ServiceUnavailable|currently unable to handle|status code 50[0234]|Bad Gateway|an error on the server/i,
    transient: true,
  },
  { says: /timed? ?out|deadline exceeded|Timeout/i, transient: true },
  {
    says: /connection (?:was )?(?:refused|reset|closed|lost)|was refused|broken pipe|closed network connection|\bEOF\b|no route to host|network is unreachable/i,
    transient: true,
    hint: 'is the API server up, and is it the right one? kubectl cluster-info',
  },
  { says: /no such host|server misbehaving|temporary failure/i, transient: true },
  { says: /object has been modified|AlreadyExists|the server was unable to|leader changed/i, transient: true },
];

/** Tells problems that pass from those that stay. Words that nobody knows are of those that stay. */
export function kubectlProblem(stderr: string): KubectlProblem {
  const text = withoutNoise(stderr).slice(0, LONGEST);
  const rule = RULES.find(({ says }) => says.test(text));
  return {
    transient: rule?.transient === true,
    ...(rule?.unknownKind ? { unknownKind: true } : {}),
    ...(rule?.slow ? { slow: true } : {}),
    problem: {
      where: 'kubectl',
      message: rule?.message ?? (text || 'it failed and said nothing'),
      ...(rule?.hint ? { hint: rule.hint } : {}),
    },
  };
}

/** What is said in the place of a kubectl that was ended because it printed nothing. */
export function silenceOf(command: readonly string[], seconds: number, stderr: string): string {
  const before = stderr.trim() === '' ? '' : `; before that: ${stderr.trim()}`;
  return `printed nothing for ${seconds} s and was ended: ${command.join(' ')}${before}`;
}

/**
 * The kinds that an account may not list, where a list of several kinds fails for nothing but that: kubectl then prints the others.
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
