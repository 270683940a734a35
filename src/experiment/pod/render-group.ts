import { type Problem, refuse } from '../../errors';
import { SECRET_BYTES } from '../../kubernetes/secret-size';
import type { Plan, RolePlan } from '../../plan/plan';
import { HEADER } from '../../synth/header';
import { GUEST_FILE, workloadFile } from '../../synth/kustomization';
import { render } from '../../synth/render';
import type { RenderedFile } from '../../synth/rendered-file';
import type { Templates } from '../../synth/templates';
import type { Manifest } from '../../validation/manifest';
import { toYaml } from '../../yaml/to-yaml';
import { loadYaml } from '../../yaml/yaml-file';
import { tooLarge } from './messages';
import { podFiles } from './pod-files';
import type { PodImage } from './pod-image';
import { podSecret, podSet } from './pod-set';

/** The plan of a group. */
export interface GroupPlan extends Plan {
  /** The measured VMs are pods. @default they are VMs */
  readonly pod?: PodImage;
}

/**
 * Renders a group as `virtwork synth` renders it. In a group of pods, the measured VMs are then replaced: a StatefulSet in the place of the
 * VMs, and the files of the guests in that of their disk.
 * @param templates of other groups. @default none
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function renderGroup(plan: GroupPlan, templates?: Templates): RenderedFile[] {
  const files = render(plan, templates);
  const { pod } = plan;
  return pod === undefined
    ? files
    : plan.workloads.reduce((all, { name, roles }) => {
        const role = roles.find(({ trials }) => trials);
        return role ? inPods(all, workloadFile(name), role, pod) : all;
      }, files);
}

/** The manifests of a group as one stream of YAML documents. */
export function groupManifests(plan: GroupPlan): string {
  return renderGroup(plan)
    .filter(({ name }) => [GUEST_FILE, ...plan.workloads.map((workload) => workloadFile(workload.name))].includes(name))
    .map(({ text }) => `---\n${[...text()].join('')}`)
    .join('');
}

function inPods(files: readonly RenderedFile[], name: string, role: RolePlan, pod: PodImage): RenderedFile[] {
  const data = podFiles(role);
  const bytes = Object.values(data).reduce((sum, content) => sum + content.length, 0);
  const problems: Problem[] = bytes > SECRET_BYTES ? [{ where: name, ...tooLarge(bytes, SECRET_BYTES) }] : [];
  refuse(problems);
  const isVm = ({ kind, metadata }: Manifest) =>
    kind.startsWith('VirtualMachine') && [role.pool, ...role.vms.map((vm) => vm.name)].includes(metadata.name);
  const documents = documentsIn(files, name);
  const [first] = documents.map(manifestIn).filter(isVm);
  const set = first && podSet(role, first, pod, data);
  const changed = documents.flatMap((text) => {
    const manifest = manifestIn(text);
    if (manifest.kind === 'Secret' && manifest.metadata.name === role.userDataSecret) return [];
    if (!isVm(manifest)) return [text];
    return manifest.metadata.name === first?.metadata.name ? [toYaml(set as Manifest)] : [];
  });
  const shared = documentsIn(files, GUEST_FILE).map((text) => {
    const manifest = manifestIn(text);
    return manifest.metadata.name === role.guestDisk.secret ? PUBLIC + toYaml(podSecret(manifest, data)) : text;
  });
  const texts = new Map([
    [name, changed],
    [GUEST_FILE, shared],
  ]);
  return files.map((file) => {
    const own = texts.get(file.name);
    if (own === undefined) return file;
    const { isSecret: _, ...rest } = file;
    return { ...rest, text: () => [HEADER + own.join('---\n')] };
  });
}

const PUBLIC = '# virtwork adds nothing confidential. It is a Secret because that of VMs is one.\n';

function documentsIn(files: readonly RenderedFile[], name: string): string[] {
  const text = [...(files.find((file) => file.name === name)?.text() ?? [])].join('');
  return text.slice(HEADER.length).split(/^---\n/m);
}

function manifestIn(text: string): Manifest {
  return loadYaml(text) as Manifest;
}
