import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { eventually as tryUntil } from '../support/eventually';
import { ROOT, tempDir } from '../support/places';
import { outputOf, run } from '../support/run';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

/** A VM in the output of `lab status -o json`. */
interface VmStatus {
  readonly name: string;
  readonly pid: number;
  /** The address on the link between the VMs. */
  readonly address: string;
  readonly state: string;
  readonly health: { readonly status: number; readonly text: string };
  readonly healthPort: number;
  readonly command: readonly string[];
  /** How far its trials are. Absent: it is not measured. */
  readonly trials?: object;
}

export interface LabCase {
  /** Text of the configuration file. */
  readonly config?: string;
  readonly params?: { readonly [key: string]: string | number };
  readonly flags?: readonly string[];
  /** Per VM. @default 640Mi */
  readonly memory?: string;
}

/** The VMs of an entry, booted with the command line as a user does. */
export class Lab {
  private readonly dir = join(tempDir(), 'lab');
  private machines: VmStatus[] = [];

  constructor(
    private readonly entry: string,
    private readonly props: LabCase = {},
  ) {}

  up(): void {
    const { config, params = {}, flags = [], memory = '640Mi' } = this.props;
    const name = this.entry.split('/').at(-1);
    const given = Object.entries(params).flatMap(([key, value]) => ['--params', `${name}.${key}=${value}`]);
    const file = join(dirname(this.dir), 'virtwork.yaml');
    if (config !== undefined) writeFileSync(file, config);
    const configured = config === undefined ? [] : ['--config', file];
    this.lab(['up', this.entry, '--memory', memory, '--timeout', '12m', ...configured, ...given, ...flags], 14 * 60);
  }

  down(): void {
    this.lab(['down']);
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Restarts all VMs, or one, with a new root disk and its old data disks. */
  restart(vm?: string, ...flags: string[]): void {
    this.lab(['restart', ...(vm === undefined ? [] : [`virtwork-${vm}`]), ...flags]);
    this.machines = [];
  }

  /** Ends QEMU at once, as a crash of the machine or the memory limit of a pod does. */
  kill(vm: string): void {
    process.kill(this.machine(vm).pid, 'SIGKILL');
  }

  /** The line of a VM in the output of `lab status`. */
  statusLine(vm: string): string {
    return (
      this.lab(['status'])
        .split('\n')
        .find((line) => line.startsWith(`virtwork-${vm} `)) ?? ''
    );
  }

  vms(): VmStatus[] {
    return (JSON.parse(this.lab(['status', '-o', 'json'])) as { vms: VmStatus[] }).vms;
  }

  /** The output of a shell script that root runs in a VM. */
  exec(vm: string, script: string): string {
    return this.lab(['exec', `virtwork-${vm}`, '--', 'bash', '-c', script]).trim();
  }

  /** The output of `lab logs` for a VM. */
  logs(vm: string, ...flags: string[]): string {
    return this.lab(['logs', `virtwork-${vm}`, ...flags]);
  }

  async metrics(vm: string): Promise<Metrics> {
    return readMetrics(await (await fetch(`http://127.0.0.1:${this.machine(vm).healthPort}/metrics`)).text());
  }

  /** The records of all trials of all measured VMs. Fails unless all trials are done. */
  results(): unknown[] {
    return JSON.parse(this.lab(['results', '-o', 'json'])) as unknown[];
  }

  /** What `lab results` shows, also if not all trials are done. */
  resultsTable(): string {
    return run(process.execPath, [PROGRAM, 'lab', 'results', '--lab-dir', this.dir], { cwd: ROOT, seconds: 180 }).stdout;
  }

  /** Properties of a VM that change only with a restart. They are kept, because a query takes long while a guest is busy. */
  machine(vm: string): VmStatus {
    if (this.machines.length === 0) this.machines = this.vms();
    return this.machines.find(({ name }) => name === `virtwork-${vm}`) as VmStatus;
  }

  /** Bytes that QEMU wrote to a disk of a VM, measured from outside of the guest. */
  async writtenBytes(vm: string, disk: string): Promise<number> {
    const devices = (await this.ask(vm, 'query-blockstats')) as { qdev?: string; device: string; stats: { wr_bytes: number } }[];
    return devices.find(({ device }) => device === disk)?.stats.wr_bytes ?? Number.NaN;
  }

  /** IDs of the threads that run the CPUs of a VM. */
  async cpuThreads(vm: string): Promise<number[]> {
    return ((await this.ask(vm, 'query-cpus-fast')) as { 'thread-id': number }[]).map((cpu) => cpu['thread-id']);
  }

  /** Makes QEMU record the first bytes of every frame on the link of a VM. @returns the file */
  async dumpLink(vm: string): Promise<string> {
    const file = join(this.dir, 'vms', `virtwork-${vm}`, 'link.pcap');
    await this.ask(vm, 'object-add', { 'qom-type': 'filter-dump', id: 'dump', netdev: 'link', file, maxlen: 64 });
    return file;
  }

  /** The answer of the guest agent of a VM on its channel, to the request that KubeVirt sends. */
  agent(vm: string, command: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.dir, 'vms', `virtwork-${vm}`, 'agent'));
      let text = '';
      // A guest without an agent does not answer.
      socket.setTimeout(30_000, () => socket.destroy(new Error(`the guest agent does not answer ${command}`)));
      socket.on('error', reject);
      socket.on('data', (data) => {
        text += data;
        if (!text.includes('\n')) return;
        socket.end();
        resolve((JSON.parse(text) as { return: unknown }).return);
      });
      socket.write(`${JSON.stringify({ execute: command })}\n`);
    });
  }

  private ask(vm: string, command: string, args: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.dir, 'vms', `virtwork-${vm}`, 'qmp'));
      let text = '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        text += data;
        const answers = text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as { QMP?: object; return?: unknown });
        const last = answers.filter((answer) => 'return' in answer).at(-1);
        if (answers.filter((answer) => 'return' in answer).length < 2) return;
        socket.end();
        resolve(last?.return);
      });
      socket.write(`${JSON.stringify({ execute: 'qmp_capabilities' })}${JSON.stringify({ execute: command, arguments: args })}`);
    });
  }

  private lab(args: readonly string[], seconds = 180): string {
    const [verb = '', ...words] = args;
    const split = words.indexOf('--') < 0 ? words.length : words.indexOf('--');
    const all = ['lab', verb, ...words.slice(0, split), '--lab-dir', this.dir, ...words.slice(split)];
    return outputOf(process.execPath, [PROGRAM, ...all], { cwd: ROOT, seconds });
  }
}

/** Samples by name with labels, as in `a_total{b="c"}`. */
export type Metrics = { readonly [sample: string]: number };

export function readMetrics(text: string): Metrics {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Retries a check. The default limit in seconds is enough for an emulated guest. */
export function eventually(check: () => unknown | Promise<unknown>, seconds = 180): Promise<void> {
  return tryUntil(check, seconds);
}

/** Boots an entry for the tests of a file, and removes its VMs afterward, also when tests fail. */
export function booted(entry: string, props: LabCase = {}): Lab {
  const lab = new Lab(entry, props);
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  return lab;
}
