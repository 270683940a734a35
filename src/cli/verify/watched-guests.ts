import type { Client } from '../../companion/client';
import type { GuestRequests } from '../../companion/guest-requests';
import type { Text } from '../../companion/guest-texts';
import { type FoundVm, foundVms } from '../../companion/measured';
import { HALTED } from '../../companion/messages';
import { EXIT, type Problem, refuse, UserError } from '../../errors';
import { didOf, GuestSeries, type Truth, type TruthVm, type TruthWorkload } from '../../verify/truth';
import type { Outside } from '../../verify/verification';
import { noVms } from '../companion/messages';
import { noSignal } from './messages';
import type { View, WatchedSignal, WatchedVm } from './watch-view';
import type { WorkloadOf } from './workloads';

export interface GuestsProps {
  readonly client: Client;
  readonly requests: GuestRequests<Text>;
  readonly selector: string;
  readonly workloadOf: WorkloadOf;
  /** Names of those to show. Absent: those of the entry, and others above their floor. */
  readonly signals?: readonly string[];
  readonly outsideOf?: (truth: Truth) => Promise<Outside>;
}

/** Seconds over which Prometheus computes rates: two scrapes are in them, where it scrapes each 30 s. */
const LOOK_BACK = 120;

/** The last two answers of a guest. */
interface Answers {
  readonly before?: Answer;
  readonly last?: Answer;
  readonly trouble?: string;
}

interface Answer {
  /** Seconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** What the guests of a namespace do now, from their last two answers. */
export class Guests {
  private readonly answers = new Map<string, Answers>();

  constructor(private readonly props: GuestsProps) {}

  /** Asks each guest. @throws UserError, Interrupted */
  async look(): Promise<readonly FoundVm[]> {
    const { client, selector, requests } = this.props;
    const vms = await foundVms(client, selector);
    if (vms.length === 0) throw new UserError([noVms(client.namespace)], EXIT.no);
    refuse(this.unknownSignals(vms));
    await requests.each(vms, async ({ name }, ask) => {
      const { last } = this.answers.get(name) ?? {};
      const start = now();
      const answer = await ask('metrics');
      this.answers.set(
        name,
        'trouble' in answer
          ? { trouble: answer.trouble.message }
          : { ...(last ? { before: last } : {}), last: { time: (start + now()) / 2, text: answer.body.toString('utf8') } },
      );
    });
    return vms;
  }

  /**
   * @param isLater whether the product has answered before: what it has now may pass, and the guests are shown without it
   * @throws UserError, Interrupted
   */
  async view(isLater = false): Promise<View> {
    const vms = await this.look();
    const followed = vms.map((vm) => ({ vm, workload: this.props.workloadOf(vm), truth: this.truthOf(vm) }));
    let problem: string | undefined;
    const outside = await this.outside(followed)?.catch((error: unknown) => {
      if (!isLater || !(error instanceof UserError)) throw error;
      problem = error.message;
      return undefined;
    });
    return {
      ...(problem === undefined ? {} : { problem }),
      namespace: this.props.client.namespace,
      time: new Date(),
      hasOutside: this.props.outsideOf !== undefined,
      vms: followed.map((each) => this.watched(each, outside)),
    };
  }

  private unknownSignals(vms: readonly FoundVm[]): Problem[] {
    const { signals = [], workloadOf } = this.props;
    const known = [...new Set(vms.flatMap((vm) => workloadOf(vm).signals.map(({ name }) => name)))];
    return signals.filter((name) => !known.includes(name)).map((name) => noSignal(name, known));
  }

  private truthOf(vm: FoundVm): TruthVm {
    const { signals, role } = this.props.workloadOf(vm);
    const { before, last } = this.answers.get(vm.name) ?? {};
    const series = new GuestSeries(signals);
    for (const answer of [before, last]) if (answer) series.add(answer.time, answer.text);
    const { times, series: all } = series;
    return { name: vm.name, workload: vm.workload, ...(role === undefined ? {} : { role }), times, series: all, events: [] };
  }

  private outside(followed: readonly Followed[]): Promise<Outside> | undefined {
    const to = now();
    const workloads = new Map(followed.map(({ workload }) => [JSON.stringify([workload.workload, workload.role]), workload]));
    return this.props.outsideOf?.({
      schema: 'virtwork.truth/1',
      namespace: this.props.client.namespace,
      from: to - LOOK_BACK,
      to,
      interval: 15,
      workloads: [...workloads.values()],
      vms: followed.map(({ truth }) => truth),
    });
  }

  private watched({ vm, workload, truth }: Followed, outside: Outside | undefined): WatchedVm {
    const { state, name } = vm;
    const trouble = state.halted ? HALTED : (state.why ?? this.answers.get(name)?.trouble);
    const signals = workload.signals.flatMap((signal): WatchedSignal[] => {
      const guest = didOf(truth, signal, truth.times[0] ?? 0, truth.times.at(-1) ?? 0);
      const seen = signal.guest && signal.outside !== undefined ? outside?.of(truth, signal).windows.at(-1)?.value : undefined;
      const isAsked = this.props.signals?.includes(signal.name) ?? (!signal.byDefault || Math.max(guest ?? 0, seen ?? 0) >= signal.floor);
      if (!signal.guest || !isAsked) return [];
      return [
        {
          name: signal.name,
          unit: signal.unit,
          ...(guest === undefined ? {} : { guest }),
          ...(seen === undefined ? {} : { outside: seen }),
        },
      ];
    });
    return { name, phase: state.phase || state.status, isReady: state.ready, signals, ...(trouble === undefined ? {} : { why: trouble }) };
  }
}

interface Followed {
  readonly vm: FoundVm;
  readonly workload: TruthWorkload;
  readonly truth: TruthVm;
}

function now(): number {
  return Date.now() / 1000;
}
