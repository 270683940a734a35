import type { Client } from '../../companion/client';
import type { GuestRequests } from '../../companion/guest-requests';
import type { Text } from '../../companion/guest-texts';
import { type FoundVm, foundVms } from '../../companion/measured';
import { EXIT, UserError } from '../../errors';
import type { Plan } from '../../plan/plan';
import type { Asked as Answered } from '../../results/ask';
import { eventsIn, type GuestEvent } from '../../verify/events';
import { migrated } from '../../verify/messages';
import { GuestSeries, type Truth, type TruthVm, type TruthWorkload } from '../../verify/truth';
import { noVms } from '../companion/messages';
import type { Context } from '../context';
import type { Asked } from './asked';
import { aboutVm, absentVms, counted, different, headOf, longEnough } from './found-vms';
import { measuring, warmingUp } from './messages';
import type { WorkloadOf } from './workloads';

export interface LiveProps {
  readonly client: Client;
  readonly requests: GuestRequests<Text>;
  readonly selector: string;
  readonly run?: string;
  /** Absent: the VMs that the cluster has. */
  readonly plan?: Plan;
  readonly asked: Asked;
  readonly workloadOf: WorkloadOf;
  /** Called before the guests are asked. It may throw. */
  readonly check: (workloads: readonly TruthWorkload[]) => Promise<void>;
  readonly log: Context['log'];
}

/** A VM while its guest is asked. */
interface Followed {
  readonly workload: TruthWorkload;
  readonly series: GuestSeries;
  readonly moves: GuestEvent[];
  node: string;
  found: FoundVm;
  trouble?: string;
  events: readonly GuestEvent[];
}

/** Asks the guests again and again. @throws UserError, Interrupted */
export async function liveTruth({ client, requests, selector, run, plan, asked, workloadOf, check, log }: LiveProps): Promise<Truth> {
  const followed = new Map<string, Followed>();
  const listed = async () => follow(followed, await foundVms(client, selector), workloadOf);
  let vms = await listed();
  const missing = absentVms(plan, vms);
  if (vms.length + missing.length === 0) throw new UserError([noVms(client.namespace)], EXIT.no);
  const workloads = different([...followed.values()].map(({ workload }) => workload));
  await check(workloads);
  if (asked.warmUp > 0) {
    log.info(warmingUp(asked.warmUp));
    await client.pause(asked.warmUp * 1000);
  }
  const seconds = asked.seconds ?? longEnough(workloads);
  log.info(measuring(vms.length, seconds));
  const began = now();
  const round = (since?: number) => requests.each(vms, (vm, ask) => read(followed.get(vm.name) as Followed, ask, since));
  await round();
  // From the end of the first round to the beginning of the last one, so that the answers of every guest cover the time.
  const from = now();
  let to = from;
  for (let count = 1; to < from + seconds; count += 1) {
    // The last round is at the end, also where the time is no multiple of the interval.
    const next = Math.min(from + count * asked.interval, from + seconds);
    await client.pause(Math.max(0, next - now()) * 1000);
    vms = await listed();
    to = now();
    await round(to < from + seconds ? undefined : began);
  }
  return {
    ...headOf(client.namespace, run, plan),
    from,
    to,
    interval: asked.interval,
    workloads,
    vms: [...[...followed].map(([name, each]) => truthOf(name, each)), ...missing],
  };
}

function now(): number {
  return Date.now() / 1000;
}

function follow(followed: Map<string, Followed>, vms: readonly FoundVm[], workloadOf: LiveProps['workloadOf']): readonly FoundVm[] {
  for (const vm of vms) {
    const { node } = vm.state;
    const known = followed.get(vm.name);
    if (known === undefined) {
      const workload = workloadOf(vm);
      followed.set(vm.name, { workload, series: new GuestSeries(workload.signals), moves: [], node, found: vm, events: [] });
      continue;
    }
    if (node !== '' && known.node !== '' && node !== known.node)
      known.moves.push({ time: now(), kind: 'migration', text: migrated(known.node, node) });
    known.found = vm;
    known.node = node || known.node;
  }
  return vms;
}

/** @param since time of the first events; absent: events are not asked for */
async function read(vm: Followed, ask: (text: Text) => Promise<Answered>, since: number | undefined): Promise<void> {
  const before = now();
  const answer = await ask('metrics');
  if ('trouble' in answer) vm.trouble = answer.trouble.message;
  else {
    delete vm.trouble;
    const after = now();
    vm.series.add((before + after) / 2, answer.body.toString('utf8'), (after - before) / 2);
  }
  if (since === undefined || 'trouble' in answer) return;
  // A guest of an earlier version has no events.
  const events = await ask('events');
  if (!('body' in events)) return;
  const { ahead } = vm.series;
  vm.events = eventsIn(events.body.toString('utf8'), since + ahead).map((event) => ({ ...event, time: event.time - ahead }));
}

function truthOf(name: string, { workload, series, moves, found, trouble, events }: Followed): TruthVm {
  return {
    ...aboutVm(name, workload, found),
    ...(trouble === undefined ? {} : { trouble }),
    ...counted(series),
    events: [...moves, ...events].sort((a, b) => a.time - b.time),
  };
}
