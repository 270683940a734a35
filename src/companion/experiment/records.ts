import type { PlannedGroup } from '../../experiment/experiment-plan';
import { GROUP, WORKLOAD } from '../../kubernetes/labels';
import type { ResultsFolder } from '../../results/folder';
import type { KubeObject } from '../objects';
import { expanded } from '../pools';
import { NO_RECORD, recordFailed } from './messages';

/** A record that a group misses. */
export interface Missing {
  /** @default it is about the group as a whole */
  readonly vm?: string;
  /** @default it is about all trials of the VM */
  readonly trial?: string;
  readonly why: string;
}

/** The Secret with the trials, which only VMs that are measured have. */
const TRIALS = /(^|-)guest-trials(-|$)/;

/** Names of the VMs, or of the pods in their place, in manifests of a group that are measured: not those of other workloads, nor of roles without trials. */
export function measuredNames(objects: readonly KubeObject[], { id, workload, pod }: PlannedGroup): string[] {
  const isMeasured = ({ metadata: { labels = {} } }: KubeObject) => labels[GROUP] === id && labels[WORKLOAD] === workload;
  if (pod) return objects.filter((object) => object.kind === 'StatefulSet' && isMeasured(object)).flatMap(podNames);
  const vms = expanded(objects).filter((object) => object.kind === 'VirtualMachine' && isMeasured(object));
  const withTrials = vms.filter(({ spec }) => secretsOf(spec).some((name) => TRIALS.test(name)));
  return (withTrials.length > 0 ? withTrials : vms).map(({ metadata }) => metadata.name);
}

function podNames({ metadata: { name }, spec }: KubeObject): string[] {
  return Array.from({ length: Number(spec?.replicas ?? 1) }, (_, index) => `${name}-${index}`);
}

function secretsOf(spec: KubeObject['spec']): string[] {
  const volumes = (spec?.template?.spec?.volumes ?? []) as readonly { readonly secret?: { readonly secretName?: string } }[];
  return volumes.flatMap(({ secret }) => secret?.secretName ?? []);
}

/** The trials of which the folder has no record that is done, for each VM. */
export function missingRecords(folder: ResultsFolder, group: PlannedGroup, vms: readonly string[]): Missing[] {
  return vms.flatMap((vm) => {
    const why = new Map(group.trials.map(({ id }) => [id, NO_RECORD]));
    for (const { summary } of folder.of(group.id, vm)) {
      if (summary.plan !== group.plan || !why.has(summary.trial)) continue;
      if (summary.outcome === 'done') why.delete(summary.trial);
      else why.set(summary.trial, recordFailed(summary.outcome, summary.why));
    }
    return [...why].map(([trial, reason]): Missing => ({ vm, trial, why: reason }));
  });
}
