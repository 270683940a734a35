import type { PlannedGroup } from '../../experiment/experiment-plan';
import { GROUP } from '../../kubernetes/labels';
import type { ResultsFolder } from '../../results/folder';
import { apply } from '../apply';
import { cleanUp, inventory } from '../cleanup';
import { type Client, KubectlError } from '../client';
import type { Report } from '../event';
import type { GuestRequests } from '../guest-requests';
import { isMeasuredPod } from '../measured';
import { MeasuredResults } from '../measured-results';
import type { KubeObject } from '../objects';
import { examine } from '../observe';
import { whyPodWaits } from '../reason';
import { vmFacts } from './facts';
import { APPLYING, DELETING, notGone, rejected } from './messages';
import type { GroupPlace, GroupVms, SilentVm } from './place';
import { type Missing, measuredNames } from './records';

export interface ClusterGroupProps {
  readonly client: Client;
  readonly requests: GuestRequests;
  readonly group: PlannedGroup;
  readonly objects: readonly KubeObject[];
  readonly report: Report;
  /** Called with each step, in words. */
  readonly say: (message: string) => void;
}

/** Seconds until the volumes of a deleted group are gone. */
const GONE = 600;

/** The objects of a group on a cluster. Its functions throw KubectlError too. */
export class ClusterGroup implements GroupPlace {
  readonly names: readonly string[];
  /** Selects everything of the group, neighbors too. */
  private readonly selector: string;

  constructor(private readonly props: ClusterGroupProps) {
    this.names = measuredNames(props.objects, props.group);
    this.selector = `${GROUP}=${props.group.id}`;
  }

  async existing(): Promise<ReadonlyMap<string, 'running' | 'ending'>> {
    const vms = this.isOfPods ? await this.pods() : await this.props.client.list('virtualmachines.kubevirt.io', '-l', this.selector);
    return new Map(vms.map(({ metadata }) => [metadata.name, metadata.deletionTimestamp === undefined ? 'running' : 'ending']));
  }

  async create(): Promise<readonly Missing[]> {
    const { client, objects, report, say } = this.props;
    say(APPLYING);
    try {
      const { refused } = await apply(client, objects, report);
      return refused.map(({ object, problem }) => ({ why: rejected(object.kind, object.metadata.name, problem.message) }));
    } catch (error) {
      if (!(error instanceof KubectlError) || !OF_OBJECTS.includes(error.problem.cause)) throw error;
      return [{ why: error.problem.message }];
    }
  }

  results(folder: ResultsFolder): GroupVms {
    const { client, requests } = this.props;
    const wanted = new Set(this.names);
    return new MeasuredResults({
      client,
      requests,
      folder,
      selector: this.selector,
      choose: (vms) => vms.filter(({ name }) => wanted.has(name)),
    });
  }

  async states(): Promise<readonly SilentVm[]> {
    if (!this.isOfPods) return examine(this.props.client, this.selector);
    return (await this.pods()).map((pod) => {
      const { phase = '', reason = '' } = (pod.status ?? {}) as { readonly phase?: string; readonly reason?: string };
      return { name: pod.metadata.name, status: reason, phase, node: String(pod.spec?.nodeName ?? ''), why: whyPodWaits(pod) };
    });
  }

  /** Whether pods are measured in the place of VMs. */
  private get isOfPods(): boolean {
    return this.props.group.pod !== undefined;
  }

  private async pods(): Promise<KubeObject[]> {
    return (await this.props.client.list('pods', '-l', this.selector)).filter(isMeasuredPod);
  }

  facts() {
    return vmFacts(this.props.client, this.selector, this.names);
  }

  async remove(): Promise<{ readonly left?: string }> {
    const { client, report, say } = this.props;
    const { selector } = this;
    const found = await inventory(client, selector);
    if (found.objects.length === 0) return {};
    say(DELETING);
    const { left, problems } = await cleanUp({ client, selector, found, timeout: GONE, report, progress: () => {} });
    const rest = [
      ...problems.map(({ message }) => message),
      ...left.map(({ object, why }) => `${object.kind} ${object.metadata.name} ${why}`),
    ];
    return rest.length > 0 ? { left: notGone(rest) } : {};
  }

  pause(milliseconds: number): Promise<void> {
    return this.props.client.pause(milliseconds);
  }
}

/** Why all objects of a group may be rejected, while other groups are not. */
const OF_OBJECTS: readonly string[] = ['quota', 'rejected', 'forbidden', 'unknownKind', 'conflict', 'changed', 'unknown'];
