import type { ClaimFacts, ClusterFacts, VmFacts } from '../../experiment/run-facts';
import type { Client } from '../client';
import { listedOnce } from '../listed';
import { isMeasuredPod } from '../measured';
import { condition, type KubeObject } from '../objects';
import { launchers } from '../readiness';
import { notListed } from './messages';

/** An object as the server prints it: any field may be there. */
// biome-ignore lint/suspicious/noExplicitAny: the server decides about its type
type Printed = KubeObject & { readonly [field: string]: any };

/** @throws Interrupted */
export async function clusterFacts(client: Client): Promise<ClusterFacts> {
  const [version, kubevirts, classes, profiles, drivers, nodes] = await Promise.all([
    versionOf(client),
    listedOnce(client, 'kubevirts.kubevirt.io', '-A'),
    listedOnce(client, 'storageclasses.storage.k8s.io'),
    listedOnce(client, 'storageprofiles.cdi.kubevirt.io'),
    listedOnce(client, 'csidrivers.storage.k8s.io'),
    listedOnce(client, 'nodes'),
  ]);
  const all = { kubevirts, storageclasses: classes, storageprofiles: profiles, csidrivers: drivers, nodes };
  return {
    ...(version === undefined ? {} : { version }),
    kubevirt: each(kubevirts, ({ metadata, spec, status }) => ({
      name: metadata.name,
      namespace: metadata.namespace,
      phase: status?.phase,
      version: status?.observedKubeVirtVersion ?? status?.targetKubeVirtVersion,
      featureGates: spec?.configuration?.developerConfiguration?.featureGates ?? [],
      cpuAllocationRatio: spec?.configuration?.developerConfiguration?.cpuAllocationRatio,
    })),
    storageClasses: each(classes, ({ metadata, provisioner, parameters, reclaimPolicy, volumeBindingMode, mountOptions }) => ({
      name: metadata.name,
      annotations: metadata.annotations,
      provisioner,
      parameters,
      reclaimPolicy,
      volumeBindingMode,
      mountOptions,
    })),
    storageProfiles: each(profiles, ({ metadata, spec, status }) => ({ name: metadata.name, spec, status })),
    csiDrivers: each(drivers, ({ metadata, spec }) => ({ name: metadata.name, spec })),
    nodes: each(nodes, ({ metadata: { name, labels = {} }, status }) => ({
      name,
      zone: labels['topology.kubernetes.io/zone'],
      region: labels['topology.kubernetes.io/region'],
      instanceType: labels['node.kubernetes.io/instance-type'],
      capacity: status?.capacity,
      allocatable: status?.allocatable,
      system: status?.nodeInfo,
    })),
    unknown: [
      ...(version === undefined ? [notListed('version')] : []),
      ...Object.entries(all).flatMap(([name, objects]) => (objects === undefined ? [notListed(name)] : [])),
    ],
  };
}

function each(objects: readonly KubeObject[] | undefined, facts: (object: Printed) => object): object[] {
  return (objects ?? []).map((object) => facts(object as Printed));
}

async function versionOf(client: Client): Promise<unknown> {
  const { code, stdout } = await client.run(['version', '-o', 'json']);
  try {
    return code === 0 ? JSON.parse(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Facts of the named VMs, by name. @throws Interrupted */
export async function vmFacts(client: Client, selector: string, names: readonly string[]): Promise<{ readonly [vm: string]: VmFacts }> {
  const [vms, instances, pods, claims] = await Promise.all([
    listedOnce(client, 'virtualmachines.kubevirt.io', '-l', selector),
    listedOnce(client, 'virtualmachineinstances.kubevirt.io', '-l', selector),
    listedOnce(client, 'pods', '-l', selector),
    listedOnce(client, 'persistentvolumeclaims', '-l', selector),
  ]);
  const byName = (objects: readonly KubeObject[] = []) => new Map(objects.map((object) => [object.metadata.name, object]));
  const [machines, running, podsOf, claimsOf] = [byName(vms), byName(instances), launchers(pods ?? []), byName(claims)];
  return Object.fromEntries(
    names.map((name) => {
      // Trials may run in pods instead of VMs, with their names.
      const measured = byName((pods ?? []).filter(isMeasuredPod)).get(name);
      const [vm, instance, pod] = [machines.get(name), running.get(name), podsOf.get(name) ?? measured];
      const node = (instance?.status?.nodeName ?? measured?.spec?.nodeName) as string | undefined;
      const own = claimNames(vm?.spec?.template?.spec ?? measured?.spec).flatMap((claim) => claimsOf.get(claim) ?? []);
      return [
        name,
        {
          ...(node === undefined ? {} : { node }),
          ...(pod === undefined ? {} : { pod: pod.metadata.name }),
          claims: own.map(claimFacts),
          ...times(vm ?? measured, instance),
        },
      ];
    }),
  );
}

/** A claim has the name of its DataVolume. */
function claimNames(spec: KubeObject['spec']): string[] {
  const volumes = (spec?.volumes ?? []) as readonly {
    readonly dataVolume?: { readonly name: string };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
  return volumes.flatMap(({ dataVolume, persistentVolumeClaim }) => dataVolume?.name ?? persistentVolumeClaim?.claimName ?? []);
}

function claimFacts({ metadata, spec, status }: KubeObject): ClaimFacts {
  const known = {
    volume: spec?.volumeName,
    storageClass: spec?.storageClassName,
    volumeMode: spec?.volumeMode,
    accessModes: status?.accessModes ?? spec?.accessModes,
    capacity: status?.capacity?.storage,
  };
  return { name: metadata.name, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}

function times(vm: KubeObject | undefined, instance: KubeObject | undefined): Omit<VmFacts, 'claims'> {
  const stamps = (instance?.status?.phaseTransitionTimestamps ?? []) as readonly {
    readonly phase?: string;
    readonly phaseTransitionTimestamp?: string;
  }[];
  const phases = Object.fromEntries(
    stamps.flatMap(({ phase, phaseTransitionTimestamp: at }) => (phase && at ? [[phase, at]] : [])),
  ) as VmFacts['phases'];
  const agent = condition(instance, 'AgentConnected') as { readonly status: string; readonly lastTransitionTime?: string } | undefined;
  const created = vm?.metadata.creationTimestamp;
  const durations = {
    provisioning: between(created, phases.Scheduling),
    attach: between(phases.Scheduling, phases.Scheduled),
    start: between(phases.Scheduled, phases.Running),
    boot: agent?.status === 'True' ? between(phases.Running, agent.lastTransitionTime) : undefined,
  };
  return {
    phases,
    ...(created === undefined ? {} : { created }),
    ...Object.fromEntries(Object.entries(durations).filter(([, seconds]) => seconds !== undefined)),
  };
}

/** Seconds. */
function between(from: string | undefined, to: string | undefined): number | undefined {
  const seconds = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
  return Number.isNaN(seconds) || seconds < 0 ? undefined : seconds;
}
