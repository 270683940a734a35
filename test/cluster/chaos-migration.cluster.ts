import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type Credential, Migrator } from '../support/migrator';
import { apiServer, eventually, inBed, kubeconfigOf, Place, place, rules } from './cluster';
import { resources, rightsOf } from './reviews';

const WORKLOADS = '--workloads cpu,disk,chaos-migration --access-modes ReadWriteMany';
const MIGRATOR = 'virtwork-chaos-migration';

/** The credential that a guest has on its disk: the data that the cluster wrote to the Secret. */
async function credentialOf(here: Place, secret = `${MIGRATOR}-token`): Promise<Credential> {
  let data: { [key: string]: string } = {};
  await eventually(() => {
    data = JSON.parse(here.kubectl(`get secret ${secret} -o json`)).data;
    expect(Object.keys(data).sort()).toEqual(['ca.crt', 'namespace', 'token']);
  });
  const text = (key: string) => Buffer.from(data[key] as string, 'base64').toString();
  return { token: text('token'), 'ca.crt': text('ca.crt'), namespace: text('namespace') };
}

describe('what is rendered', () => {
  const here = place();

  test('is admitted, a second apply changes nothing, and the VM waits for nothing that is missing', async () => {
    await here.virtwork(`synth ${WORKLOADS}`);
    expect(here.kubectl('apply --server-side --validate=strict -k dist')).toContain('virtwork:');
    await credentialOf(here);
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^virtwork-chaos-migration-0 +ready/m) as unknown as string,
    });
    await here.expectApplied();
  });

  test('allows what the loop does, and nothing else of all that can be done', async () => {
    here.kubectl('create serviceaccount nobody');
    const all = await resources();
    expect(all.map(({ name, group }) => `${name}.${group}`)).toEqual(
      expect.arrayContaining(['pods/exec.', 'secrets.', 'virtualmachines/migrate.subresources.kubevirt.io']),
    );
    const beyond = async (scope: string) => {
      const [own, everybody] = await Promise.all([
        rightsOf(MIGRATOR, here.namespace, scope, all),
        rightsOf('nobody', here.namespace, scope, all),
      ]);
      expect(own).toEqual(expect.arrayContaining(everybody));
      return { own: own.filter((right) => !everybody.includes(right)), everybody };
    };
    const inside = await beyond(here.namespace);
    expect(inside.own).toEqual([
      'create virtualmachineinstancemigrations.kubevirt.io',
      'get virtualmachineinstancemigrations.kubevirt.io',
      'list nodes',
      'list virtualmachineinstances.kubevirt.io',
    ]);
    expect((await beyond('')).own).toEqual(['list nodes']);
    expect((await beyond('default')).own).toEqual(['list nodes']);
    // Every authenticated user may read their own permissions and information about KubeVirt.
    const known = /^(create self|(get|list) (version|guestfs|kubevirts\.kubevirt\.io)|(get|list|watch) \S+\.instancetype\.)/;
    expect(inside.everybody.filter((right) => !known.test(right))).toEqual([]);
  });
});

