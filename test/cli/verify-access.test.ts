import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type FakePrometheusProps, type FakeSeries, fakePrometheus } from '../support/fake-prometheus';
import { PROGRAM } from '../support/program';
import { tempDir } from '../support/render';
import { type Ended, ended, outputOf, start } from '../support/run';
import { truthOf } from '../support/truths';

jest.setTimeout(120_000);

const series = (): readonly FakeSeries[] =>
  Object.entries({ 'cpu-0': 1, 'cpu-1': 1, 'idle-0': 0.02 }).map(([name, value]) => ({ labels: { name }, value: () => value }));
const SEEN = { status: 0, stdout: expect.stringContaining('3 of 3 signals of 3 VMs are as expected.'), stderr: '' };

/** A folder with a recorded truth. */
function folder(): string {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truthOf({ from: Math.floor(Date.now() / 1000) - 700 })));
  return cwd;
}

function verify(args: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const words = ['verify', '--truth', 'truth.json', '--signals', 'cpu', ...args.split(' ')];
  return ended(start(process.execPath, [PROGRAM, ...words], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } }), 60);
}

/** A kubectl that writes its arguments into `calls`. @param answer lines of a shell script; $1, $2 and so on are its arguments */
function kubectl(cwd: string, answer: string): NodeJS.ProcessEnv {
  const file = join(cwd, 'kubectl');
  writeFileSync(file, `#!/bin/bash\necho "$*" >>'${cwd}/calls'\n${answer}\n`);
  chmodSync(file, 0o755);
  return { KUBECTL: file };
}

/** Passes requests on, as the API server does for a Service. */
const RAW = (url: string) =>
  `exec '${process.execPath}' -e 'fetch("${url}" + process.argv[1].replace(/.*\\/proxy/, "")).then(async (r) => process.stdout.write(await r.text()))' "$3"`;

