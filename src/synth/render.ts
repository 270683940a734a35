import { ApiObject, App, Chart } from 'cdk8s';
import { Namespace } from '../constructs/namespace';
import { PlannedWorkload } from '../constructs/planned-workload';
import { type Problem, refuse } from '../errors';
import { sizeProblems } from '../guest/user-data';
import { ROLE } from '../kubernetes/labels';
import { SECRET_BYTES } from '../kubernetes/secret-size';
import type { Plan, VmPlan, WorkloadPlan } from '../plan/plan';
import type { Manifest } from '../validation/manifest';
import { validateObject } from '../validation/validate';
import { toYaml } from '../yaml/to-yaml';
import { inGroup } from './group-label';
import { guestsOf } from './guests';
import { HEADER } from './header';
import { CONFIG_FILE, GUEST_FILE, KUSTOMIZATION_FILE, kustomization, kustomizeConfig, NAMESPACE_FILE, workloadFile } from './kustomization';
import { patchProblems } from './patched';
import { addGuestSecret } from './planned-workload';
import type { RenderedFile } from './rendered-file';
import { type Confidential, secretComment } from './secret-comment';
import { patternOf, stamper } from './stamp';

/**
 * Renders and validates a plan.
 * @returns the files of a Kustomize base, `kustomization.yaml` last, and then those of its components, in folders
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function render(plan: Plan): RenderedFile[] {
  const files = fileGroups(plan).map(({ name, documents, isSecret }) => ({
    name,
    text: () => withHeader(documents()),
    ...(isSecret ? { isSecret } : {}),
  }));
  const names = files.map((file) => file.name);
  return [
    ...files,
    file(
      CONFIG_FILE,
      kustomizeConfig(
        plan.workloads.some(({ access }) => access !== undefined),
        plan.workloads.some(({ roles }) => roles.some(({ pool }) => pool !== undefined)),
      ),
    ),
    file(KUSTOMIZATION_FILE, kustomization(names)),
    ...components(plan),
  ];
}

/** Loaded here, because few bases have components. */
function components(plan: Plan): RenderedFile[] {
  return plan.components ? (require('./components') as typeof import('./components')).componentFiles(plan) : [];
}

/**
 * Renders and validates a plan as one stream of YAML documents, for a pipe into kubectl.
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function* renderStream(plan: Plan): Generator<string> {
  for (const { documents } of fileGroups(plan)) {
    for (const document of documents()) yield `---\n${document}`;
  }
}

/**
 * How many objects of each kind the plan renders, by kind.
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function objectCounts(plan: Plan): { readonly [kind: string]: number } {
  const counts: { [kind: string]: number } = {};
  for (const [kind, count] of fileGroups(plan).flatMap((group) => group.counts)) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

/** The objects of one file. */
interface Group {
  readonly name: string;
  readonly isSecret?: true;
  readonly documents: () => Iterable<string>;
  /** A kind may be listed several times. */
  readonly counts: readonly (readonly [kind: string, count: number])[];
}

function fileGroups(plan: Plan): Group[] {
  refuse(patchProblems(plan.workloads));
  const app = new App();
  const problems: Problem[] = [];
  const groups = [
    ...(plan.createNamespace ? [namespaceGroup(app, plan, problems)] : []),
    ...(plan.workloads.length > 0 ? [guestGroup(app, plan, problems)] : []),
    ...plan.workloads.map((workload) => workloadGroup(app, workload, problems, plan.group)),
  ];
  refuse(problems);
  return groups;
}

function namespaceGroup(app: App, plan: Plan, problems: Problem[]): Group {
  const chart = new Chart(app, 'namespace');
  new Namespace(chart, 'namespace', { name: plan.namespace, runId: plan.runId });
  return groupOf(NAMESPACE_FILE, chart, problems);
}

