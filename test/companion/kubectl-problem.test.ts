import { kubectlProblem } from '../../src/companion/kubectl-problem';

const UNREACHABLE = 'is the API server up, and is it the right one? kubectl cluster-info';

describe('what kubectl says', () => {
  test.each<[string, boolean, string | undefined]>([
    ['error: You must be logged in to the server (Unauthorized)', false, 'log in again: the credentials are wrong or have expired'],
    [
      'Error from server (Forbidden): virtualmachines.kubevirt.io is forbidden: User "nobody" cannot list resource "virtualmachines"',
      false,
      'ask for the right, or for another account: kubectl auth can-i --list',
    ],
    [
      'Error from server (Forbidden): secrets "a" is forbidden: exceeded quota: q, requested: count/secrets=1',
      false,
      'fewer or smaller VMs, or a larger ResourceQuota: kubectl describe quota',
    ],
    [
      'error: the server doesn\'t have a resource type "virtualmachines"',
      false,
      'is OpenShift Virtualization (KubeVirt and CDI) installed on this cluster? kubectl get crd virtualmachines.kubevirt.io',
    ],
    ['Error from server (NotFound): namespaces "virtwork" not found', false, 'create it, or let virtwork do it: create_namespace: true'],
    ['error: context "a" does not exist', false, '--kubeconfig and --context have to name what is there'],
    ['error: unknown flag: --server-side', false, 'a newer kubectl: virtwork needs 1.27 or later'],
    ['Error from server (TooManyRequests): the server has received too many requests', true, undefined],
    ['Error from server (InternalError): Internal error occurred: failed calling webhook', true, undefined],
    ['Error from server (ServiceUnavailable): the server is currently unable to handle the request', true, undefined],
    ['Unable to connect to the server: net/http: TLS handshake timeout', true, undefined],
    ['Unable to connect to the server: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer', true, UNREACHABLE],
    ['Unable to connect to the server: EOF', true, UNREACHABLE],
    [
      'Unable to connect to the server: readfrom tcp 127.0.0.1:1->127.0.0.1:2: write tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection',
      true,
      UNREACHABLE,
    ],
    ['error: the server responded with the status code 503 but did not return more details', true, undefined],
    ['error: admission webhook "a" denied the request: no', false, undefined],
    ['The VirtualMachine "virtwork-cpu-503" is invalid: spec.readinessProbe.timeoutSeconds: Timeout', false, undefined],
    [
      'error: the namespace from the provided object "a" does not match the namespace "b". You must pass \'--namespace=a\'',
      false,
      '--namespace with the namespace that the folder renders for',
    ],
    ['error: json: unknown field "labels"', false, 'a newer kubectl: virtwork needs 1.27 or later'],
    ['', false, undefined],
  ])('%s', (stderr, transient, hint) => {
    const fault = kubectlProblem(stderr);
    expect({ transient: fault.transient, hint: fault.problem.hint }).toEqual({ transient, hint });
  });

  test('the log lines of its library are left out, and so is what it says twice', () => {
    const noise = 'E1121 10:15:00.100000   12345 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"';
    expect(kubectlProblem(`${noise}\n${noise}\nUnable to connect to the server: EOF\n`).problem.message).toBe(
      'Unable to connect to the server: EOF',
    );
  });

  test('where nobody names a cluster, that is said', () => {
    const { transient, problem } = kubectlProblem(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    );
    expect({ transient, message: problem.message }).toEqual({
      transient: false,
      message: 'no cluster is configured, and none answers at localhost:8080',
    });
  });
});