describe('a Service, through the API server', () => {
  test('is asked', async () => {
    const cwd = folder();
    const { url } = await fakePrometheus({ series });
    expect(await verify('--prometheus svc/monitoring/prometheus-k8s:web', cwd, kubectl(cwd, RAW(url)))).toEqual(SEEN);
    const [first] = readFileSync(join(cwd, 'calls'), 'utf8').split('\n');
    expect(first).toMatch(/^get --raw \/api\/v1\/namespaces\/monitoring\/services\/prometheus-k8s:web\/proxy\/api\/v1\/query\?query=time/);
  });

  test.each([
    ['echo \'Error from server (NotFound): services "p" not found\' >&2; exit 1', 'services "p" not found'],
    [
      'echo \'Error from server (Forbidden): services "p" is forbidden: User "me" cannot get resource "services/proxy"\' >&2; exit 1',
      'is forbidden',
    ],
    ["echo '<!doctype html><html>Log in</html>'", '/api/v1/namespaces/m/services/p:9090/proxy: must answer in JSON, got an HTML page'],
    ['echo "{}"', '/api/v1/namespaces/m/services/p:9090/proxy: must answer as the HTTP API of Prometheus does'],
  ])('does not answer: %s', async (answer, message) => {
    const cwd = folder();
    expect(await verify('--prometheus svc/m/p:9090', cwd, kubectl(cwd, answer))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test.each([
    'svc/m',
    'svc/m/p',
    'svc/m/p:',
    'svc/M/p:9090',
    'svc/m/p:9090/path',
    'svc/m/../../x:1',
  ])('%s is no Service', async (service) => {
    expect(await verify(`--prometheus ${service}`, folder())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('flag --prometheus: must be an address with http or https, or svc/NAMESPACE/NAME:PORT, got '),
    });
  });
});

/** A certificate that signs itself, for 127.0.0.1. */
function certificate(cwd: string): { readonly key: string; readonly cert: string } {
  const files = ['-keyout', 'key.pem', '-out', 'ca.pem'];
  const about = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  outputOf('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...about], { cwd });
  return { key: readFileSync(join(cwd, 'key.pem'), 'utf8'), cert: readFileSync(join(cwd, 'ca.pem'), 'utf8') };
}

describe('HTTPS', () => {
  const own = folder();
  const tls = certificate(own);
  writeFileSync(join(own, 'other.pem'), certificate(tempDir()).cert);
  writeFileSync(join(own, 'no.pem'), 'no certificate');
  writeFileSync(join(own, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  writeFileSync(join(own, 'token'), 'secret\n');

  test('with the certificate authority', async () => {
    const { url } = await fakePrometheus({ series, tls, token: 'secret' });
    expect(await verify(`--prometheus ${url} --ca-file ca.pem --token-file token`, own)).toEqual(SEEN);
    expect(await verify(`--prometheus ${url} --ca-file ca.pem`, own, { PROMETHEUS_TOKEN: 'secret' })).toEqual(SEEN);
  });

  test.each([
    ['', 'cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)\n  hint: use --ca-file FILE for the certificate authority of the server\n'],
    [' --ca-file other.pem', 'hint: use --ca-file FILE for the certificate authority of the server\n'],
    [
      ' --ca-file no.pem',
      'flag --ca-file: must name files with certificates in PEM format, got "no.pem", which has no line -----BEGIN CERTIFICATE-----\n',
    ],
    [' --ca-file broken.pem', 'flag --ca-file: certificate 1 of "broken.pem" is damaged'],
    [' --ca-file key.pem', 'flag --ca-file: must name files with certificates, got "key.pem", which contains a private key\n'],
  ])('is refused with "%s"', async (args, message) => {
    const { url } = await fakePrometheus({ series, tls });
    expect(await verify(`--prometheus ${url}${args}`, own)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test('a server without TLS', async () => {
    const { url } = await fakePrometheus({ series });
    expect(await verify(`--prometheus ${url.replace('http:', 'https:')} --ca-file ca.pem`, own)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(': cannot be reached (EPROTO)\n  hint: use http:// if the server has no TLS\n'),
    });
  });

  const OC = (url: string) => `case "$*" in
'get routes'*) echo -n ${url.replace('https://', '')} ;;
whoami*) echo secret ;;
*) exit 1 ;;
esac`;

  test('--openshift: the route and the token of the user', async () => {
    const { url } = await fakePrometheus({ series, tls, token: 'secret' });
    expect(await verify('--openshift --ca-file ca.pem', own, kubectl(own, OC(url)))).toEqual(SEEN);
    const calls = readFileSync(join(own, 'calls'), 'utf8');
    expect(calls).toMatch(/^get routes\.route\.openshift\.io thanos-querier -o jsonpath=\{\.spec\.host\} -n openshift-monitoring/m);
    expect(calls).toMatch(/^whoami -t/m);
  });

  test.each([
    [
      'whoami*) echo \'error: unknown command "whoami" for "kubectl"\' >&2; exit 1 ;;',
      'flag --openshift: needs the token of oc whoami -t: KUBECTL must be oc\n',
    ],
    ["whoami*) echo 'error: no token is currently in use for this session' >&2; exit 1 ;;", 'needs the token of oc whoami -t: '],
    [
      'get*) echo \'Error from server (NotFound): routes.route.openshift.io "thanos-querier" not found\' >&2; exit 1 ;;',
      'must find the route thanos-querier in the namespace openshift-monitoring: ',
    ],
    ['get*) ;;', 'must find the route thanos-querier in the namespace openshift-monitoring: got nothing\n'],
  ])('--openshift: %s', async (answer, message) => {
    const oc = `case "$*" in\n${answer}\n*) echo x ;;\nesac`;
    expect(await verify('--openshift', own, kubectl(own, oc))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});

const answer =
  (status: number, body: string) =>
  (response: ServerResponse): boolean =>
    Boolean(response.writeHead(status, { 'content-type': 'text/plain' }).end(body));

describe('what is no answer of Prometheus', () => {
  test.each<[string, FakePrometheusProps, string]>([
    ['401', { instead: answer(401, 'no') }, 'does not allow the request (status 401): "no"\n  hint: use --token-file FILE\n'],
    ['403', { instead: answer(403, 'no') }, 'does not allow the request (status 403): "no"\n  hint: use --token-file FILE\n'],
    [
      '503',
      { instead: answer(503, 'upstream connect error') },
      'answers with status 503: "upstream connect error"\n  hint: see the log of the server, or try again later\n',
    ],
    ['HTML', { instead: answer(200, '<html>Log in</html>') }, 'must answer in JSON, got an HTML page\n'],
  ])('%s', async (_, props, message) => {
    const { url } = await fakePrometheus(props);
    expect(await verify(`--prometheus ${url}`, folder())).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(`error: ${url}/: ${message}`),
    });
  });

  test('a token with a line break', async () => {
    const { url } = await fakePrometheus({ series });
    expect(await verify(`--prometheus ${url}`, folder(), { PROMETHEUS_TOKEN: 'a\nb' })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: PROMETHEUS_TOKEN: must contain a token and nothing else/),
    });
  });
});

test('an answer that comes late is used', async () => {
  const { url } = await fakePrometheus({ series });
  const slow = await fakePrometheus({
    instead: (response, query) => {
      setTimeout(
        async () => response.writeHead(200).end(await (await fetch(`${url}${response.req.url}`)).text()),
        /cpu_usage/.test(query) ? 3000 : 0,
      );
      return true;
    },
  });
  expect(await verify(`--prometheus ${slow.url}`, folder())).toEqual(SEEN);
});
