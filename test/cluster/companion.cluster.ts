import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditReader } from '../../src/audit/history';
import { type Ended, ended, start } from '../support/run';
import { apiServer, eventually, inBed, kubeconfigOf, Place, place, rules } from './cluster';

function audited(here: Place) {
  const reader = new AuditReader(join(here.cwd, 'virtwork.db'));
  try {
    return reader.list().executions.flatMap(({ id }) => reader.find(String(id)).executions);
  } finally {
    reader.close();
  }
}

afterEach(() => {
  if (process.env.TEST_BED) rules();
});

describe('the story of a run', () => {
  const here = place();

  test('run applies, waits, and says which VMs are ready', async () => {
    const { status, stdout } = await here.virtwork('run --workloads cpu,disk,network --timeout 3m');
    expect(stdout).toContain(`namespace ${here.namespace}`);
    for (const vm of ['cpu-0', 'disk-0', 'network-server-0', 'network-client-0'])
      expect(stdout).toMatch(new RegExp(`^virtwork-${vm} +ready`, 'm'));
    expect(status).toBe(0);
  });

  test('a second run changes nothing', async () => {
    const before = here.list('vm,svc,secret').map(({ metadata }) => metadata.generation ?? metadata.uid);
    const { status, stdout } = await here.virtwork('run --workloads cpu,disk,network -o json');
    expect(JSON.parse(stdout)).toMatchObject({ command: 'run', total_vm_count: 4, vms_ready: 4, refused: [] });
    expect({ status, now: here.list('vm,svc,secret').map(({ metadata }) => metadata.generation ?? metadata.uid) }).toEqual({
      status: 0,
      now: before,
    });
  });

  test('status and wait see them', async () => {
    expect((await here.virtwork('status')).stdout).toContain('4 of 4 VMs ready');
    expect(await here.virtwork('wait')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('4 of 4 VMs ready') as unknown as string,
    });
  });

  test('what is newer than a running VM is reported', async () => {
    await here.virtwork('run --workloads cpu --params cpu.cpu-load-percent=50 --cpu-cores 1 --no-wait');
    await eventually(async () => {
      const { vms } = JSON.parse((await here.virtwork('status -o json')).stdout);
      const cpu = vms.find(({ vm_name: name }: { vm_name: string }) => name === 'virtwork-cpu-0');
      expect(cpu).toMatchObject({ stale: 'user data', restart_required: true });
    });
  });

  test('cleanup deletes all that is labelled, and nothing else', async () => {
    here.kubectl('create configmap stranger');
    here.kubectl('create secret generic stranger');
    const neighbour = new Place();
    await neighbour.virtwork('run --workloads cpu --no-wait');
    const before = neighbour.labelled();
    expect(before).toContain('VirtualMachine/virtwork-cpu-0');
    const { status, stdout } = await here.virtwork('cleanup --yes -o json');
    expect(JSON.parse(stdout)).toMatchObject({
      vms_deleted: 4,
      dvs_deleted: 1,
      pvcs_deleted: 1,
      namespace_deleted: 0,
      left: [],
      errors: [],
    });
    expect(status).toBe(0);
    expect(here.labelled()).toEqual([]);
    expect(here.list('configmap,secret').filter(({ metadata }) => metadata.name === 'stranger')).toHaveLength(2);
    expect(neighbour.labelled()).toEqual(before);
    neighbour.remove();
    expect(await here.virtwork('cleanup --yes')).toMatchObject({
      status: 0,
      stdout: `nothing to clean up in namespace ${here.namespace}\n`,
    });
  });

  test('the record tells all of it', () => {
    const executions = audited(here);
    expect(executions.map(({ command, status }) => [command, status])).toEqual([
      ['cleanup', 'success'],
      ['cleanup', 'success'],
      ['run', 'success'],
      ['run', 'success'],
      ['run', 'success'],
    ]);
    const first = executions.at(-1);
    expect(first?.vms.map(({ status, phase }: { status: string; phase: string }) => [status, phase])).toEqual(
      Array.from({ length: 4 }, () => ['ready', 'Running']),
    );
    expect(executions[1]).toMatchObject({ vms_deleted: 4, linked_run_ids: expect.stringMatching(/^\["[0-9a-f-]{36}"\]$/) });
  });
});

