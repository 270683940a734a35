import { inventory } from '../../../companion/cleanup';
import type { Client } from '../../../companion/client';
import type { Report } from '../../../companion/event';
import { type Checked, checkExperiment } from '../../../companion/experiment/check';
import { ClusterGroup } from '../../../companion/experiment/cluster-group';
import { clusterFacts } from '../../../companion/experiment/facts';
import type { GuestRequests } from '../../../companion/guest-requests';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { KINDS } from '../../../kubernetes/kinds';
import { GROUP } from '../../../kubernetes/labels';
import { applyCounted } from '../../companion/progress';
import type { Context } from '../../context';
import { clusterName, removeCommand } from './messages';
import type { Place } from './place';
import { poolsOf, type Source } from './source';

/** Kinds of objects that hold results. */
const MEASURED: readonly string[] = ['VirtualMachine', 'StatefulSet'];

export interface ClusterPlaceProps {
  readonly client: Client;
  readonly requests: GuestRequests;
  readonly report: Report;
  readonly source: Source;
  readonly context: Context;
}

/** The groups of an experiment on a cluster. */
export class ClusterPlace implements Place {
  readonly name: string;
  readonly where: string;
  readonly flags = ['kubeconfig', 'context', 'via'];

  constructor(private readonly props: ClusterPlaceProps) {
    const { namespace } = props.source.plan;
    this.name = clusterName(namespace);
    this.where = `namespace ${namespace}`;
  }

  removeCommand(groups: readonly string[]): string {
    return removeCommand(this.props.source.plan.namespace, groups);
  }

  async existing(groups: readonly PlannedGroup[], withRest: boolean): Promise<ReadonlySet<string>> {
    const wanted = new Set(groups.map(({ id }) => id));
    const kinds = withRest ? KINDS : KINDS.filter(({ kind }) => MEASURED.includes(kind));
    const { objects } = await inventory(this.props.client, GROUP, kinds);
    return new Set(objects.flatMap(({ metadata }) => metadata.labels?.[GROUP] ?? []).filter((id) => wanted.has(id)));
  }

  check(groups: readonly PlannedGroup[], running: ReadonlySet<string>): Promise<Checked> {
    const { client, source } = this.props;
    return checkExperiment({ client, groups, running, objectsOf: (group) => source.objectsOf(client, group), ...poolsOf(source) });
  }

  async begin(): Promise<{ readonly cluster: object }> {
    const { client, source, report, context } = this.props;
    await applyCounted(client, await source.shared(client), report, context.log);
    return { cluster: await clusterFacts(client) };
  }

  async group(group: PlannedGroup, say: (message: string) => void): Promise<ClusterGroup> {
    const { client, requests, report, source } = this.props;
    return new ClusterGroup({ client, requests, report, group, say, objects: await source.objectsOf(client, group) });
  }
}
