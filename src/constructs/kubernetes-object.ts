import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import type { Construct } from 'constructs';

/** A port as the API has it: a number. */
interface PolicyPort {
  readonly port: number;
  readonly protocol: string;
}

/** By resource. */
interface Quantities {
  readonly [resource: string]: string;
}

/** By kind, the props of its class in cdk8s-plus-29. */
interface Props {
  Namespace: k8s.KubeNamespaceProps;
  ResourceQuota: { readonly metadata: k8s.ObjectMeta; readonly spec: { readonly hard: Quantities } };
  LimitRange: {
    readonly metadata: k8s.ObjectMeta;
    readonly spec: {
      readonly limits: readonly { readonly type: string; readonly default: Quantities; readonly defaultRequest: Quantities }[];
    };
  };
  Secret: k8s.KubeSecretProps;
  ConfigMap: k8s.KubeConfigMapProps;
  Service: k8s.KubeServiceProps;
  NetworkPolicy: {
    readonly metadata: k8s.ObjectMeta;
    readonly spec: Omit<k8s.NetworkPolicySpec, 'ingress' | 'egress'> & {
      readonly ingress?: readonly { readonly from?: readonly k8s.NetworkPolicyPeer[]; readonly ports: readonly PolicyPort[] }[];
      readonly egress?: readonly { readonly to?: readonly k8s.NetworkPolicyPeer[]; readonly ports: readonly PolicyPort[] }[];
    };
  };
  ServiceAccount: k8s.KubeServiceAccountProps;
  Role: k8s.KubeRoleProps;
  RoleBinding: k8s.KubeRoleBindingProps;
  ClusterRole: k8s.KubeClusterRoleProps;
  ClusterRoleBinding: k8s.KubeClusterRoleBindingProps;
}
export type Kind = keyof Props;

export const RBAC = 'rbac.authorization.k8s.io';

const API_VERSIONS: { readonly [kind in Kind]: string } = {
  Namespace: 'v1',
  ResourceQuota: 'v1',
  LimitRange: 'v1',
  Secret: 'v1',
  ConfigMap: 'v1',
  Service: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  ServiceAccount: 'v1',
  Role: `${RBAC}/v1`,
  RoleBinding: `${RBAC}/v1`,
  ClusterRole: `${RBAC}/v1`,
  ClusterRoleBinding: `${RBAC}/v1`,
};
const CLUSTER_SCOPED: readonly Kind[] = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];

/**
 * Adds an object of one of Kubernetes' own kinds, with the id `Default`, so that `ApiObject.of()` finds it.
 *
 * The classes `k8s.Kube…` of cdk8s-plus-29 render the same, which a test compares. They are not used because the file with all of them takes
 * 25 ms of CPU time to load, a quarter of a synth, and users of the library would have to install the package. Their types cost nothing.
 */
export function kubernetesObject<K extends Kind>(scope: Construct, kind: K, props: Props[K]): ApiObject {
  const { spec, ...others } = props as Props[K] & { readonly spec?: k8s.ServiceSpec };
  const object = new ApiObject(scope, 'Default', {
    apiVersion: API_VERSIONS[kind],
    kind,
    ...others,
    ...(spec ? { spec: renamed(spec) } : {}),
  });
  // cdk8s gives each object the namespace of its chart.
  if (CLUSTER_SCOPED.includes(kind)) (object.metadata as { namespace?: string | undefined }).namespace = undefined;
  return object;
}

/** The types spell `clusterIp` what the API calls `clusterIP`. */
function renamed(spec: k8s.ServiceSpec): object {
  const { clusterIp, ...others } = spec;
  return clusterIp === undefined ? others : { ...others, clusterIP: clusterIp };
}
