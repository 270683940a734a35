import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditReader } from '../../src/audit/history';
import { ended, run } from '../support/run';
import { apiServer, eventually, inBed, inBedAtOnce, kubeconfigFor, kubeconfigOf, Place, place } from './cluster';
import { FaultyProxy, type FaultyProxyProps } from './faulty-proxy';

async function through<T>(
  props: Omit<FaultyProxyProps, 'server' | 'token'>,
  work: (proxy: FaultyProxy, kubeconfig: string) => Promise<T>,
): Promise<T> {
  const proxy = new FaultyProxy({ ...apiServer(), ...props });
  try {
    return await work(proxy, kubeconfigFor(await proxy.listen()));
  } finally {
    proxy.close();
  }
}

describe('a server that fails now and then', () => {
  inBedAtOnce.each([
    ['429', 0.3],
    ['500', 0.3],
    ['503', 0.3],
    ['reset', 0.3],
  ])('%s at %d of the calls: run, wait and cleanup get through', async (fault, share) => {
    const here = new Place();
    await through({ share, faults: [fault] }, async (proxy, kubeconfig) => {
      const run = await here.virtwork(`run --workloads cpu,disk,network --timeout 4m --kubeconfig ${kubeconfig}`);
      expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('4 of 4 VMs ready') as unknown as string });
      const cleanup = await here.virtwork(`cleanup --yes --kubeconfig ${kubeconfig}`);
      expect(cleanup).toMatchObject({ status: 0, stdout: expect.stringContaining('cleanup complete') as unknown as string });
      expect(proxy.injected).toBeGreaterThan(5);
    });
    expect(here.labelled()).toEqual([]);
    here.remove();
  });

  // Only a few calls, because the timeout of each is half a minute.
  inBedAtOnce('some calls are never answered: run, wait and cleanup get through', async () => {
    const here = new Place();
    for (const [command, most] of [
      ['run --workloads cpu,disk', 2],
      ['cleanup --yes', 1],
    ] as const) {
      await through({ share: 0.1, most, faults: ['hang'] }, async (proxy, kubeconfig) => {
        expect(await here.virtwork(`${command} --timeout 8m --kubeconfig ${kubeconfig}`)).toMatchObject({ status: 0 });
        expect(proxy.injected).toBe(most);
      });
    }
    expect(here.labelled()).toEqual([]);
    here.remove();
  });

  inBedAtOnce('every answer is slow: run, wait and cleanup get through', async () => {
    const here = new Place();
    await through({ share: 0, delay: 700 }, async (_, kubeconfig) => {
      expect(await here.virtwork(`run --workloads cpu,disk --timeout 4m --kubeconfig ${kubeconfig}`)).toMatchObject({ status: 0 });
      expect(await here.virtwork(`cleanup --yes --kubeconfig ${kubeconfig}`)).toMatchObject({ status: 0 });
    });
    expect(here.labelled()).toEqual([]);
    here.remove();
  });

  inBed('a poll takes as many calls for many VMs as for one', async () => {
    const here = new Place();
    const callsOf = (count: number) =>
      through({ share: 0 }, async (proxy, kubeconfig) => {
        await here.virtwork(`run --workloads cpu --vm-count ${count} --no-wait`);
        await here.virtwork(`status --kubeconfig ${kubeconfig}`); // kubectl caches the API groups of the server
        const before = proxy.calls;
        await here.virtwork(`status --kubeconfig ${kubeconfig}`);
        return proxy.calls - before;
      });
    const [one, many] = [await callsOf(1), await callsOf(12)];
    expect(many).toBe(one);
    here.remove();
  });
});

