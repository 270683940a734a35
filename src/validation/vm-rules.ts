import { isDnsLabel } from '../kubernetes/dns-label';
import { parseBytes } from '../kubernetes/quantity';
import { DEVICE_RULES } from './device-rules';
import { annotationProblems, exactlyOne, LAST_PORT, labelProblems, oneOf } from './fields';
import { MACHINE_RULES } from './machine-rules';
import {
  aboveLimit,
  BYTES,
  beAtLeast,
  beFrom,
  DNS_LABEL,
  inlineTooLarge,
  MEMORY_REQUIRED,
  must,
  NO_CLOUD_INIT,
  NO_POD_NETWORK,
  otherNamespace,
  PAUSED_TOO,
  REQUIRED,
  RUNNING_TOO,
  reservedLabel,
  severalServiceAccounts,
  unusedDataVolume,
} from './messages';
import type { FieldProblem } from './object-schema';
import { PLACEMENT_RULES } from './placement-rules';
import { SOURCE_RULES } from './source-rules';
import type { Amount, VirtualMachineSpec } from './vm-spec';

type Rule = (spec: VirtualMachineSpec, namespace: string | undefined) => FieldProblem[];

const INLINE_BYTES = 2048;

const KUBEVIRTS_LABELS = [
  'created-by',
  'migrationJobUID',
  'nodeName',
  'migrationTargetNodeName',
  'schedulable',
  'install-strategy-identifier',
].map((name) => `kubevirt.io/${name}`);

const TEMPLATE = 'template.spec';
const RUN_STRATEGIES = ['Always', 'Halted', 'Manual', 'RerunOnFailure', 'Once'];
const SCHEMES = ['HTTP', 'HTTPS'];
const EVICTION_STRATEGIES = ['None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'];
const START_STRATEGIES = ['Paused'];

const RULES: readonly Rule[] = [
  runStrategy,
  dataVolumesAreUsed,
  ...SOURCE_RULES,
  templateLabels,
  ...DEVICE_RULES,
  probes,
  ...PLACEMENT_RULES,
  hostNames,
  ...MACHINE_RULES,
  memory,
  cpu,
  strategies,
  cloudInit,
  sshKeys,
  serviceAccounts,
];

/** @param field path of the spec within its object */
export function vmProblems(spec: VirtualMachineSpec, field: string, namespace: string | undefined): FieldProblem[] {
  const gaps = gapProblems(spec);
  const problems = gaps.length > 0 ? gaps : RULES.flatMap((rule) => rule(spec, namespace));
  return problems.map((problem) => ({ ...problem, field: `${field}.${problem.field}` }));
}

/** What the CRD allows and the rules rely on. */
function gapProblems({ dataVolumeTemplates = [], template }: VirtualMachineSpec): FieldProblem[] {
  return [
    ...(template.spec ? [] : [{ field: TEMPLATE, message: REQUIRED }]),
    ...(template.metadata === null ? [{ field: 'template.metadata', message: must('be object', null) }] : []),
    ...dataVolumeTemplates.flatMap((each, index) =>
      each ? [] : [{ field: `dataVolumeTemplates[${index}]`, message: must('be object', each) }],
    ),
  ];
}

function runStrategy({ running, runStrategy: strategy }: VirtualMachineSpec): FieldProblem[] {
  const given = [running, strategy].filter((each) => each !== undefined).length;
  if (given === 0) return [{ field: 'runStrategy', message: REQUIRED }];
  if (given === 2) return [{ field: 'runStrategy', message: RUNNING_TOO }];
  return oneOf('runStrategy', strategy, RUN_STRATEGIES);
}

