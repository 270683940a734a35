import { isDnsLabel } from '../kubernetes/dns-label';
import { SECRET_BYTES, TOO_LARGE } from '../kubernetes/secret-size';
import { annotationProblems, labelProblems, repeated } from './fields';
import type { Manifest } from './manifest';
import {
  atMostBytes,
  badPortName,
  badSecretKey,
  DNS_LABEL,
  must,
  NO_PORT,
  NO_SELECTOR,
  noServiceAccount,
  PATH_SEGMENT,
  twice,
} from './messages';
import type { FieldProblem } from './object-schema';
import { poolProblems } from './pool-rules';
import { ROLE_KINDS, roleProblems } from './rbac-rules';
import { vmProblems } from './vm-rules';
import type { VirtualMachineSpec } from './vm-spec';

const TOKEN = 'kubernetes.io/service-account-token';
const ACCOUNT = 'kubernetes.io/service-account.name';
const SECRET_KEY = /^[-._A-Za-z0-9]{1,253}$/;

/**
 * What an API server with KubeVirt would reject and no schema describes. The object must have the shape of its schema.
 * @see https://github.com/kubevirt/kubevirt, pkg/virt-api/webhooks/validating-webhook/admitters
 */
export function admissionProblems(manifest: Manifest): FieldProblem[] {
  const { labels, annotations } = manifest.metadata;
  return [
    ...nameProblems(manifest),
    ...labelProblems('metadata.labels', labels),
    ...annotationProblems('metadata.annotations', annotations),
    ...kindProblems(manifest),
  ];
}

function kindProblems(manifest: Manifest): FieldProblem[] {
  switch (manifest.kind) {
    case 'VirtualMachine':
      return vmProblems(manifest.spec as VirtualMachineSpec, 'spec', manifest.metadata.namespace);
    case 'VirtualMachinePool':
      return poolProblems(manifest);
    case 'Secret':
      return secretProblems(manifest);
    case 'Service':
      return serviceProblems(manifest);
    case 'Role':
    case 'ClusterRole':
      return roleProblems(manifest);
    default:
      return [];
  }
}

/** Names become labels, host names and DNS names. Those of roles and bindings are only path segments. */
function nameProblems({ kind, metadata: { name } }: Manifest): FieldProblem[] {
  if (ROLE_KINDS.includes(kind)) return pathProblems(name);
  return isDnsLabel(name) ? [] : [{ field: 'metadata.name', message: must(DNS_LABEL, name) }];
}

function pathProblems(name: string): FieldProblem[] {
  return /^(?!\.{1,2}$)[^/%]+$/.test(name) ? [] : [{ field: 'metadata.name', message: must(PATH_SEGMENT, name) }];
}

function secretProblems(manifest: Manifest): FieldProblem[] {
  const { stringData = {}, type, metadata } = manifest;
  const bytes = Object.values(stringData as { [key: string]: string }).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const unnamed = Object.keys(stringData as object).filter((key) => !SECRET_KEY.test(key));
  return [
    ...(type !== TOKEN || metadata.annotations?.[ACCOUNT]
      ? []
      : [{ field: 'metadata.annotations', message: noServiceAccount(ACCOUNT, TOKEN) }]),
    ...unnamed.map((key) => ({ field: 'stringData', message: badSecretKey(key) })),
    ...(bytes <= SECRET_BYTES
      ? []
      : [
          {
            field: 'stringData',
            message: atMostBytes(SECRET_BYTES, bytes),
            hint: TOO_LARGE,
          },
        ]),
  ];
}

function serviceProblems({ spec }: Manifest): FieldProblem[] {
  const { ports, selector } = spec as {
    ports: readonly { name: string; port: number; protocol: string }[];
    selector: { [key: string]: string };
  };
  return [
    ...(ports.length > 0 ? [] : [{ field: 'spec.ports', message: NO_PORT }]),
    ...(Object.keys(selector).length > 0 ? [] : [{ field: 'spec.selector', message: NO_SELECTOR }]),
    ...labelProblems('spec.selector', selector),
    ...ports
      .filter(({ name }) => !isDnsLabel(name))
      .map(({ name }) => ({
        field: 'spec.ports',
        message: badPortName(name),
      })),
    ...repeated(ports.map((port) => port.name)).map((name) => ({
      field: 'spec.ports',
      message: twice('names', name),
    })),
    ...repeated(ports.map((port) => `${port.port}/${port.protocol}`)).map((port) => ({
      field: 'spec.ports',
      message: twice('ports', port),
    })),
  ];
}
