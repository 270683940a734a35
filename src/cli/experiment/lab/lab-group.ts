import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../../../companion/client';
import type { GroupPlace, GroupVms, SilentVm } from '../../../companion/experiment/place';
import type { Missing } from '../../../companion/experiment/records';
import { UserError } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import type { LabFolder, LabVm } from '../../../lab/folder';
import { runs } from '../../../lab/folder';
import { FILES } from '../../../lab/machine';
import { resultsOf } from '../../../lab/results';
import { bringUp, type LabProps } from '../../../lab/up';
import { takeDown } from '../../../lab/vm';
import type { Plan } from '../../../plan/plan';
import { atATime } from '../../../results/at-a-time';
import type { ResultsFolder } from '../../../results/folder';
import { VmResults } from '../../../results/vm-results';
import { vmFacts } from './facts';
import { BOOTING, IS_BOOTING, REMOVING } from './messages';

export interface LabGroupProps extends Pick<LabProps, 'image' | 'accelerator'> {
  readonly group: PlannedGroup;
  readonly plan: Plan;
  readonly folder: LabFolder;
  readonly signal: AbortSignal;
  /** Called with each step, in words. */
  readonly say: (message: string) => void;
}

/** Guests that are asked at the same time. */
const AT_A_TIME = 16;

/** The VMs of a group on this machine. */
export class LabGroup implements GroupPlace {
  readonly names: readonly string[];
  /** Those next to them too. */
  private readonly all: readonly string[];
  /** When the VMs were started. Absent: another process did it. */
  private started: number | undefined;
  private readonly answered = new Map<string, number>();

  constructor(private readonly props: LabGroupProps) {
    const { group, plan } = props;
    this.all = vmsOf(plan);
    const measured = plan.workloads.filter(({ name }) => name === group.workload).flatMap(({ roles }) => roles);
    this.names = measured.filter(({ trials }) => trials).flatMap(({ vms }) => vms.map(({ name }) => name));
  }

  /** If a VM is missing or has stopped, the others cannot go on as a group. */
  async existing(): Promise<ReadonlyMap<string, 'running' | 'ending'>> {
    const found = this.all.flatMap((name) => this.find(name) ?? []);
    const isWhole = found.length === this.all.length && found.every(runs);
    return new Map(found.map(({ name }) => [name, isWhole ? 'running' : 'ending']));
  }

  async create(): Promise<readonly Missing[]> {
    const { plan, folder, image, accelerator, say } = this.props;
    if ((await this.existing()).size > 0) return [];
    say(BOOTING);
    try {
      this.started = Date.now();
      await bringUp({ plan, folder, image, accelerator });
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.problems.map(({ message }) => ({ why: message }));
    }
  }

  results(folder: ResultsFolder): GroupVms {
    const { group, signal } = this.props;
    const known = new Map(this.names.map((name) => [name, new VmResults({ name, group: group.id, folder })]));
    return {
      find: (name) => known.get(name),
      round: async () => {
        await atATime(AT_A_TIME, [...known.values()], async (vm) => {
          await vm.update(resultsOf(this.find(vm.name), signal));
          if (vm.state && !this.answered.has(vm.name)) this.answered.set(vm.name, Date.now());
        });
        if (signal.aborted) throw new Interrupted();
      },
    };
  }

  private find(name: string): LabVm | undefined {
    return this.props.folder.find(name);
  }

  /** A console that grows shows that a guest boots. */
  async states(): Promise<readonly SilentVm[]> {
    return this.names.flatMap((name) => {
      const vm = this.find(name);
      if (!vm || !runs(vm)) return [];
      const { size = 0 } = statSync(join(this.props.folder.of(name), FILES.console), { throwIfNoEntry: false }) ?? {};
      const isNew = !this.answered.has(name);
      return [{ name, status: '', phase: String(size), node: '', ...(isNew ? { why: IS_BOOTING } : {}) }];
    });
  }

  async facts(): Promise<{ readonly [vm: string]: object }> {
    const { plan, folder } = this.props;
    return Object.fromEntries(
      this.names.map((name) => {
        const answered = this.answered.get(name);
        // The time until the guest answered is known only if this process started the VM.
        const boot = this.started === undefined || answered === undefined ? {} : { boot: Math.round((answered - this.started) / 1000) };
        return [name, { ...vmFacts(plan, name, folder), ...boot }];
      }),
    );
  }

  async remove(): Promise<{ readonly left?: string }> {
    const { folder, say } = this.props;
    const found = this.all.filter((name) => folder.has(name));
    if (found.length === 0) return {};
    say(REMOVING);
    await takeDown(folder, found);
    return {};
  }

  pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.props.signal }).catch(() => {
      throw new Interrupted();
    });
  }
}

/** All VMs of a group. */
export function vmsOf({ workloads }: Plan): string[] {
  return workloads.flatMap(({ roles }) => roles).flatMap(({ vms }) => vms.map(({ name }) => name));
}
