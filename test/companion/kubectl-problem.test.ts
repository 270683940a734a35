import type { Cause } from '../../src/companion/cause';
import { complaintsIn, forbiddenKinds, kubectlProblem, silence } from '../../src/companion/kubectl-problem';
import { HINTS } from '../../src/companion/messages';

describe('what kubectl reports', () => {
  test.each<[Cause, boolean, string]>([
    ['unauthorized', false, 'error: You must be logged in to the server (Unauthorized)'],
    ['unauthorized', false, 'error: You must be logged in to the server (the server has asked for the client to provide credentials)'],
    [
      'forbidden',
      false,
      'Error from server (Forbidden): virtualmachines.kubevirt.io is forbidden: User "nobody" cannot list resource "virtualmachines"',
    ],
    ['quota', false, 'Error from server (Forbidden): secrets "a" is forbidden: exceeded quota: q, requested: count/secrets=1'],
    ['unknownKind', false, 'error: the server doesn\'t have a resource type "virtualmachines"'],
    [
      'unknownKind',
      false,
      'error: resource mapping not found for name: "a" namespace: "" from "STDIN": no matches for kind "VirtualMachine"',
    ],
    ['namespaceMissing', false, 'Error from server (NotFound): namespaces "virtwork" not found'],
    ['badConfig', false, 'error: context "a" does not exist'],
    ['badConfig', false, 'Error in configuration: context was not found for specified context: a'],
    [
      'unauthorized',
      false,
      'error: error validating "STDIN": error validating data: failed to download openapi: the server has asked for the client to provide credentials; if you choose to ignore these errors, turn validation off with --validate=false',
    ],
    ['oldClient', false, 'error: unknown flag: --server-side'],
    ['oldClient', false, 'error: json: unknown field "labels"'],
    [
      'otherNamespace',
      false,
      'error: the namespace from the provided object "a" does not match the namespace "b". You must pass \'--namespace=a\'',
    ],
    [
      'certificate',
      false,
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    ['conflict', false, 'error: Apply failed with 1 conflict: conflict with "kubectl-edit" using kubevirt.io/v1: .spec.runStrategy'],
    ['throttled', true, 'Error from server (TooManyRequests): the server has received too many requests'],
    ['serverError', true, 'Error from server (InternalError): Internal error occurred: failed calling webhook'],
    ['serverError', true, 'Error from server (ServiceUnavailable): the server is currently unable to handle the request'],
    ['serverError', true, 'error: the server responded with the status code 503 but did not return more details'],
    ['timeout', true, 'Unable to connect to the server: net/http: TLS handshake timeout'],
    ['unreachable', true, 'Unable to connect to the server: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer'],
    ['unreachable', true, 'Unable to connect to the server: EOF'],
    ['unreachable', true, 'Unable to connect to the server: dial tcp: lookup api.example on 10.0.0.1:53: no such host'],
    [
      'unreachable',
      true,
      'Unable to connect to the server: readfrom tcp 127.0.0.1:1->127.0.0.1:2: write tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection',
    ],
    ['changed', true, 'Error from server (AlreadyExists): namespaces "virtwork" already exists'],
    ['rejected', false, 'error: admission webhook "a" denied the request: no'],
    ['rejected', false, 'The VirtualMachine "virtwork-cpu-503" is invalid: spec.readinessProbe.timeoutSeconds: Timeout'],
    ['unknown', false, ''],
    ['unknown', false, 'error: something else'],
  ])('has the cause %s, transient %s: %s', (cause, transient, stderr) => {
    const { hint, ...problem } = kubectlProblem(stderr);
    expect(problem).toEqual({ where: 'kubectl', message: stderr || 'failed without a message', cause, transient });
    expect(hint).toBe(HINTS[cause]);
  });

  test('log lines of its library and repeated lines are omitted', () => {
    const noise = 'E1121 10:15:00.100000   12345 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"';
    expect(kubectlProblem(`${noise}\n${noise}\nUnable to connect to the server: EOF\n`).message).toBe(
      'Unable to connect to the server: EOF',
    );
  });

  test('without a configured cluster, the message says so', () => {
    expect(kubectlProblem('The connection to the server localhost:8080 was refused - did you specify the right host or port?')).toEqual({
      where: 'kubectl',
      message: 'no cluster is configured, and no server answers at localhost:8080',
      hint: 'use --kubeconfig FILE, or set KUBECONFIG',
      cause: 'noCluster',
      transient: false,
    });
  });

  test('a silent kubectl is transient, and its command is reported', () => {
    expect(silence(['kubectl', 'get', 'vm'], 120, ' open https://login.example\n')).toEqual({
      where: 'kubectl',
      message: 'printed nothing for 120 s and was ended: kubectl get vm; before that: open https://login.example',
      hint: HINTS.silent,
      cause: 'silent',
      transient: true,
    });
  });

  test('separates the errors of several objects', () => {
    const quota = 'Error from server (Forbidden): secrets "t" is forbidden: exceeded quota: few';
    const invalid = 'The VirtualMachine "v" is invalid:\n* spec.template: Required value\n* spec.x: unknown';
    expect(complaintsIn(`Warning: x\n${quota}\n${invalid}\n`)).toEqual([quota, invalid]);
  });

  test('kinds that may not be listed are found only where nothing else failed', () => {
    const forbidden = 'Error from server (Forbidden): leases.coordination.k8s.io is forbidden: User "a" cannot list resource "leases"';
    expect(forbiddenKinds(forbidden)).toEqual(['leases.coordination.k8s.io']);
    expect(forbiddenKinds(`${forbidden}\nUnable to connect to the server: EOF`)).toBeUndefined();
  });
});
