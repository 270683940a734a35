// The Kustomize components next to a base, as plain data.

import type { Watched } from '../signals/rules';

/** A Kustomize component for an overlay of the user. */
export type ComponentPlan = QuotaPlan | NetworkPolicyPlan | PodSecurityPlan | MonitoringPlan | OpenShiftMonitoringPlan;

/** What the pods of the VMs may reach, and from where they may be reached. */
export interface NetworkPolicyPlan {
  readonly kind: 'network-policy';
  readonly namespace: string;
  readonly runId: string;
  readonly policies: readonly PolicyPlan[];
}

/** A NetworkPolicy with at most one rule. */
export interface PolicyPlan {
  readonly name: string;
  /** What it allows and why, in words. */
  readonly what: string;
  readonly pods: PodSelector;
  /** Directions that it decides about. */
  readonly directions: readonly ('Ingress' | 'Egress')[];
  /** Absent: no rule, so nothing is allowed. */
  readonly ports?: readonly PortPlan[];
  /** The other end: pods of VMs, or those of KubeVirt's API server. Absent: any address. */
  readonly peer?: PodSelector | 'virt-api';
}

export interface PodSelector {
  readonly labels: { readonly [key: string]: string };
  /** Names of workloads. Absent: all with the labels. */
  readonly workloads?: readonly string[];
}

export interface PortPlan {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** What the VMs of a base need at most, and a limit for everything in the namespace. */
export interface QuotaPlan {
  readonly kind: 'quota';
  /** Name of the ResourceQuota and the LimitRange. */
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** The pods of the VMs: one item for each role. */
  readonly pods: readonly PodsPlan[];
  /** Instancetypes whose CPUs and memory are unknown: the quota has no limits for these. */
  readonly unsized: readonly string[];
  readonly hard: readonly QuotaLine[];
}

/** The pods of the VMs of a role. */
export interface PodsPlan {
  /** Name of the workload, and of the role if there are several. */
  readonly of: string;
  readonly vms: number;
  readonly launcher: Launcher;
}

/** An amount of a quota. */
export interface QuotaLine {
  /** As in a ResourceQuota, such as `requests.cpu`. */
  readonly resource: string;
  /** Thousandths of CPUs, bytes, or a number of objects. */
  readonly unit: 'cpu' | 'bytes' | 'count';
  readonly parts: readonly QuotaPart[];
  /** At least the sum of the parts: bytes are rounded up to whole mebibytes. */
  readonly total: bigint;
}

export interface QuotaPart {
  readonly count: number;
  readonly each: bigint;
  readonly what: string;
}

/** Labels of the namespace by which the API server rejects pods with more permissions than those of VMs. */
export interface PodSecurityPlan {
  readonly kind: 'pod-security';
  readonly labels: { readonly [key: string]: string };
}

/** How Prometheus reads the metrics of the guests. */
export interface MonitoringPlan {
  readonly kind: 'monitoring';
  /** Name of its objects. */
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** The health ports, at least one. */
  readonly ports: readonly HealthPortPlan[];
  readonly watched: readonly Watched[];
}

/** The dashboard in the console of OpenShift. */
export interface OpenShiftMonitoringPlan {
  readonly kind: 'monitoring-openshift';
  readonly runId: string;
}

export interface HealthPortPlan {
  /** Of the port in the Service. */
  readonly name: string;
  readonly port: number;
  /** Names of the workloads whose guests listen on it. Absent: all of them. */
  readonly workloads?: readonly string[];
}

/** CPUs in thousandths, memory in bytes. */
export interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
}

/** A summand, with what it is for. */
export interface Part {
  readonly what: string;
  readonly amount: bigint;
}

/** What the pod of one VM counts in a quota. */
export interface Launcher {
  readonly requests: Amounts;
  readonly limits: Amounts;
  /** The container of QEMU, which has the largest part of it. */
  readonly compute: Container;
  /** How KubeVirt computes what that container gets, in words. */
  readonly how: { readonly requests: Reasons; readonly limits: Reasons };
  /** Absent: normal pages. */
  readonly hugepages?: { readonly size: string; readonly memory: bigint };
  /** The summands of the overhead of the memory. */
  readonly overhead: readonly Part[];
}

/** The resources of one container. */
export interface Container {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

interface Reasons {
  readonly cpu: string;
  readonly memory: string;
}