function strategies({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return [
    ...oneOf(`${TEMPLATE}.evictionStrategy`, spec.evictionStrategy, EVICTION_STRATEGIES),
    ...oneOf(`${TEMPLATE}.startStrategy`, spec.startStrategy, START_STRATEGIES),
  ];
}

function dataVolumesAreUsed({ dataVolumeTemplates = [], template }: VirtualMachineSpec, namespace: string | undefined): FieldProblem[] {
  const used = (template.spec.volumes ?? []).map((volume) => volume.dataVolume?.name);
  return dataVolumeTemplates.flatMap(({ metadata }, index) => {
    const field = `dataVolumeTemplates[${index}].metadata`;
    const name = metadata?.name ?? '';
    return [
      ...(isDnsLabel(name) ? [] : [{ field: `${field}.name`, message: must(DNS_LABEL, name) }]),
      ...(used.includes(name) ? [] : [{ field: `${field}.name`, message: unusedDataVolume(name) }]),
      ...(metadata?.namespace === undefined || metadata.namespace === namespace
        ? []
        : [{ field: `${field}.namespace`, message: otherNamespace(metadata.namespace) }]),
      ...labelProblems(`${field}.labels`, metadata?.labels),
    ];
  });
}

function templateLabels({ template }: VirtualMachineSpec): FieldProblem[] {
  const field = 'template.metadata.labels';
  const { labels = {}, annotations } = template.metadata ?? {};
  const reserved = Object.keys(labels).filter((key) => KUBEVIRTS_LABELS.includes(key));
  return [
    ...labelProblems(field, labels),
    ...annotationProblems('template.metadata.annotations', annotations),
    ...reserved.map((key) => ({ field, message: reservedLabel(key) })),
  ];
}

function probes({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (['readinessProbe', 'livenessProbe'] as const).flatMap((name) => {
    const probe = spec[name];
    if (!probe) return [];
    const { httpGet, tcpSocket, exec, guestAgentPing } = probe;
    const connects = httpGet !== undefined || tcpSocket !== undefined;
    return [
      ...exactlyOne(`${TEMPLATE}.${name}`, { httpGet, tcpSocket, exec, guestAgentPing }),
      ...oneOf(`${TEMPLATE}.${name}.httpGet.scheme`, httpGet?.scheme, SCHEMES),
      ...probePortProblems(`${TEMPLATE}.${name}.httpGet.port`, httpGet?.port),
      ...probePortProblems(`${TEMPLATE}.${name}.tcpSocket.port`, tcpSocket?.port),
      ...(connects && !spec.networks?.some((network) => network.pod !== undefined)
        ? [{ field: `${TEMPLATE}.${name}`, message: NO_POD_NETWORK }]
        : []),
      ...(name === 'livenessProbe' && spec.startStrategy === 'Paused' ? [{ field: `${TEMPLATE}.${name}`, message: PAUSED_TOO }] : []),
    ];
  });
}

/** A string is the name of a port of the pod. */
function probePortProblems(field: string, port: number | string | undefined): FieldProblem[] {
  return typeof port !== 'number' || (port >= 1 && port <= LAST_PORT) ? [] : [{ field, message: must(beFrom(1, LAST_PORT), port) }];
}

function hostNames({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (['hostname', 'subdomain'] as const).flatMap((name) => {
    const value = spec[name];
    return value === undefined || isDnsLabel(value) ? [] : [{ field: `${TEMPLATE}.${name}`, message: must(DNS_LABEL, value) }];
  });
}

function memory({ instancetype, template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { memory: { guest, hugepages } = {}, resources: { requests, limits } = {} } = spec.domain;
  const field = `${TEMPLATE}.domain.memory.guest`;
  if (!instancetype && guest === undefined && requests?.memory === undefined && hugepages === undefined)
    return [{ field, message: MEMORY_REQUIRED }];
  const request = `${TEMPLATE}.domain.resources.requests.memory`;
  return [
    ...amountProblems(field, guest),
    ...amountProblems(request, requests?.memory),
    ...excess(field, guest, limits?.memory),
    ...excess(request, requests?.memory, limits?.memory),
  ];
}

function amountProblems(field: string, amount: Amount | undefined): FieldProblem[] {
  const bytes = amount === undefined ? 1n : parseBytes(String(amount));
  return bytes !== undefined && bytes > 0n ? [] : [{ field, message: must(BYTES, amount) }];
}

function excess(field: string, amount: Amount | undefined, limit: Amount | undefined): FieldProblem[] {
  const [bytes, most] = [amount, limit].map((each) => parseBytes(String(each)));
  return bytes === undefined || most === undefined || bytes <= most ? [] : [{ field, message: aboveLimit('the limit', amount, limit) }];
}

function cpu({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { sockets = 1, cores = 1, threads = 1, maxSockets = sockets } = spec.domain.cpu ?? {};
  const field = `${TEMPLATE}.domain.cpu`;
  return [
    ...Object.entries({ sockets, cores, threads, maxSockets })
      .filter(([, count]) => count < 0)
      .map(([name, count]) => ({ field: `${field}.${name}`, message: must(beAtLeast(0), count) })),
    ...(sockets <= maxSockets ? [] : [{ field: `${field}.sockets`, message: aboveLimit('maxSockets', sockets, maxSockets) }]),
  ];
}

function cloudInit({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (spec.volumes ?? []).flatMap(({ cloudInitNoCloud: source }, index) => {
    if (!source) return [];
    const field = `${TEMPLATE}.volumes[${index}].cloudInitNoCloud`;
    const { userData, userDataBase64, secretRef, networkData, networkDataBase64 } = source;
    return [
      ...exactlyOne(field, { secretRef, userData, userDataBase64 }),
      ...(secretRef && !secretRef.name ? [{ field: `${field}.secretRef.name`, message: REQUIRED }] : []),
      ...inlineProblems(field, 'secretRef', userData, userDataBase64),
      ...inlineProblems(field, 'networkDataSecretRef', networkData, networkDataBase64),
    ];
  });
}

function inlineProblems(field: string, instead: string, text: string | undefined, base64 = ''): FieldProblem[] {
  const bytes = text === undefined ? Buffer.from(base64, 'base64').length : Buffer.byteLength(text);
  return bytes <= INLINE_BYTES ? [] : [{ field, ...inlineTooLarge(INLINE_BYTES, bytes, instead) }];
}

/** Keys that reach the guest through cloud-init need cloud-init's disk. */
function sshKeys({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  if (spec.volumes?.some((volume) => volume.cloudInitNoCloud !== undefined)) return [];
  return (spec.accessCredentials ?? []).flatMap(({ sshPublicKey }, index) =>
    sshPublicKey?.propagationMethod.noCloud === undefined
      ? []
      : [{ field: `${TEMPLATE}.accessCredentials[${index}]`, message: NO_CLOUD_INIT }],
  );
}

function serviceAccounts({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const count = (spec.volumes ?? []).filter((volume) => volume.serviceAccount !== undefined).length;
  return count <= 1 ? [] : [{ field: `${TEMPLATE}.volumes`, message: severalServiceAccounts(count) }];
}
