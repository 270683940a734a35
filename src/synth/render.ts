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
import { sharedSource, sourceOf } from './alike';
import { inGroup } from './group-label';
import { guestsOf } from './guests';
import { HEADER } from './header';
import { CONFIG_FILE, GUEST_FILE, KUSTOMIZATION_FILE, kustomization, kustomizeConfig, NAMESPACE_FILE, workloadFile } from './kustomization';
import { patchProblems } from './patched';
import { addGuestSecret } from './planned-workload';
import type { RenderedFile } from './rendered-file';
import { type Confidential, secretComment } from './secret-comment';
import { patternOf, stamper } from './stamp';
import type { Document, Rendered, Templates } from './templates';

/**
 * Renders and validates a plan.
 * @param templates of bases that may be alike. @default there are no others
 * @returns the files of a Kustomize base, `kustomization.yaml` last, and then those of its components, in folders
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function render(plan: Plan, templates?: Templates): RenderedFile[] {
  const files = fileGroups(plan, templates).map(({ name, documents, isSecret }) => ({
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
    for (const document of documents()) yield `---\n${document.join('')}`;
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
  /** Each in pieces. */
  readonly documents: () => Iterable<readonly string[]>;
  /** A kind may be listed several times. */
  readonly counts: readonly (readonly [kind: string, count: number])[];
}

function fileGroups(plan: Plan, templates?: Templates): Group[] {
  refuse(patchProblems(plan.workloads));
  let made: App | undefined;
  // A base that is like others needs none.
  const app = () => {
    made ??= new App();
    return made;
  };
  const problems: Problem[] = [];
  const groups = [
    ...(plan.createNamespace ? [namespaceGroup(app, plan, problems)] : []),
    ...(plan.workloads.length > 0 ? [guestGroup(app, plan, problems, templates)] : []),
    ...plan.workloads.map((workload) => workloadGroup(app, workload, problems, { group: plan.group, templates })),
  ];
  refuse(problems);
  return groups;
}

function namespaceGroup(app: () => App, plan: Plan, problems: Problem[]): Group {
  const chart = new Chart(app(), 'namespace');
  new Namespace(chart, 'namespace', { name: plan.namespace, runId: plan.runId });
  const { documents, problems: found } = documentsIn(NAMESPACE_FILE, chart);
  problems.push(...found);
  return groupOf(NAMESPACE_FILE, documents);
}

/** The Secrets that the guests of all workloads share. */
function guestGroup(app: () => App, plan: Plan, problems: Problem[], templates: Templates | undefined): Group {
  const render = () => {
    const chart = new Chart(app(), 'guest');
    for (const workload of plan.workloads) addGuestSecret(chart, workload);
    return documentsIn(GUEST_FILE, chart, plan.group);
  };
  const { documents, problems: found } = templates ? templates.file(sharedSource(plan), render) : render();
  problems.push(...found);
  return groupOf(GUEST_FILE, documents);
}

function documentsIn(file: string, chart: Chart, group?: string): Rendered {
  const objects = manifests(chart, group);
  const problems = objects.flatMap((object) => validateObject(file, object));
  return { documents: objects.map((object): Document => ({ kind: object.kind, text: [textOf(object)] })), problems };
}

function groupOf(name: string, documents: readonly Document[]): Group {
  const texts = documents.map(({ text }) => text);
  return { name, documents: () => texts, counts: documents.map(({ kind }) => [kind, 1]) };
}

interface InGroup {
  readonly group: string | undefined;
  readonly templates: Templates | undefined;
}

/** One chart per workload, with one VM or pool per role; see stamp.ts for the other VMs. */
function workloadGroup(app: () => App, workload: WorkloadPlan, problems: Problem[], { group, templates }: InGroup): Group {
  const plan = patternOf(workload);
  const guests = guestsOf(plan);
  const name = workloadFile(workload.name);
  const secret = secretOf(workload);
  const render = (): Rendered => {
    const chart = new Chart(app(), `workload-${workload.name}`);
    new PlannedWorkload(chart, `workload-${plan.name}`, { plan, guests });
    const objects = manifests(chart, group);
    const all = objects.flatMap((manifest) => {
      const [first] = vmsOf(workload, { kind: manifest.kind, ...roleOf(manifest) });
      return workloadProblems(name, workload, first ? withWords(manifest, first) : manifest);
    });
    return {
      documents: objects.map((each): Document => ({ kind: each.kind, ...roleOf(each), text: [textOf(each, secret)] })),
      problems: all,
    };
  };
  const source = templates && sourceOf(plan, guests, group, secret);
  const { documents, problems: found } = source ? templates.file(source, render) : render();
  problems.push(...found);
  const pieces = documents.map((document) => ({ ...document, vms: vmsOf(workload, document) }));
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

function* stampedDocuments(
  pieces: readonly (Pick<Document, 'text'> & { readonly vms: readonly VmPlan[] })[],
): Generator<readonly string[]> {
  for (const { text, vms } of pieces) {
    if (vms.length === 0) {
      yield text;
      continue;
    }
    const stamp = stamper(text.join(''));
    for (const vm of vms) yield [stamp(vm)];
  }
}

function manifests(chart: Chart, group: string | undefined): Manifest[] {
  return chart.node
    .findAll()
    .filter((construct) => construct instanceof ApiObject)
    .map((object) => inGroup(object.toJson() as Manifest, group));
}

/** The role of a VM that stands for all of them. */
function roleOf({ kind, metadata }: Manifest): Pick<Document, 'role'> {
  const role = metadata.labels?.[ROLE];
  return kind === 'VirtualMachine' && role !== undefined ? { role } : {};
}

function vmsOf({ roles }: WorkloadPlan, { kind, role }: Pick<Document, 'kind' | 'role'>): readonly VmPlan[] {
  return kind === 'VirtualMachine' ? (roles.find((each) => each.role === role)?.vms ?? []) : [];
}

/** The object of one VM, with its own words in the place of the marks. */
function withWords(manifest: Manifest, vm: VmPlan): Manifest {
  return JSON.parse(stamper(JSON.stringify(manifest))(vm)) as Manifest;
}

function* withHeader(documents: Iterable<readonly string[]>): Generator<string> {
  let separator = HEADER;
  for (const document of documents) {
    yield separator;
    yield* document;
    separator = '---\n';
  }
}

function file(name: string, text: string): RenderedFile {
  return { name, text: () => [HEADER + text] };
}
