import { DISK } from '../kubernetes/disk-names';
import { isOwnLabel, type Labels } from '../kubernetes/labels';
import { pathOf, type Text } from './json-pointer';
import { KEPT } from './messages';

/** A part of a VM that a patch must not change. */
export interface KeptField {
  /** What it is, such as a JSON Pointer; unique in the VM. */
  readonly name: string;
  readonly value: unknown;
  /** Why, and what to do instead. */
  readonly because: Text;
  /** A patch may add it if the VM does not have it. @default no */
  readonly mayBeAdded?: true;
}

// biome-ignore lint/suspicious/noExplicitAny: a patch may give the object any shape
type Json = any;

/**
 * What the companion, Services, other VMs and the guest itself rely on. Fields are found by name and not by index, so that a patch may add
 * disks and volumes anywhere.
 */
export function keptFields(vm: Json): KeptField[] {
  const { metadata, spec, ...others } = mapOf(vm);
  const template = mapOf(mapOf(spec).template);
  return [
    ...Object.entries(others).map(([key, value]) => kept([key], value, KEPT.object)),
    ...ofMetadata(mapOf(metadata)),
    ...ownOf(['spec', 'template', 'metadata', 'labels'], mapOf(template.metadata).labels, KEPT.labels),
    ...ownOf(['spec', 'template', 'metadata', 'annotations'], mapOf(template.metadata).annotations, KEPT.annotations),
    ...listOf(mapOf(spec).dataVolumeTemplates).flatMap(ofDataVolume),
    ...ofTemplate(mapOf(template.spec)),
  ];
}

function ofMetadata({ labels, annotations, name, namespace, ...others }: Json): KeptField[] {
  return [
    kept(['metadata', 'name'], name, KEPT.name),
    kept(['metadata', 'namespace'], namespace, KEPT.namespace),
    ...Object.entries(others).map(([key, value]) => kept(['metadata', key], value, KEPT.metadata)),
    ...ownOf(['metadata', 'labels'], labels, KEPT.labels),
    ...ownOf(['metadata', 'annotations'], annotations, KEPT.annotations),
  ];
}

function ofDataVolume(template: Json): KeptField[] {
  const { name, labels, annotations } = mapOf(mapOf(template).metadata);
  const own = Object.entries({ ...mapOf(annotations), ...mapOf(labels) }).filter(([key]) => isOwnLabel(key));
  return [
    { name: `the DataVolume ${name}`, value: true, because: KEPT.disk, mayBeAdded: true },
    ...own.map(([key, value]) => ({ name: `${key} of the DataVolume ${name}`, value, because: KEPT.labels })),
  ];
}

function ofTemplate(spec: Json): KeptField[] {
  const { uuid, serial } = mapOf(mapOf(spec.domain).firmware);
  const path = ['spec', 'template', 'spec'];
  return [
    kept([...path, 'hostname'], spec.hostname, KEPT.hostname),
    ...(spec.subdomain === undefined
      ? []
      : [{ ...kept([...path, 'subdomain'], spec.subdomain, KEPT.hostname), mayBeAdded: true as const }]),
    kept([...path, 'domain', 'firmware', 'uuid'], uuid, KEPT.firmware),
    kept([...path, 'domain', 'firmware', 'serial'], serial, KEPT.firmware),
    ...ofProbe(spec.readinessProbe),
    ...listOf(spec.volumes).flatMap((volume) => ofDisk(mapOf(volume), spec)),
    ...ownSelectors(spec),
  ];
}

/** What the probe asks. Its times may change. */
function ofProbe(probe: Json): KeptField[] {
  if (probe === undefined) return [];
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold, ...asked } = mapOf(probe);
  return [{ ...kept(['spec', 'template', 'spec', 'readinessProbe'], asked, KEPT.probe), mayBeAdded: true }];
}

/** Each disk and its serial, and the sources of those with configuration for the guest. */
function ofDisk({ name, ...source }: Json, { domain }: Json): KeptField[] {
  const disk = listOf(mapOf(mapOf(domain).devices).disks).find((each: Json) => mapOf(each).name === name);
  const isConfiguration = ([DISK.cloudInit, DISK.access, DISK.guest] as readonly string[]).includes(name);
  const { secretRef, networkData } = mapOf(source.cloudInitNoCloud);
  const secret = secretRef ?? source.secret;
  const field = (name: string, value: unknown, because: Text): KeptField => ({ name, value, because, mayBeAdded: true });
  return [
    ...(disk === undefined ? [] : [field(`the disk ${name}`, mapOf(disk).serial ?? true, KEPT.disk)]),
    ...(isConfiguration ? [field(`the Secret of the volume ${name}`, secret, KEPT.secret)] : []),
    ...(networkData === undefined ? [] : [field('the network configuration of the guest', networkData, KEPT.network)]),
  ];
}

/** The selectors of spread and pairs. */
function ownSelectors({ topologySpreadConstraints, affinity }: Json): KeptField[] {
  const terms = (['podAffinity', 'podAntiAffinity'] as const).flatMap((key) => [
    ...listOf(mapOf(mapOf(affinity)[key]).requiredDuringSchedulingIgnoredDuringExecution),
    ...listOf(mapOf(mapOf(affinity)[key]).preferredDuringSchedulingIgnoredDuringExecution).map((each: Json) => mapOf(each).podAffinityTerm),
  ]);
  return [...listOf(topologySpreadConstraints), ...terms].flatMap((each: Json) => {
    const labels: Labels = mapOf(mapOf(mapOf(each).labelSelector).matchLabels);
    if (!Object.keys(labels).some(isOwnLabel)) return [];
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return [{ name: `the selector ${shown.join(',')}`, value: true, because: KEPT.selector, mayBeAdded: true as const }];
  });
}

function ownOf(path: readonly string[], map: Json, because: Text): KeptField[] {
  return Object.entries(mapOf(map))
    .filter(([key]) => isOwnLabel(key))
    .map(([key, value]) => kept([...path, key], value, because));
}

function kept(path: readonly string[], value: unknown, because: Text): KeptField {
  return { name: pathOf(path), value, because };
}

function mapOf(value: Json): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}
