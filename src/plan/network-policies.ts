import type { Port } from '../catalog/entry';
import { ROLE, RUN_ID, WORKLOAD } from '../kubernetes/labels';
import type { Options } from '../options/options';
import type { NetworkPolicyPlan, PodSelector, PolicyPlan, PortPlan } from './component-plan';
import { nameOfRun } from './names';
import type { GuestPlan, RolePlan, ServicePlan, WorkloadPlan } from './plan';

/** CoreDNS listens on 53, and that of OpenShift on 5353: a policy sees the port of the pod, not that of the Service. */
const DNS = [53, 5353];
/** The API server listens on 6443 in most clusters; its Service has 443. */
const API = [443, 6443];
const SSH = 22;
/** By scheme, the port of a URL that states none. */
const SCHEMES: { readonly [scheme: string]: number } = { http: 80, https: 443, ftp: 21 };

/**
 * What the pods of the VMs of a base may reach, and from where they may be reached: nothing, except what is listed. Policies are added up.
 * They select by labels of this run, and not all pods of the namespace.
 */
export function networkPolicies({ namespace, runId }: Options, workloads: readonly WorkloadPlan[]): NetworkPolicyPlan {
  const roles = workloads.flatMap((workload) => workload.roles).filter(({ vms }) => vms.length > 0);
  const policies: PolicyPlan[] = [
    deny(),
    dns(),
    ...healths(roles),
    ...workloads.flatMap(services),
    ...downloads(roles),
    ...workloads.flatMap(apiServer),
    ...ssh(roles),
  ];
  return { kind: 'network-policy', namespace, runId, policies: policies.map((policy) => ofRun(policy, namespace, runId)) };
}

/** The pods that a policy selects, and those that its rule names, are those of the run. */
function ofRun(policy: PolicyPlan, namespace: string, runId: string): PolicyPlan {
  const own = (pods: PodSelector) => ({ ...pods, labels: { [RUN_ID]: runId, ...pods.labels } });
  const { name, pods, peer } = policy;
  return {
    ...policy,
    name: nameOfRun(namespace, runId, name),
    pods: own(pods),
    ...(peer === undefined || peer === 'virt-api' ? {} : { peer: own(peer) }),
  };
}

const ALL: PodSelector = { labels: {} };

function deny(): PolicyPlan {
  return {
    name: 'deny',
    what: 'The pods of the VMs reach nothing and are reached by nothing, except by what the other policies allow.',
    pods: ALL,
    directions: ['Ingress', 'Egress'],
  };
}

function dns(): PolicyPlan {
  const what =
    'DNS: the servers of most clusters listen on 53, those of OpenShift on 5353. Any address, because a cache on the node is not a pod.';
  return { name: 'dns', what, pods: ALL, directions: ['Egress'], ports: DNS.flatMap((port) => [tcp(port), { port, protocol: 'UDP' }]) };
}

/** From everywhere: neither the nodes nor the API server have labels that a policy could select. */
function healths(roles: readonly RolePlan[]): PolicyPlan[] {
  const served = roles.filter(({ healthPort }) => healthPort !== 0);
  const ports = [...new Set(served.map(({ healthPort }) => healthPort))];
  return ports.map((port) => ({
    name: `health-${port}`,
    what: 'The health endpoint, which also has the metrics and results: for probes of the node, the proxy of the API server, and Prometheus. From anywhere, because nodes have no labels that a policy selects. To narrow it, add "from" with an ipBlock of your nodes and your Prometheus.',
    pods: those(
      served.filter(({ healthPort }) => healthPort === port),
      roles,
    ),
    directions: ['Ingress'],
    ports: [tcp(port)],
  }));
}

/** The VMs of a workload reach each other on the ports of its Services. */
function services({ name, services: all, roles }: WorkloadPlan): PolicyPlan[] {
  const used = all.filter(({ ports }) => ports.length > 0);
  const targets = new Map<string | undefined, ServicePlan[]>();
  for (const service of used) targets.set(service.role, [...(targets.get(service.role) ?? []), service]);
  return [...targets].flatMap(([role, own]) => {
    const ports = unique(own.flatMap((service) => service.ports.map(({ port, protocol }: Port): PortPlan => ({ port, protocol }))));
    const of = role === undefined ? name : `${name}-${role}`;
    const target = { labels: { [WORKLOAD]: name, ...(role === undefined ? {} : { [ROLE]: role }) } };
    const workload = { labels: { [WORKLOAD]: name } };
    const open = ports.filter(({ port, protocol }) => protocol !== 'TCP' || roles.every(({ healthPort }) => healthPort !== port));
    const words = own.map((service) => service.name).join(' and ');
    return [
      ...(open.length > 0
        ? [
            {
              name: `in-${of}`,
              what: `The ports of ${words}, for VMs of ${name}.`,
              pods: target,
              directions: ['Ingress' as const],
              peer: workload,
              ports: open,
            },
          ]
        : []),
      { name: `out-${of}`, what: `VMs of ${name} use ${words}.`, pods: workload, directions: ['Egress' as const], peer: target, ports },
    ];
  });
}

