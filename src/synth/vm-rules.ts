import { parseBytes } from '../quantity';
import { DEVICE_RULES } from './device-rules';
import { exactlyOne, isDnsLabel, labelFaults } from './faults';
import type { Fault } from './object-schema';
import type { VirtualMachineSpec } from './vm-spec';

type Rule = (spec: VirtualMachineSpec, namespace: string | undefined) => Fault[];

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

const RULES: readonly Rule[] = [
  runStrategy,
  dataVolumesAreUsed,
  dataVolumeSources,
  templateLabels,
  ...DEVICE_RULES,
  probes,
  hostNames,
  memory,
  sockets,
  cloudInit,
  serviceAccounts,
];

/** @param field path of the spec within its object */
export function vmFaults(spec: VirtualMachineSpec, field: string, namespace: string | undefined): Fault[] {
  return RULES.flatMap((rule) => rule(spec, namespace)).map((fault) => ({ ...fault, field: `${field}.${fault.field}` }));
}

function runStrategy({ running, runStrategy: strategy }: VirtualMachineSpec): Fault[] {
  const given = [running, strategy].filter((each) => each !== undefined).length;
  return given === 1 ? [] : [{ field: 'runStrategy', message: given === 0 ? 'is required' : 'must not stand beside running' }];
}

function dataVolumesAreUsed({ dataVolumeTemplates = [], template }: VirtualMachineSpec, namespace: string | undefined): Fault[] {
  const used = (template.spec.volumes ?? []).map((volume) => volume.dataVolume?.name);
  return dataVolumeTemplates.flatMap(({ metadata }, index) => {
    const field = `dataVolumeTemplates[${index}].metadata`;
    const name = metadata?.name ?? '';
    return [
      ...(isDnsLabel(name)
        ? []
        : [{ field: `${field}.name`, message: `must be a DNS label of at most 63 characters, got ${JSON.stringify(name)}` }]),
      ...(used.includes(name) ? [] : [{ field: `${field}.name`, message: `must be used by a volume, got ${JSON.stringify(name)}` }]),
      ...(metadata?.namespace === undefined || metadata.namespace === namespace
        ? []
        : [{ field: `${field}.namespace`, message: `must be that of the VM, got ${JSON.stringify(metadata.namespace)}` }]),
      ...labelFaults(`${field}.labels`, metadata?.labels),
    ];
  });
}

function dataVolumeSources({ dataVolumeTemplates = [] }: VirtualMachineSpec): Fault[] {
  return dataVolumeTemplates.flatMap(({ spec }, index) => [
    ...exactlyOne(`dataVolumeTemplates[${index}].spec`, { pvc: spec.pvc, storage: spec.storage }),
    ...exactlyOne(`dataVolumeTemplates[${index}].spec`, { source: spec.source, sourceRef: spec.sourceRef }),
  ]);
}

function templateLabels({ template }: VirtualMachineSpec): Fault[] {
  const field = 'template.metadata.labels';
  const { labels = {} } = template.metadata ?? {};
  const reserved = Object.keys(labels).filter((key) => KUBEVIRTS_LABELS.includes(key));
  return [
    ...labelFaults(field, labels),
    ...reserved.map((key) => ({ field, message: `must not have the label ${key}, which is KubeVirt's own` })),
  ];
}

function probes({ template: { spec } }: VirtualMachineSpec): Fault[] {
  return (['readinessProbe', 'livenessProbe'] as const).flatMap((name) => {
    const probe = spec[name];
    if (!probe) return [];
    const { httpGet, tcpSocket, exec, guestAgentPing } = probe;
    return exactlyOne(`${TEMPLATE}.${name}`, { httpGet, tcpSocket, exec, guestAgentPing });
  });
}

function hostNames({ template: { spec } }: VirtualMachineSpec): Fault[] {
  return (['hostname', 'subdomain'] as const).flatMap((name) => {
    const value = spec[name];
    return value === undefined || isDnsLabel(value)
      ? []
      : [{ field: `${TEMPLATE}.${name}`, message: `must be a DNS label, got ${JSON.stringify(value)}` }];
  });
}

function memory({ template: { spec } }: VirtualMachineSpec): Fault[] {
  const { memory: given, resources } = spec.domain;
  const [guest, request, limit] = [given?.guest, resources?.requests?.memory, resources?.limits?.memory].map((amount) =>
    amount === undefined ? undefined : parseBytes(String(amount)),
  );
  const field = `${TEMPLATE}.domain.memory.guest`;
  if (guest === undefined && request === undefined && given?.hugepages === undefined)
    return [{ field, message: 'is required: a VM needs memory' }];
  return [
    ...(guest !== undefined && guest <= 0n ? [{ field, message: 'must be more than nothing' }] : []),
    ...(guest !== undefined && limit !== undefined && guest > limit ? [{ field, message: 'must be at most the limit' }] : []),
    ...(request !== undefined && limit !== undefined && request > limit
      ? [{ field: `${TEMPLATE}.domain.resources.requests.memory`, message: 'must be at most the limit' }]
      : []),
  ];
}

function sockets({ template: { spec } }: VirtualMachineSpec): Fault[] {
  const { sockets: now = 1, maxSockets = now } = spec.domain.cpu ?? {};
  return now <= maxSockets
    ? []
    : [{ field: `${TEMPLATE}.domain.cpu.sockets`, message: `must be at most maxSockets, got ${now} of ${maxSockets}` }];
}

function cloudInit({ template: { spec } }: VirtualMachineSpec): Fault[] {
  return (spec.volumes ?? []).flatMap(({ cloudInitNoCloud: source }, index) => {
    if (!source) return [];
    const field = `${TEMPLATE}.volumes[${index}].cloudInitNoCloud`;
    const { userData, userDataBase64, secretRef } = source;
    const inline = userData ?? Buffer.from(userDataBase64 ?? '', 'base64').toString('utf8');
    const bytes = Buffer.byteLength(inline);
    return [
      ...exactlyOne(field, { secretRef, userData, userDataBase64 }),
      ...(bytes <= INLINE_BYTES
        ? []
        : [{ field, message: `must have at most ${INLINE_BYTES} bytes inline, got ${bytes}`, hint: 'secretRef' }]),
    ];
  });
}

function serviceAccounts({ template: { spec } }: VirtualMachineSpec): Fault[] {
  const count = (spec.volumes ?? []).filter((volume) => volume.serviceAccount !== undefined).length;
  return count <= 1 ? [] : [{ field: `${TEMPLATE}.volumes`, message: `must have at most one serviceAccount, got ${count}` }];
}
