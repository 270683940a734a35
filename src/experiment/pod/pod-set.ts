import { GROUP, type Labels, selector, USER_DATA_HASH } from '../../kubernetes/labels';
import { userDataHash } from '../../kubernetes/user-data-hash';
import type { DiskPlan, RolePlan } from '../../plan/plan';
import type { Manifest } from '../../validation/manifest';
import { POD_SCRIPT, type PodFiles } from './pod-files';
import type { PodImage } from './pod-image';

/** Where a container gets the files of the guests, and where the guests have their disks and records. */
const FILES = '/virtwork';
const DISKS = '/dev/disk/by-id';
const RECORDS = '/var/lib/virtwork/results';
/** Fields of a VM's template that decide about its node, which a pod has too. */
const PLACEMENT = ['nodeSelector', 'tolerations', 'priorityClassName', 'schedulerName', 'topologySpreadConstraints', 'affinity'] as const;
/** Seconds until a container is killed. */
const GRACE_SECONDS = 10;

type Template = {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: { readonly [field: string]: unknown };
};

/**
 * The pods in the place of the VMs of a role. A StatefulSet gives them the names of the VMs and claims of their own.
 *
 * Root without further permissions opens the devices, so the pods comply with the Pod Security level `baseline`, as those of VMs do.
 * @param rendered a VM of the role, or its pool
 */
export function podSet(role: RolePlan, rendered: Manifest, pod: PodImage, files: PodFiles): Manifest {
  const { metadata, spec } = templateOf(rendered);
  const [first] = role.vms;
  const { annotations, ...own } = rendered.metadata;
  const hash = { [USER_DATA_HASH]: userDataHash('', inBase64(files)) };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...(annotations ? { annotations } : {}), ...own, name: (first?.name ?? '').replace(/-0$/, '') },
    spec: {
      // All at once: the pods wait for each other.
      podManagementPolicy: 'Parallel',
      replicas: role.vms.length,
      selector: { matchLabels: { [GROUP]: metadata.labels[GROUP] ?? '', ...selector(role) } },
      serviceName: role.subdomain ?? '',
      template: {
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...hash } },
        spec: {
          automountServiceAccountToken: false,
          containers: [container(role, spec, pod)],
          enableServiceLinks: false,
          ...(pod.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pod.pullSecret }] }),
          ...Object.fromEntries(PLACEMENT.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]]))),
          securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
          terminationGracePeriodSeconds: GRACE_SECONDS,
          volumes: [
            { name: 'files', secret: { secretName: role.guestDisk.secret } },
            { name: 'records', emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: role.disks.map((disk) => claim(disk, rendered)),
    },
  };
}

function templateOf({ kind, spec }: Manifest): Template {
  const vm =
    kind === 'VirtualMachine'
      ? spec
      : (spec as { readonly virtualMachineTemplate: { readonly spec: unknown } }).virtualMachineTemplate.spec;
  return (vm as { readonly template: Template }).template;
}

function inBase64(files: PodFiles): { readonly [key: string]: string } {
  return Object.fromEntries(Object.entries(files).map(([key, content]) => [key, content.toString('base64')]));
}

function container(role: RolePlan, spec: Template['spec'], { image }: PodImage) {
  const amounts = { cpu: `${role.cpuCores}`, memory: role.memory };
  const { initialDelaySeconds: _, ...probe } = spec.readinessProbe as { readonly [field: string]: unknown };
  const raw = role.disks.filter(({ mount }) => mount === undefined);
  const mounted = role.disks.filter(({ mount }) => mount !== undefined);
  return {
    name: 'trials',
    image,
    command: ['/bin/bash', `${FILES}/${POD_SCRIPT}`],
    env: [{ name: 'SUBDOMAIN', value: role.subdomain ?? '' }],
    ports: [{ name: 'health', containerPort: role.healthPort }],
    readinessProbe: probe,
    // As much as a VM has: its memory, page cache included, and its CPUs.
    resources: { limits: amounts, requests: amounts },
    securityContext: { allowPrivilegeEscalation: false },
    ...(raw.length > 0 ? { volumeDevices: raw.map(({ name, serial }) => ({ name, devicePath: `${DISKS}/virtio-${serial}` })) } : {}),
    volumeMounts: [
      ...mounted.map(({ name, mount }) => ({ name, mountPath: mount })),
      { name: 'files', mountPath: FILES, readOnly: true },
      // Kept when the container restarts.
      { name: 'records', mountPath: RECORDS },
    ],
  };
}

/** The same storage class, size and volume mode as the disk of a VM. A pod moves nowhere, so one node is enough where nothing else is stated. */
function claim({ name, size, storageClass, accessModes, volumeMode }: DiskPlan, { metadata: { labels = {}, annotations } }: Manifest) {
  return {
    metadata: { name, labels, ...(annotations ? { annotations } : {}) },
    spec: {
      accessModes: accessModes ?? ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      volumeMode,
    },
  };
}

/** The Secret of the guest disk, with the files of the pods. */
export function podSecret({ stringData: _, ...secret }: Manifest, files: PodFiles): Manifest {
  const texts: [key: string, content: string][] = [];
  const others: [key: string, content: string][] = [];
  for (const [key, content] of Object.entries(files)) {
    const text = content.toString('utf8');
    if (Buffer.from(text).equals(content)) texts.push([key, text]);
    else others.push([key, content.toString('base64')]);
  }
  return {
    ...(secret as Manifest),
    ...(others.length > 0 ? { data: Object.fromEntries(others) } : {}),
    stringData: Object.fromEntries(texts),
  };
}