describe('what is not transient, is reported once', () => {
  const here = place();

  inBed.each<[string, () => NodeJS.ProcessEnv, string, RegExp]>([
    ['expired credentials', () => ({ KUBECONFIG: kubeconfigOf('expired') }), 'wait', /Unauthorized|credentials[\s\S]*log in again/],
    ['no permission', () => ({ KUBECONFIG: kubeconfigOf('nobody') }), 'wait', /forbidden[\s\S]*auth can-i/],
    ['no permission to apply', () => ({ KUBECONFIG: kubeconfigOf('nobody') }), 'run --workloads cpu', /forbidden[\s\S]*auth can-i/],
    ['no kubectl', () => ({ KUBECTL: 'no-such-client' }), 'status', /needs no-such-client, which is not on the PATH/],
    ['no kubeconfig', () => ({ KUBECONFIG: '/nonexistent' }), 'status', /no cluster is configured/],
    ['a missing folder', () => ({}), 'apply nosuch', /must be given an existing folder, got nosuch/],
    ['a wrong context', () => ({}), 'status --context nosuch', /nosuch[\s\S]*--kubeconfig and --context/],
  ])('%s', async (_, env, args, says) => {
    const { status, stdout, stderr } = await here.virtwork(args, env());
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(stderr).not.toContain('    at ');
  });

  inBed.each(['run --workloads cpu', 'wait', 'status'])('%s where KubeVirt is missing', async (args) => {
    await through({ share: 0, without: 'kubevirt.io' }, async (_, kubeconfig) => {
      const { status, stderr } = await here.virtwork(`${args} --kubeconfig ${kubeconfig}`);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/check that OpenShift Virtualization \(KubeVirt and CDI\) is installed/),
      });
    });
  });

  // A script simulates the output of a kubectl that is too old.
  test('an old kubectl', async () => {
    const client = join(here.cwd, 'old-kubectl');
    writeFileSync(client, '#!/bin/sh\necho "Error: unknown flag: --server-side" >&2\nexit 1\n', { mode: 0o755 });
    const { status, stderr } = await here.virtwork('run --workloads cpu', { KUBECTL: client });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/needs 1\.27 or later/) });
  });

  inBed('a namespace that does not exist and is not created', async () => {
    const nowhere = new Place();
    const { status, stderr } = await nowhere.virtwork('run --workloads cpu --create-namespace=false');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/namespaces? ".*" not found/) });
  });

  inBed('a quota for Secrets: the rejected objects are reported', async () => {
    const limited = new Place();
    limited.create();
    await limited.quota('few', 'count/secrets=2');
    const { status, stdout } = await limited.virtwork('run --workloads cpu,memory,disk --no-wait -o json');
    const { refused } = JSON.parse(stdout);
    expect({ status, kinds: refused.map(({ kind }: { kind: string }) => kind) }).toEqual({ status: 1, kinds: ['Secret', 'Secret'] });
    expect(refused[0].why).toContain('exceeded quota');
    limited.remove();
  });
});

describe('ended from outside', () => {
  const here = place();

  beforeAll(() => here.virtwork('run --workloads cpu --no-wait'));

  const moments = (['run --workloads memory', 'cleanup --yes', 'wait'] as const).flatMap((args) =>
    ([['SIGINT', 130] as const, ['SIGTERM', 143] as const, ['SIGKILL', null] as const] as const).map(
      ([signal, code]) => [signal, args, code] as const,
    ),
  );

  inBed.each<readonly [NodeJS.Signals, string, number | null]>(moments)(
    '%s during %s: no kubectl stays, and the record is readable',
    async (signal, args, code) => {
      await through({ share: 0, delay: 5000 }, async (_, kubeconfig) => {
        const child = here.start(`${args} --kubeconfig ${kubeconfig}`);
        const end = ended(child);
        await eventually(() => expect(kubectlsOf(kubeconfig)).not.toEqual([]), 30);
        child.kill(signal);
        expect((await end).status).toBe(code);
        await eventually(() => expect(kubectlsOf(kubeconfig)).toEqual([]), 5);
      });
      if (args === 'wait') return;
      const reader = new AuditReader(join(here.cwd, 'virtwork.db'));
      const ending = code === null ? { status: 'in_progress' } : { status: 'failed', error_summary: 'interrupted' };
      expect(reader.list().executions[0]).toMatchObject({ command: args.split(' ')[0], ...ending });
      reader.close();
    },
  );
});

/** The kubectl processes that call a cluster. */
function kubectlsOf(kubeconfig: string): string[] {
  const { stdout } = run('pgrep', ['-f', `kubectl (apply|get|delete) .*${kubeconfig}`]);
  return stdout.split('\n').filter(Boolean);
}