/** One policy for all guests that download from the same ports. */
function downloads(roles: readonly RolePlan[]): PolicyPlan[] {
  const byPorts = new Map<string, RolePlan[]>();
  for (const role of roles) {
    const ports = downloadPorts(role.guest);
    if (ports.length > 0) byPorts.set(ports.join('-'), [...(byPorts.get(ports.join('-')) ?? []), role]);
  }
  return [...byPorts].map(([ports, own]) => ({
    name: `downloads-${ports}`,
    what: 'The servers or the proxy from which the guests get their packages. Any address, because a policy knows no host names. To narrow it, add "to" with an ipBlock.',
    pods: those(own, roles),
    directions: ['Egress'],
    ports: ports.split('-').map((port) => tcp(Number(port))),
  }));
}

/** @returns the ports in ascending order; none if the guests install nothing */
function downloadPorts({ preparation: { packages, proxy = {}, repositories = [] } = {} }: GuestPlan): number[] {
  if (packages !== undefined) return [];
  const urls = repositories.flatMap(({ kind, content }) => (kind === 'key' || typeof content !== 'string' ? [] : urlsIn(content)));
  // Those of the image, which keeps its own repositories.
  const direct = [...urls, 'http://image', 'https://image'];
  const behind = (url: string) => (url.startsWith('https:') ? proxy.https : url.startsWith('http:') ? proxy.http : undefined);
  const reached = direct.flatMap((url) => {
    const by = behind(url);
    // What no_proxy names is reached without the proxy.
    return by === undefined ? [url] : (proxy.no_proxy ?? []).length > 0 ? [by, url] : [by];
  });
  return [...new Set(reached.map(portOf))].sort((one, other) => one - other);
}

function urlsIn(text: string): string[] {
  return [...text.matchAll(/^(?!\s*#).*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/\b(?:https?|ftp):\/\/[^\s,"'<>\]]+/g)].map(([url]) => url),
  );
}

function portOf(url: string): number {
  const [, scheme = '', port] = /^([a-z]+):\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]*)(?::([0-9]{1,5}))?/.exec(url) ?? [];
  return port === undefined ? (SCHEMES[scheme] ?? 443) : Number(port);
}

function apiServer({ name, access }: WorkloadPlan): PolicyPlan[] {
  if (!access) return [];
  const labels = { [WORKLOAD]: name, ...(access.role === undefined ? {} : { [ROLE]: access.role }) };
  const what = `VMs of ${name} use the API server. Any address, because it is outside of the pod network.`;
  return [{ name: `api-${name}`, what, pods: { labels }, directions: ['Egress'], ports: API.map(tcp) }];
}

/** `virtctl ssh` connects through a pod of KubeVirt. */
function ssh(roles: readonly RolePlan[]): PolicyPlan[] {
  const own = roles.filter(({ guest }) => guest.ssh !== undefined);
  if (own.length === 0) return [];
  const what =
    'SSH with "virtctl ssh", which connects from pods of virt-api. "kubectl port-forward" connects from the node, which is always allowed.';
  return [{ name: 'ssh', what, pods: those(own, roles), directions: ['Ingress'], peer: 'virt-api', ports: [tcp(SSH)] }];
}

/** Selects these roles, and all VMs if they are all. */
function those(own: readonly RolePlan[], all: readonly RolePlan[]): PodSelector {
  if (own.length === all.length) return ALL;
  return { labels: {}, workloads: [...new Set(own.map(({ workload }) => workload))] };
}

function tcp(port: number): PortPlan {
  return { port, protocol: 'TCP' };
}

function unique(ports: readonly PortPlan[]): PortPlan[] {
  return [...new Map(ports.map((each) => [`${each.protocol}/${each.port}`, each])).values()];
}