describe('cleanup', () => {
  const here = place();

  beforeAll(async () => {
    await here.virtwork('run --workloads cpu --run one --no-wait');
    await here.virtwork('run --workloads memory --run two --no-wait');
  });

  test('asks for confirmation, and does nothing without a terminal', async () => {
    expect(await here.virtwork('cleanup')).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes') as unknown as string });
    expect(here.labelled().length).toBeGreaterThan(2);
  });

  test('shows without deleting', async () => {
    const { status, stdout } = await here.virtwork('cleanup --dry-run');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/dry-run mode[\s\S]*VirtualMachine +virtwork-cpu-0/) });
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test('of one run leaves the other alone', async () => {
    expect((await here.virtwork('cleanup --yes --run one')).status).toBe(0);
    expect(here.labelled()).toEqual([
      'VirtualMachine/virtwork-memory-0',
      expect.stringMatching(/^Secret\/virtwork-guest-[0-9a-f]+$/),
      'Secret/virtwork-memory-cloudinit',
    ]);
  });

  test('reports what is left and what holds it', async () => {
    here.kubectl('patch secret virtwork-memory-cloudinit --type merge --patch {"metadata":{"finalizers":["test.virtwork/held"]}}');
    const { status, stdout } = await here.virtwork('cleanup --yes --timeout 20');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringContaining('left: Secret virtwork-memory-cloudinit waits for test.virtwork/held\ncleanup incomplete'),
    });
    here.kubectl('patch secret virtwork-memory-cloudinit --type merge --patch {"metadata":{"finalizers":null}}');
  });

  test('deletes the namespace, if virtwork created it', async () => {
    expect(await here.virtwork('cleanup --yes --delete-namespace')).toMatchObject({ status: 0 });
    expect(here.kubectl(`get namespace ${here.namespace} --ignore-not-found`)).toBe('');
    const own = new Place();
    own.create();
    own.kubectl(`label namespace ${own.namespace} app.kubernetes.io/managed-by=virtwork`);
    own.kubectl('create configmap precious');
    expect(await own.virtwork('cleanup --yes --delete-namespace')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('contains objects that this cleanup does not delete: ConfigMap precious') as unknown as string,
    });
    own.kubectl('delete configmap precious');
    expect(await own.virtwork('cleanup --yes --delete-namespace')).toMatchObject({ status: 0 });
    const stranger = new Place();
    stranger.create();
    expect(await stranger.virtwork('cleanup --yes --delete-namespace')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not virtwork's") as unknown as string,
    });
    stranger.remove();
  });
});

describe('a namespace that existed before', () => {
  const here = place();
  const labels = () => JSON.parse(here.kubectl(`get namespace ${here.namespace} -o json`)).metadata.labels;

  test.each([
    ['run', ''],
    ['apply', 'synth'],
  ])('is used as it is by %s, and not labeled', async (verb, before) => {
    if (isGone(here)) here.create();
    if (before) await here.virtwork(`${before} --workloads cpu`);
    const { status, stderr } = await here.virtwork(verb === 'run' ? 'run --workloads cpu --no-wait' : 'apply');
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(`namespace ${here.namespace} already exists`) });
    expect(labels()).toEqual({ 'kubernetes.io/metadata.name': here.namespace });
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test('is not deleted, and neither is anything in it', async () => {
    expect(await here.virtwork('cleanup --yes --delete-namespace')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not virtwork's") as unknown as string,
    });
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test('unless kubectl itself labeled it, with the Namespace object of the base', async () => {
    here.kubectl('apply --server-side -k dist');
    expect(await here.virtwork('cleanup --yes --delete-namespace')).toMatchObject({ status: 0 });
    expect(isGone(here)).toBe(true);
  });
});

function isGone(here: Place): boolean {
  return here.kubectl(`get namespace ${here.namespace} --ignore-not-found`) === '';
}

describe('a VM that KubeVirt does not start by itself', () => {
  const here = place();

  test('is not waited for', async () => {
    expect(await here.virtwork('run --workloads cpu --run-strategy Manual --timeout 2m')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/virtwork-cpu-0 +halted.*\n0 of 1 VMs ready, 1 halted/s) as unknown as string,
    });
  });

  test('is waited for when a user starts it', async () => {
    const vm = `/apis/subresources.kubevirt.io/v1/namespaces/${here.namespace}/virtualmachines/virtwork-cpu-0`;
    here.kubectl(`replace --raw ${vm}/start -f -`, '{}');
    expect(await here.virtwork('wait --timeout 2m')).toMatchObject({ status: 0, stdout: expect.stringContaining('1 of 1 VMs ready') });
  });
});

