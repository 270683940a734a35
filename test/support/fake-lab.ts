import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LabFolder, type LabVm } from '../../src/lab/folder';
import { startOf } from '../../src/lab/process';
import { PROGRAM } from './program';
import { tempDir } from './render';
import { type Ended, ended, start } from './run';
import type { HttpReply } from './trial-records';

export type Guest = (path: string) => HttpReply;

export interface Lab {
  readonly virtwork: (args: string) => Promise<Ended>;
  /** Its working directory. */
  readonly home: string;
  readonly folder: LabFolder;
}

/** A lab whose VMs are processes that sleep, with fake guests behind their health ports. `undefined`: the VM does not run. */
export async function labOf(guests: { readonly [vm: string]: Guest | 'no port' | undefined }, more: Partial<LabVm> = {}): Promise<Lab> {
  const home = tempDir();
  const folder = new LabFolder(join(home, 'lab'), join(home, '.virtwork/lab.key'));
  for (const [name, guest] of Object.entries(guests)) {
    const sleep = start('sleep', ['120']);
    running.push(() => sleep.kill('SIGKILL'));
    const process = guest === undefined ? {} : { pid: sleep.pid as number, pidStarted: startOf(sleep.pid as number) as string };
    folder.add({
      ...{ name, workload: 'fio-bench', role: 'workload', accelerator: 'tcg', image: '/image', user: 'debian', sshPort: 2222 },
      ...{ healthPort: typeof guest === 'function' ? await listen(guest) : guest === undefined ? 1 : 0, address: '10.77.0.1' },
      ...{ diskNames: [], command: ['sleep', '120'], ...process, ...more },
    });
  }
  const env = { PATH: process.env.PATH, HOME: home };
  const words = (args: string) => [PROGRAM, ...args.split(' '), '--lab-dir', join(home, 'lab')];
  return { home, folder, virtwork: (args) => ended(start(process.execPath, words(args), { cwd: home, env }), 60) };
}

const running: (() => unknown)[] = [];

afterAll(() => {
  for (const stop of running) stop();
});

async function listen(guest: Guest): Promise<number> {
  const server = createServer(({ url = '' }, response) => {
    const { status = 200, type = 'application/gzip', body } = guest(url);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  running.push(() => server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
