import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf } from '../../../src/cli/lab/places';
import { builtImage } from '../../../src/lab/image';
import { eventually, type Place } from '../cluster';
import { shell } from './agent';

/** Milliseconds. Up to four emulated guests boot on two CPUs. */
export const BOOT = 15 * 60_000;

/** Folders of the guests, by the UID of their VMI. */
export const folder = join(process.env.TEST_BED ?? '', 'guests');

const skipped = test.skip as unknown as jest.It;

/** Tests with guests in QEMU, which need a test bed that can run them. */
export const withGuests: jest.It = process.env.TEST_GUESTS ? test : skipped;

/** Tests with guests in QEMU, whose image needs these programs. */
export function withPrograms(...programs: string[]): jest.It {
  return builtImage(cacheOf(process.env), programs) ? withGuests : skipped;
}

interface Instance {
  readonly metadata: { readonly uid: string };
  readonly status: {
    readonly phase: string;
    readonly nodeName: string;
    readonly guestOSInfo: { readonly id?: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string; readonly phase: string };
}

/** The guests of a namespace. */
export class Guests {
  constructor(private readonly place: Place) {}

  instance(vm: string): Instance {
    return JSON.parse(this.place.kubectl(`get vmi ${vm} -o json`)) as Instance;
  }

  isReady(vm: string): boolean {
    return this.instance(vm).status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  }

  /** The pod that runs the VM. */
  launcher(vm: string): Pod {
    const pods = this.place.list('pods', '-l', `vm.kubevirt.io/name=${vm}`) as unknown as Pod[];
    return pods.find(({ status }) => status.phase === 'Running') as Pod;
  }

  /** Runs a script as root. @returns its output */
  run(vm: string, script: string): Promise<string> {
    return shell(join(folder, this.instance(vm).metadata.uid, 'agent'), script);
  }

  /** The answer of the health endpoint, through the proxy of the API server. */
  ask(vm: string, path: 'healthz' | 'metrics'): string {
    const pod = `${this.launcher(vm).metadata.name}:9998`;
    return this.place.kubectl(`get --raw /api/v1/namespaces/${this.place.namespace}/pods/${pod}/proxy/${path}`);
  }

  /** A metric; NaN if the guest has none with this name and these labels. */
  metric(vm: string, sample: string): number {
    const line = this.ask(vm, 'metrics')
      .split('\n')
      .find((each) => each.startsWith(`${sample} `));
    return Number(line?.slice(sample.length));
  }

  /** Asks KubeVirt for a restart, and waits until the old VMI is gone. */
  async restart(vm: string): Promise<void> {
    const { uid } = this.instance(vm).metadata;
    const resource = `/apis/subresources.kubevirt.io/v1/namespaces/${this.place.namespace}/virtualmachines/${vm}/restart`;
    this.place.kubectl(`replace --raw ${resource} -f -`, '{}');
    await eventually(() => expect(this.instance(vm).metadata.uid).not.toBe(uid), 240);
  }

  /** Deletes all objects, after which no process and no disk is left. */
  async cleanUp(flags = ''): Promise<void> {
    expect(await this.place.virtwork(`cleanup --yes ${flags}`.trim())).toMatchObject({ status: 0 });
    await eventually(() => expect([machines(), readdirSync(folder, { recursive: true })]).toEqual([[], ['claims']]), 240);
  }
}

/** Processes that run QEMU in the folder of the test bed. */
export function machines(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('qemu-system') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${process.env.TEST_BED}\0`)
        );
      } catch {
        return false;
      }
    });
}