describe('the loop, on a real API server', () => {
  const here = place();
  const { server } = apiServer();
  const loops: Migrator[] = [];
  let credential: Credential;

  beforeAll(async () => {
    expect(await here.virtwork(`run ${WORKLOADS} --timeout 4m`)).toMatchObject({ status: 0 });
    credential = await credentialOf(here);
  });

  afterEach(async () => {
    for (const loop of loops.splice(0)) await loop.end();
    if (!process.env.TEST_BED) return;
    rules();
    if (migrations().length === 0) return;
    // The test bed cannot migrate a guest a third time, because the pod of its first migration still runs. A new guest has no migrations.
    await replaceGuests();
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({ status: 0 });
  });

  /** Deletes all VMIs, and waits until KubeVirt has created new ones with the same names. */
  async function replaceGuests(): Promise<void> {
    const uids = () => here.list('virtualmachineinstances').map(({ metadata }) => metadata.uid);
    const before = uids();
    // Without --wait=false, kubectl before 1.36 sometimes waits permanently: a new VMI may get the old name between two of its requests.
    here.kubectl('delete virtualmachineinstances --all --wait=false');
    await eventually(() => {
      const now = uids();
      expect(now).toHaveLength(before.length);
      expect(now.filter((uid) => before.includes(uid))).toEqual([]);
    }, 180);
  }

  function loop(env: { readonly [name: string]: string } = {}, to = server, as = credential): Migrator {
    // Long enough to end the loop between two migrations.
    const interval = { PARAM_MIGRATION_INTERVAL_MIN: '4', PARAM_MIGRATION_INTERVAL_MAX: '4' };
    const started = new Migrator(to, as, { VIRTWORK_POLL: '0.5', ...interval, ...env });
    loops.push(started);
    return started;
  }

  const migrations = () => here.list('virtualmachineinstancemigrations');

  inBed('migrates the others, never itself, and says what became of it', async () => {
    const before = here.list('vmi').map(({ metadata, status }) => [metadata.name, status.nodeName]);
    const said = await loop().says(/^migration of .*: succeeded in \d+ s \(worker-\d to worker-\d\)$/, 2, 120);
    for (const line of said) expect(line).toMatch(/^migration of virtwork-(cpu|disk)-0: /);
    for (const { metadata, spec } of migrations()) {
      expect(metadata.labels).toMatchObject({ 'managed-by': 'virtwork', 'virtwork/workload': 'chaos-migration' });
      expect(spec.vmiName).not.toContain('chaos');
    }
    const after = here.list('vmi').map(({ metadata, status }) => [metadata.name, status.nodeName]);
    expect(after.filter(([name]) => String(name).includes('chaos'))).toEqual(before.filter(([name]) => String(name).includes('chaos')));
  });

  inBed('leaves out excluded components, and those that the extra labels do not fit', async () => {
    const said = await loop({ PARAM_MIGRATION_EXCLUDE_COMPONENTS: 'cpu', PARAM_MIGRATION_DRY_RUN: 'true' }).says(/^dry run/, 3);
    for (const line of said) expect(line).toContain('would migrate virtwork-disk-0, one of 1;');
    await loop({ PARAM_MIGRATION_TARGET_LABELS: 'team=storage' }).says(/^no running VM can be migrated; waiting$/);
  });

  inBed('a dry run makes nothing', async () => {
    const before = migrations().map(({ metadata }) => metadata.name);
    await loop({ PARAM_MIGRATION_DRY_RUN: 'true' }).says(/^dry run: would migrate/, 3);
    expect(migrations().map(({ metadata }) => metadata.name)).toEqual(before);
  });

  inBed('a migration that fails', async () => {
    rules({ match: `${here.namespace}/*`, migration: 'fail' });
    await loop().says(/^migration of .*: failed in \d+ s \(.*simulated.*\)$/, 1, 120);
  });

  inBed('a migration that takes too long is left to KubeVirt, and its VM in peace', async () => {
    rules({ match: `${here.namespace}/*`, migration: 'stall' });
    const only = { PARAM_MIGRATION_TIMEOUT: '10', PARAM_MIGRATION_EXCLUDE_COMPONENTS: 'disk' };
    const stalled = loop(only);
    await stalled.says(/^migration of virtwork-cpu-0: timed out in 1\d s/, 1, 120);
    await stalled.says(/^no running VM can be migrated; waiting$/);
    rules();
    await stalled.says(/^migration of virtwork-cpu-0: succeeded/, 1, 180);
  });

  inBed('a token that is not valid any more: told, and used again when it is', async () => {
    const expired = loop({}, server, {
      ...credential,
      token: `${credential.token.slice(0, -8)}AAAAAAAA`,
    });
    await expired.says(/ answered 401: Unauthorized; retrying in 1 s$/, 2);
    expired.give(credential);
    await expired.says(/^migration of .*: succeeded/, 1, 120);
  });

  inBed('an account without the rights', async () => {
    here.kubectl('create serviceaccount stranger');
    const token = here.kubectl('create token stranger').trim();
    await loop({}, server, { ...credential, token }).says(
      / answered 403: nodes is forbidden: User "system:serviceaccount:.*:stranger" cannot list/,
    );
  });

  inBed('an API server that goes away and comes back', async () => {
    const way = new Way(new URL(server).port);
    const own = loop({ PARAM_MIGRATION_DRY_RUN: 'true' }, await way.open());
    await own.says(/^dry run/);
    await way.close();
    await own.says(/cannot be reached: curl: \(7\) /);
    const before = own.said.filter((line) => line.startsWith('dry run')).length;
    await way.open();
    await own.says(/^dry run/, before + 1);
    await way.close();
  });

  inBed('a certificate of somebody else is not believed', async () => {
    await loop({}, server, { ...credential, 'ca.crt': '' }).says(/cannot be reached: curl: \((60|77)\) /);
  });

  inBed('one node that takes VMs', async () => {
    for (const node of ['worker-1', 'worker-2']) here.kubectl(`cordon ${node}`);
    try {
      await loop().says(/^a migration needs two schedulable nodes, got 1; waiting$/, 2);
    } finally {
      for (const node of ['worker-1', 'worker-2']) here.kubectl(`uncordon ${node}`);
    }
  });

  inBed('VMs that cannot be migrated', async () => {
    const stuck = new Place();
    expect(
      await stuck.virtwork('run --workloads disk,chaos-migration --access-modes ReadWriteOnce --volume-mode Block --timeout 4m'),
    ).toMatchObject({ status: 0 });
    await loop({}, server, await credentialOf(stuck)).says(/^no running VM can be migrated; waiting$/, 2);
    expect(stuck.list('virtualmachineinstancemigrations')).toEqual([]);
    expect(await stuck.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    stuck.remove();
  });
});

/** A proxy for the API server that can be closed. */
class Way {
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly to: string) {}

  async open(): Promise<string> {
    const server = createServer((from) => {
      const to = connect(Number(this.to), '127.0.0.1');
      for (const end of [from, to]) end.on('error', () => {});
      from.pipe(to).pipe(from);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as { port: number }).port;
    return `https://127.0.0.1:${this.port}`;
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.server?.close(resolve));
  }
}