describe('a namespace that virtwork created', () => {
  const here = place();

  beforeAll(() => here.virtwork('run --workloads cpu,disk,network --timeout 3m'));

  test('is not deleted while it holds another object of any kind', async () => {
    const others: { readonly [kind: string]: object } = {
      Ingress: { apiVersion: 'networking.k8s.io/v1', spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
      NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {} } },
      Role: { apiVersion: 'rbac.authorization.k8s.io/v1', rules: [] },
      ServiceAccount: { apiVersion: 'v1' },
      Lease: { apiVersion: 'coordination.k8s.io/v1', spec: {} },
      Endpoints: { apiVersion: 'v1' },
      VirtualMachinePreference: { apiVersion: 'instancetype.kubevirt.io/v1beta1', spec: {} },
    };
    const items = Object.entries(others).map(([kind, object]) => ({ kind, metadata: { name: 'precious' }, ...object }));
    here.kubectl('create -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { status, stdout, stderr } = await here.virtwork('cleanup --yes --delete-namespace');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const [, found = ''] = /contains objects that this cleanup does not delete: (.*)\n/.exec(stderr) ?? [];
    expect(found.split(', ').sort()).toEqual(items.map(({ kind }) => `${kind} precious`).sort());
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
    here.kubectl(`delete ${items.map(({ kind }) => kind.toLowerCase()).join()} precious`);
  });

  inBed('is not deleted by an account that may not list some kind', async () => {
    const rule = {
      apiGroups: ['', 'kubevirt.io', 'cdi.kubevirt.io'],
      resources: ['*'],
      verbs: ['get', 'list', 'delete', 'deletecollection'],
    };
    const metadata = { name: 'cleaner', labels: { 'managed-by': 'virtwork', 'virtwork/run-id': 'x' } };
    const binding = {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'cleaner' },
      subjects: [{ kind: 'User', name: 'nobody' }],
    };
    for (const object of [
      { kind: 'Role', rules: [rule] },
      { kind: 'RoleBinding', ...binding },
    ])
      here.kubectl('create -f -', JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', metadata, ...object }));
    const { status, stdout, stderr } = await here.virtwork('cleanup --yes --delete-namespace', { KUBECONFIG: kubeconfigOf('nobody') });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /may contain objects that this cleanup does not delete: this account may not list .*deployments\.apps.* and \d+ more\n {2}hint: .*auth can-i/,
    );
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test('is deleted with all that virtwork and the cluster put into it', async () => {
    expect(await here.virtwork('cleanup --yes --delete-namespace')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/Namespace +1 +0[\s\S]*cleanup complete/) as unknown as string,
    });
  });
});

describe('a configuration that lies in the working directory', () => {
  const here = place();
  const ran = join(here.cwd, 'ran');

  beforeAll(() => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: [ran], interactiveMode: 'Never' };
    writeFileSync(
      join(here.cwd, 'stranger.yaml'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: apiServer().server, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    writeFileSync(join(here.cwd, 'virtwork.yaml'), 'kubeconfig: ./stranger.yaml\n');
  });

  test.each([
    'status',
    'wait',
    'cleanup --dry-run',
    'cleanup --yes',
    'run --workloads cpu',
  ])('runs no program at virtwork %s', async (args) => {
    const { status, stderr } = await here.virtwork(args);
    expect({ status, ran: existsSync(ran), stderr }).toEqual({
      status: 2,
      ran: false,
      stderr: expect.stringContaining('virtwork.yaml:1:1: kubeconfig'),
    });
  });

  test('does so when it is named', async () => {
    await here.virtwork('status --config virtwork.yaml');
    expect(existsSync(ran)).toBe(true);
  });
});