/** The Secrets that the guests of all workloads share. */
function guestGroup(app: App, { workloads, group }: Plan, problems: Problem[]): Group {
  const chart = new Chart(app, 'guest');
  for (const workload of workloads) addGuestSecret(chart, workload);
  return groupOf(GUEST_FILE, chart, problems, group);
}

function groupOf(name: string, chart: Chart, problems: Problem[], group?: string): Group {
  const objects = manifests(chart, group);
  problems.push(...objects.flatMap((object) => validateObject(name, object)));
  const documents = objects.map((object) => textOf(object));
  return { name, documents: () => documents, counts: objects.map(({ kind }) => [kind, 1]) };
}

/** One chart per workload, with one VM or pool per role; see stamp.ts for the other VMs. */
function workloadGroup(app: App, workload: WorkloadPlan, problems: Problem[], group: string | undefined): Group {
  const chart = new Chart(app, `workload-${workload.name}`);
  const plan = patternOf(workload);
  new PlannedWorkload(chart, `workload-${plan.name}`, { plan, guests: guestsOf(plan) });
  const name = workloadFile(workload.name);
  const secret = secretOf(workload);
  const pieces = manifests(chart, group).map((manifest) => {
    const vms = vmsOf(workload, manifest);
    problems.push(...workloadProblems(name, workload, vms[0] ? withWords(manifest, vms[0]) : manifest));
    return { text: textOf(manifest, secret), vms, kind: manifest.kind };
  });
  return {
    name,
    documents: () => stampedDocuments(pieces),
    counts: pieces.map(({ kind, vms }) => [kind, Math.max(1, vms.length)]),
    ...(secret ? { isSecret: true } : {}),
  };
}

/** For user data that is too large, the sizes of the workload's files are reported: they say more than the size of the Secret. */
function workloadProblems(file: string, workload: WorkloadPlan, manifest: Manifest): Problem[] {
  const { userdata = '' } = (manifest.stringData ?? {}) as { readonly userdata?: string };
  const isTooLarge = manifest.kind === 'Secret' && Buffer.byteLength(userdata) > SECRET_BYTES;
  return isTooLarge ? sizeProblems(workload) : validateObject(file, manifest);
}

function secretOf({ roles }: WorkloadPlan): Confidential | undefined {
  if (roles.some(({ guest }) => guest.holdsSecrets)) return 'secrets';
  return roles.some(({ guest }) => guest.ssh?.passwordHash !== undefined) ? 'hash' : undefined;
}

function textOf(manifest: Manifest, secret?: Confidential): string {
  return secretComment(manifest, secret) + toYaml(manifest);
}

function* stampedDocuments(pieces: readonly { readonly text: string; readonly vms: readonly VmPlan[] }[]): Generator<string> {
  for (const { text, vms } of pieces) {
    if (vms.length === 0) {
      yield text;
      continue;
    }
    const stamp = stamper(text);
    for (const vm of vms) yield stamp(vm);
  }
}

function manifests(chart: Chart, group: string | undefined): Manifest[] {
  return chart.node
    .findAll()
    .filter((construct) => construct instanceof ApiObject)
    .map((object) => inGroup(object.toJson() as Manifest, group));
}

function vmsOf(workload: WorkloadPlan, { kind, metadata }: Manifest): readonly VmPlan[] {
  if (kind !== 'VirtualMachine') return [];
  return workload.roles.find((role) => role.role === metadata.labels?.[ROLE])?.vms ?? [];
}

/** The object of one VM, with its own words in the place of the marks. */
function withWords(manifest: Manifest, vm: VmPlan): Manifest {
  return JSON.parse(stamper(JSON.stringify(manifest))(vm)) as Manifest;
}

function* withHeader(documents: Iterable<string>): Generator<string> {
  let separator = HEADER;
  for (const document of documents) {
    yield separator + document;
    separator = '---\n';
  }
}

function file(name: string, text: string): RenderedFile {
  return { name, text: () => [HEADER + text] };
}