describe('cleanup', () => {
  test('leaves nothing, in the namespace and outside of it, and leaves those of another one alone', async () => {
    const [here, other] = [new Place(), new Place()];
    for (const each of [here, other]) expect(await each.virtwork('run --workloads chaos-migration --no-wait')).toMatchObject({ status: 0 });
    const before = [other.labelled(), other.outside()];
    expect(before[1]).toHaveLength(2);
    const { status, stdout } = await here.virtwork('cleanup --yes');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/ClusterRole +1 +0/) });
    expect([here.labelled(), here.outside()]).toEqual([[], []]);
    expect([other.labelled(), other.outside()]).toEqual(before);
    expect(await other.virtwork('cleanup --yes --run other')).toMatchObject({ stdout: expect.stringContaining('nothing to clean up') });
    expect(await other.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect([other.labelled(), other.outside()]).toEqual([[], []]);
    for (const each of [here, other]) each.remove();
  });

  test('also of what an overlay has moved, renamed and labelled, which the loop knows as well', async () => {
    const [here, target] = [new Place(), new Place()];
    await here.virtwork('synth --workloads cpu,chaos-migration');
    const pairs = { 'app.kubernetes.io/component': 'perf', 'app.kubernetes.io/managed-by': 'argocd', 'managed-by': 'argocd' };
    mkdirSync(join(here.cwd, 'overlay'));
    writeFileSync(
      join(here.cwd, 'overlay', 'kustomization.yaml'),
      JSON.stringify({
        resources: ['../dist'],
        namespace: target.namespace,
        namePrefix: 'team-',
        labels: [{ pairs, includeTemplates: true }],
      }),
    );
    target.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'overlay')}`);
    expect(target.outside().sort()).toEqual([
      `ClusterRole/team-virtwork:${here.namespace}:chaos-migration`,
      `ClusterRoleBinding/team-virtwork:${here.namespace}:chaos-migration`,
    ]);
    const credential = await credentialOf(target, `team-${MIGRATOR}-token`);
    expect(credential.namespace).toBe(target.namespace);
    expect(await target.virtwork('wait --timeout 3m')).toMatchObject({ status: 0 });
    const loop = new Migrator(apiServer().server, credential, { PARAM_MIGRATION_DRY_RUN: 'true' });
    await loop.says(/^dry run: would migrate team-virtwork-cpu-0, one of 1;/);
    await loop.end();
    expect(await target.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect([target.labelled('virtwork/run-id'), target.outside()]).toEqual([[], []]);
    target.remove();
  });

  inBed('by an account that may not look at rights: what it may, and a word on what stays', async () => {
    const here = new Place();
    await here.virtwork('run --workloads cpu,chaos-migration --no-wait');
    // CDI's own role for this is not part of the test bed.
    here.kubectl('create role disks --verb=get,list,delete,deletecollection --resource=datavolumes.cdi.kubevirt.io');
    for (const role of ['clusterrole=edit', 'clusterrole=kubevirt.io:edit', 'role=disks'])
      here.kubectl(`create rolebinding nobody-${role.replaceAll(/\W/g, '-')} --${role} --user=nobody`);
    const { status, stdout, stderr } = await here.virtwork(`cleanup --yes --kubeconfig ${kubeconfigOf('nobody')}`);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringContaining('cleanup complete'),
      stderr: expect.stringMatching(/may not list .*ClusterRole: objects of these kinds are not deleted/),
    });
    expect(here.labelled().sort()).toEqual([`Role/${MIGRATOR}`, `RoleBinding/${MIGRATOR}`]);
    expect(await here.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect([here.labelled(), here.outside()]).toEqual([[], []]);
    here.remove();
  });
});