inBed('what the API server quotes of a Secret is masked', async () => {
  const here = new Place();
  here.create();
  const policy = 'admissionregistration.k8s.io/v1';
  const name = here.namespace;
  const objects = [
    {
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }] },
        validations: [
          {
            expression: "!object.metadata.name.contains('cpu')",
            messageExpression: "'refused: ' + string(object.data.userdata).substring(0, 2000)",
          },
        ],
      },
    },
    {
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
      },
    },
  ];
  for (const object of objects) here.kubectl('create -f -', JSON.stringify({ apiVersion: policy, metadata: { name }, ...object }));
  const env = { VIRTWORK_SSH_PASSWORD: 'correct horse' };
  const hash = /\$6\$[^'\s]+/.exec((await here.virtwork('run --workloads cpu --dry-run --write-password-hash', env)).stdout)?.[0] as string;
  // It takes a moment until the policy is in effect.
  await eventually(async () => {
    here.kubectl('delete secret --all');
    const { stdout, stderr } = await here.virtwork('run --workloads cpu --no-wait -o json', env);
    expect(stdout).toContain('refused: ');
    const texts = [stdout, stderr, readFileSync(join(here.cwd, 'virtwork.db'), 'latin1')];
    const pieces = [
      hash.slice(10, 50),
      ...[0, 1, 2].map((offset) =>
        Buffer.from('\0'.repeat(offset) + hash)
          .toString('base64')
          .slice(8, 60),
      ),
    ];
    expect(pieces.map((piece) => texts.filter((text) => text.includes(piece)).length)).toEqual([0, 0, 0, 0]);
    expect(stdout).toContain('***');
  });
  for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy']) here.kubectl(`delete ${kind} ${name}`);
  here.remove();
});

describe('on a terminal', () => {
  const here = place();

  beforeAll(() => here.virtwork('run --workloads cpu --no-wait'));

  /** Answers the confirmation as a user at a terminal does. The terminal is `script` of util-linux. */
  function answered(answer: string): Promise<Ended> {
    const words = here.command('cleanup --no-audit').map((word) => `'${word}'`);
    const child = start('script', ['-qec', words.join(' '), '/dev/null'], { cwd: here.cwd });
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('[y/N]')) child.stdin.write(answer);
    });
    return ended(child, 5 * 60);
  }

  test('no: nothing is deleted', async () => {
    const { status, stdout } = await answered('n\r');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/virtwork-cpu-0[\s\S]*cluster: .*server "https:.*[\s\S]*delete all of this\?[\s\S]*aborted/),
    });
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of the input', '\u0004', 1],
  ])('%s: nothing is deleted', async (_, key, code) => {
    const { status, stdout } = await answered(key);
    expect({ status, stdout }).toEqual({ status: code, stdout: expect.not.stringContaining('bug') });
    expect(here.labelled()).toContain('VirtualMachine/virtwork-cpu-0');
  });

  test('yes: all of it is', async () => {
    expect(await answered('y\r')).toMatchObject({ status: 0, stdout: expect.stringContaining('cleanup complete') as unknown as string });
    expect(here.labelled()).toEqual([]);
  });
});

describe('user data that an overlay patches', () => {
  const here = place();

  async function stale(args = ''): Promise<string | null> {
    return JSON.parse((await here.virtwork(`status -o json${args}`)).stdout).vms[0].stale;
  }

  test('makes a running VM stale until it is restarted', async () => {
    await here.virtwork('run --workloads cpu --timeout 3m');
    expect(await stale()).toBeNull();
    await here.virtwork('synth --workloads cpu');
    mkdirSync(join(here.cwd, 'overlay'));
    const patch = JSON.stringify([{ op: 'replace', path: '/stringData/userdata', value: '#cloud-config\n' }]);
    writeFileSync(
      join(here.cwd, 'overlay', 'kustomization.yaml'),
      JSON.stringify({ resources: ['../dist'], patches: [{ target: { kind: 'Secret' }, patch }] }),
    );
    expect(await here.virtwork('apply overlay')).toMatchObject({ status: 0 });
    expect(await stale()).toBe('user data');
    expect((await here.virtwork('wait')).stdout).toContain('its user data is newer than the running instance');
  });

  inBed('which an account that may not read Secrets does not see', async () => {
    for (const role of ['view', 'kubevirt.io:view'])
      here.kubectl(`create rolebinding nobody-${role.replaceAll(/\W/g, '-')} --clusterrole=${role} --user=nobody`);
    expect(await stale(` --kubeconfig ${kubeconfigOf('nobody')}`)).toBeNull();
    expect(await stale()).toBe('user data');
  });

  test('and no longer after that', async () => {
    here.kubectl('delete vmi virtwork-cpu-0');
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({ status: 0 });
    expect(await stale()).toBeNull();
  });
});

test('no credential enters the record', async () => {
  const here = new Place();
  const password = `password-of-${here.namespace}`;
  const { status } = await here.virtwork('run --workloads cpu --no-wait', { VIRTWORK_SSH_PASSWORD: password });
  expect(status).toBe(0);
  const { data } = here.list('secret', '-l', 'managed-by=virtwork')[0] as unknown as { data: { userdata: string } };
  const [hash = ''] = /\$6\$\S+/.exec(Buffer.from(data.userdata, 'base64').toString()) ?? [];
  expect(hash).not.toBe('');
  await here.virtwork('cleanup --yes --no-wait');
  const kept = readdirSync(here.cwd).map((file) => readFileSync(join(here.cwd, file), 'latin1'));
  expect(kept.join('')).toContain('virtwork-cpu-0');
  for (const secret of [password, hash, data.userdata, apiServer().token]) expect(kept.some((text) => text.includes(secret))).toBe(false);
  here.remove();
});

const FULL = 'a quota that is used up';

describe('why a VM is not ready', () => {
  const cases: readonly (readonly [string, { readonly [key: string]: string }, string, string, RegExp])[] = [
    ['an import that does not start', { dataVolume: 'stall' }, '--workloads disk', 'disk-0', /^data volume data-virtwork-disk-0: /],
    [
      'a health endpoint that says no',
      { health: 'failing' },
      '--workloads cpu',
      'cpu-0',
      /^the guest is running, but its health endpoint does not report/,
    ],
    [
      'an image that cannot be pulled',
      {},
      '--workloads cpu --container-disk-image registry.invalid/fedora:1',
      'cpu-0',
      /^ImagePullBackOff: image registry\.invalid\/fedora:1, Back-off/,
    ],
    ['a VM that fits on no node', {}, '--workloads memory --memory 900Ti', 'memory-0', /^cannot be scheduled: .*Insufficient memory/],
    [FULL, {}, '--workloads cpu', 'cpu-0', /exceeded quota/],
  ];
  const places = new Map(cases.map(([what]) => [what, place()]));
  let runs = new Map<string, Ended>();

  // At the same time, because each run takes until its limit.
  beforeAll(async () => {
    if (!process.env.TEST_BED) return;
    const of = (what: string) => places.get(what) as Place;
    of(FULL).create();
    await of(FULL).quota('small', 'pods=0');
    rules(...cases.map(([what, rule]) => ({ match: `${of(what).namespace}/*`, ...rule })));
    const run = async ([what, , args]: (typeof cases)[number]) =>
      [what, await of(what).virtwork(`run ${args} --timeout 40 -o json`)] as const;
    runs = new Map(await Promise.all(cases.map(run)));
  });

  inBed.each(cases)('%s', (what, _, __, vm, why) => {
    const { status, stdout } = runs.get(what) as Ended;
    expect(status).toBe(3);
    const { vms } = JSON.parse(stdout) as { readonly vms: readonly { readonly vm_name: string; readonly why: string }[] };
    expect(vms.find(({ vm_name: name }) => name === `virtwork-${vm}`)?.why).toMatch(why);
  });

  inBed('a migration that takes its time', async () => {
    const here = new Place();
    rules({ match: `${here.namespace}/*`, migration: 'stall' });
    expect(await here.virtwork('run --workloads cpu --timeout 3m')).toMatchObject({ status: 0 });
    const migration = {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceMigration',
      metadata: { name: 'move' },
      spec: { vmiName: 'virtwork-cpu-0' },
    };
    here.kubectl('create -f -', JSON.stringify(migration));
    await eventually(async () => {
      const { vms } = JSON.parse((await here.virtwork('status -o json')).stdout);
      expect(vms[0]).toMatchObject({ status: 'ready', migrating_to: expect.stringMatching(/^worker-/) as unknown as string });
    });
    here.remove();
  });

  inBed('nothing there to wait for', async () => {
    const here = new Place();
    expect(await here.virtwork('wait')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('contains no VMs of virtwork') as unknown as string,
    });
  });
});
