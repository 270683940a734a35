import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/companion/objects';
import { apiGroupOf, KINDS, type Kind, resourceOf } from '../../src/kubernetes/kinds';
import type { FakeGuests } from './fake-guests';

/** A call or an object that fails. The first match applies. */
export type Fault =
  /** @param call a regular expression for the arguments, such as `^get secrets`; times: @default always */
  | { readonly call: string; readonly error: string; readonly times?: number }
  /** The call prints nothing until it is ended. */
  | { readonly call: string; readonly hang: true; readonly times?: number }
  /** @param object a regular expression for `KIND/NAME` of objects that apply rejects; NAME in the error is the name */
  | { readonly object: string; readonly error: string; readonly times?: number };

export type FakeKind = Pick<Kind, 'kind' | 'apiVersion' | 'plural' | 'cluster'>;

export interface Scenario {
  /** The objects on the cluster. @default none */
  readonly objects?: readonly KubeObject[];
  /** Kinds that the API server has. @default {@link ALL_KINDS} */
  readonly kinds?: readonly FakeKind[];
  /** Plurals of kinds that the account may not get, list or change, and `pods/proxy` and `pods/portforward`. @default none */
  readonly forbidden?: readonly string[];
  /** Whether VMs become ready. @default true */
  readonly ready?: boolean;
  readonly faults?: readonly Fault[];
  /** The current context of the kubeconfig. @default lab */
  readonly context?: string;
  /** Guests behind the pods. @default none */
  readonly guests?: FakeGuests;
  /** Whether VMs that are applied get launcher pods, `virt-launcher-NAME-abcde`. @default false */
  readonly pods?: boolean;
  /** The address of the API server in the kubeconfig. @default https://127.0.0.1:6443 */
  readonly server?: string;
}

export interface FakeAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It does not end by itself after its output. @default it does */
  readonly serves?: true;
}

/** The kinds of virtwork, and the other kinds that the companion lists. */
export const ALL_KINDS: readonly FakeKind[] = [
  ...KINDS,
  { kind: 'VirtualMachineInstance', apiVersion: 'kubevirt.io/v1', plural: 'virtualmachineinstances' },
  { kind: 'Pod', apiVersion: 'v1', plural: 'pods' },
  { kind: 'Event', apiVersion: 'v1', plural: 'events' },
  { kind: 'ConfigMap', apiVersion: 'v1', plural: 'configmaps' },
];
const NAMESPACES: FakeKind = { kind: 'Namespace', apiVersion: 'v1', plural: 'namespaces', cluster: true };

// Recorded from kubectl 1.32 with an API server 1.34, as are the forms of all other answers.
export const REFUSED = 'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?';
export const UNAUTHORIZED = 'error: You must be logged in to the server (Unauthorized)';
export const QUOTA =
  'Error from server (Forbidden): secrets "NAME" is forbidden: exceeded quota: few, requested: count/secrets=1, used: count/secrets=1, limited: count/secrets=1';

/** What `kubectl config view` prints. */
function view({ context, server }: Pick<Complete, 'context' | 'server'>): object {
  return {
    kind: 'Config',
    apiVersion: 'v1',
    preferences: {},
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': 'DATA+OMITTED' } }],
    users: [{ name: 'admin', user: { token: 'REDACTED' } }],
    contexts: [{ name: context, context: { cluster: 'lab', user: 'admin' } }],
    'current-context': context,
  };
}

/** Arguments that every call ends with. */
const GLOBAL = ['--kubeconfig', '--context', '-n'];
const DELETED = '2026-01-01T00:00:00Z';

type Complete = Required<Omit<Scenario, 'guests'>> & Pick<Scenario, 'guests'>;

const DEFAULTS: Complete = {
  objects: [],
  kinds: ALL_KINDS,
  forbidden: [],
  ready: true,
  pods: false,
  faults: [],
  context: 'lab',
  server: 'https://127.0.0.1:6443',
};

/** Answers as kubectl does, and changes its simulated cluster. */
export class FakeKubectl {
  objects: readonly KubeObject[];
  readonly calls: string[] = [];
  private readonly scenario: Complete;
  private readonly used = new Map<Fault, number>();

  constructor(scenario: Scenario = {}) {
    this.scenario = { ...DEFAULTS, ...scenario };
    this.objects = this.scenario.objects;
  }

  /** @returns undefined if the call does not end by itself */
  answer(argv: readonly string[], input: string, cwd: string): FakeAnswer | undefined {
    this.calls.push(argv.join(' '));
    const args = argv.slice(
      0,
      argv.findIndex((arg) => GLOBAL.includes(arg)),
    );
    const fault = this.faultOf('call', args.join(' '));
    if (fault) return 'hang' in fault ? undefined : failed([fault.error]);
    const namespace = argv[argv.indexOf('-n') + 1] as string;
    const [verb = '', what = ''] = args;
    const selector = args.includes('-l') ? (args[args.indexOf('-l') + 1] as string) : '';
    switch (verb) {
      case 'config':
        return done(pretty(view(this.scenario)));
      case 'kustomize':
        return done(rendered(join(cwd, what)));
      case 'api-resources':
        return done(
          this.scenario.kinds
            .filter(({ cluster }) => !cluster)
            .map((kind) => `${resourceOf(kind)}\n`)
            .join(''),
        );
      case 'get':
        if (what === '--raw') return this.groups();
        return what === 'namespace'
          ? this.getNamespace(args[2] as string)
          : this.list(what, args.includes('-A') ? undefined : namespace, selector);
      case 'apply':
        return this.apply(input, namespace, args.includes('--dry-run=server'));
      case 'version':
        return done(pretty({ clientVersion: { gitVersion: 'v1.32.0' }, serverVersion: { gitVersion: 'v1.34.2' } }));
      case 'delete':
        return what === 'namespace' ? this.deleteNamespace(args[2] as string) : this.remove(what, namespace, selector, args[2]);
      case 'auth':
        return this.canI(args);
      case 'proxy':
        return { ...done(this.scenario.guests?.proxy(args, this.mayNot('pods/proxy')) ?? ''), serves: true };
      case 'port-forward':
        return this.mayNot('pods/portforward')
          ? failed([
              `Error from server (Forbidden): pods "${what.slice(4)}" is forbidden: User "viewer" cannot create resource "pods/portforward" in API group "" in the namespace "${namespace}"`,
            ])
          : { ...done(this.scenario.guests?.forward(args) ?? ''), serves: true };
      default:
        return failed([`error: unknown command "${verb}" for "kubectl"`]);
    }
  }

  /** The next injected error of a call or an object. */
  private faultOf(what: 'call' | 'object', name: string): Fault | undefined {
    const fault = this.scenario.faults.find((each) => {
      const pattern = (each as { readonly [key: string]: unknown })[what];
      const isLeft = (this.used.get(each) ?? 0) < (each.times ?? Number.POSITIVE_INFINITY);
      return typeof pattern === 'string' && isLeft && new RegExp(pattern).test(name);
    });
    if (fault) this.used.set(fault, (this.used.get(fault) ?? 0) + 1);
    return fault;
  }

  private groups(): FakeAnswer {
    const names = new Set(this.scenario.kinds.map(({ apiVersion }) => apiGroupOf(apiVersion)).filter(Boolean));
    return done(JSON.stringify({ kind: 'APIGroupList', apiVersion: 'v1', groups: [...names].map((name) => ({ name })) }));
  }

  private getNamespace(name: string): FakeAnswer {
    if (this.isForbidden(NAMESPACES)) return failed([forbidden('get', NAMESPACES, name, ` "${name}"`)]);
    const found = this.objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    return done(found ? pretty(found) : '');
  }

  /** @param namespace @default all */
  private list(resources: string, namespace: string | undefined, selector: string): FakeAnswer {
    const problems: string[] = [];
    const items: KubeObject[] = [];
    for (const resource of resources.split(',')) {
      const kind = this.scenario.kinds.find((each) => resourceOf(each) === resource);
      if (!kind) return failed([`error: the server doesn't have a resource type "${resource.split('.')[0]}"`]);
      if (this.isForbidden(kind)) problems.push(forbidden('list', kind, namespace ?? ''));
      else items.push(...this.selected(kind, namespace, selector));
    }
    const list = pretty({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
    return problems.length > 0 ? failed(problems, list) : done(list);
  }

  private selected({ kind, cluster }: FakeKind, namespace: string | undefined, selector: string): KubeObject[] {
    const wanted = selector
      .split(',')
      .filter(Boolean)
      .map((each) => each.split('=') as [string, string?]);
    return this.objects.filter(
      ({ kind: is, metadata: { namespace: place, labels = {} } }) =>
        is === kind &&
        (cluster || namespace === undefined || place === namespace) &&
        wanted.every(([key, value]) => (value === undefined ? key in labels : labels[key] === value)),
    );
  }

  private apply(input: string, namespace: string, isDryRun: boolean): FakeAnswer {
    const problems: string[] = [];
    const names: string[] = [];
    for (const text of input.split(/^---\n/m).filter(Boolean)) {
      const object = JSON.parse(text) as KubeObject;
      const problem = this.problemOf(object, namespace);
      if (problem === undefined) names.push(isDryRun ? nameOf(object) : this.store(object, namespace));
      else problems.push(problem);
    }
    const [only] = problems;
    if (problems.length === 1 && only?.startsWith('resource')) problems[0] = `error: ${only}`;
    const stdout = names.map((name) => `${name}\n`).join('');
    return problems.length > 0 ? failed(problems, stdout) : done(stdout);
  }

  /** The error for an object that cannot be applied. */
  private problemOf({ apiVersion, kind, metadata: { name } }: KubeObject, namespace: string): string | undefined {
    const row = [...this.scenario.kinds, NAMESPACES].find((each) => each.kind === kind);
    if (!row)
      return `resource mapping not found for name: "${name}" namespace: "${namespace}" from "STDIN": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`;
    if (this.isForbidden(row)) return forbidden('patch', row, namespace, ` "${name}"`);
    const fault = this.faultOf('object', `${kind}/${name}`);
    return fault && 'error' in fault ? fault.error.replaceAll('NAME', name) : undefined;
  }

  /** Applies an object. @returns its name, as `-o name` prints it */
  private store(object: KubeObject, namespace: string): string {
    const { kind, metadata } = object;
    const isOutside = [...this.scenario.kinds, NAMESPACES].find((each) => each.kind === kind)?.cluster;
    const place = isOutside ? {} : { namespace };
    const stored = { ...object, metadata: { ...metadata, ...place, uid: `uid-${kind}-${metadata.name}` } };
    const isOther = (each: KubeObject) => each.kind !== kind || each.metadata.name !== metadata.name;
    const vms = kind === 'VirtualMachinePool' ? vmsOf(stored) : kind === 'VirtualMachine' ? [stored] : [];
    const created = [
      ...vms.filter((vm) => vm !== stored),
      ...vms.flatMap((vm) => [...instanceOf(vm, this.scenario.ready), ...(this.scenario.pods ? [podOfVm(vm)] : [])]),
      ...(kind === 'StatefulSet' ? podsOf(stored) : []),
    ];
    const ids = new Set(created.map(({ metadata }) => metadata.uid));
    this.objects = [...this.objects.filter((each) => isOther(each) && !ids.has(each.metadata.uid)), stored, ...created];
    return nameOf(stored);
  }

  private remove(resource: string, namespace: string, selector: string, name = '-'): FakeAnswer {
    const kind = this.scenario.kinds.find((each) => resourceOf(each) === resource) as FakeKind;
    if (this.isForbidden(kind)) return failed([forbidden('list', kind, namespace)]);
    const isNamed = ({ metadata }: KubeObject) => name.startsWith('-') || metadata.name === name;
    const found = this.selected(kind, namespace, selector).filter(isNamed);
    if (found.length === 0) return done(name.startsWith('-') ? 'No resources found\n' : '');
    const held = found.filter(({ metadata: { finalizers = [] } }) => finalizers.length > 0);
    const gone = found.filter((object) => !held.includes(object));
    const along = new Set(gone);
    const isOwned = ({ metadata }: KubeObject) =>
      metadata.ownerReferences?.some(({ uid }) => [...along].some((each) => each.metadata.uid === uid));
    for (const object of this.objects) if (isOwned(object)) along.add(object);
    this.objects = this.objects
      .filter((object) => !along.has(object))
      .map((object) => (held.includes(object) ? { ...object, metadata: { ...object.metadata, deletionTimestamp: DELETED } } : object));
    return done(found.map((object) => `${nameOf(object)}\n`).join(''));
  }

  private deleteNamespace(name: string): FakeAnswer {
    const isThere = this.objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    this.objects = this.objects.filter(({ metadata }) => metadata.name !== name && metadata.namespace !== name);
    const stderr = 'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n';
    return { code: 0, stdout: isThere ? `namespace/${name}\n` : '', stderr };
  }

  /** `auth can-i VERB RESOURCE [--subresource=…]` */
  private canI([, , , resource = '', flag]: readonly string[]): FakeAnswer {
    const name = flag === undefined ? resource.split('.')[0] : `${resource}/${flag.replace('--subresource=', '')}`;
    return this.mayNot(name as string) ? { code: 1, stdout: 'no\n', stderr: '' } : done('yes\n');
  }

  private mayNot(resource: string): boolean {
    return this.scenario.forbidden.includes(resource);
  }

  private isForbidden({ plural }: FakeKind): boolean {
    return this.scenario.forbidden.includes(plural);
  }
}

function done(stdout: string): FakeAnswer {
  return { code: 0, stdout, stderr: '' };
}

function failed(problems: readonly string[], stdout = ''): FakeAnswer {
  return { code: 1, stdout, stderr: problems.map((problem) => `${problem}\n`).join('') };
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}

function forbidden(verb: string, kind: FakeKind, namespace: string, name = ''): string {
  const where = kind.cluster && name === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `Error from server (Forbidden): ${resourceOf(kind)}${name} is forbidden: User "nobody" cannot ${verb} resource "${kind.plural}" in API group "${apiGroupOf(kind.apiVersion)}" ${where}`;
}

function nameOf({ apiVersion = 'v1', kind, metadata }: KubeObject): string {
  return `${[kind.toLowerCase(), apiGroupOf(apiVersion)].filter(Boolean).join('.')}/${metadata.name}`;
}

/** The VMs that KubeVirt creates for a pool. */
function vmsOf({ metadata: { name: pool, namespace = '', uid = '' }, spec }: KubeObject): KubeObject[] {
  const { metadata, spec: vm } = spec.virtualMachineTemplate;
  return Array.from({ length: spec.replicas }, (_, index) => {
    const [name, ownerReferences] = [`${pool}-${index}`, [{ kind: 'VirtualMachinePool', name: pool, uid }]];
    const own = { ...metadata, name, namespace, uid: `uid-VirtualMachine-${name}`, ownerReferences };
    return { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: own, spec: vm };
  });
}

/** The objects that KubeVirt creates for a VM. */
export function instanceOf({ metadata, spec }: KubeObject, ready: boolean): KubeObject[] {
  if (spec?.runStrategy === 'Halted') return [];
  const { name, uid = '', namespace = '', labels = {} } = metadata;
  const { annotations = {} } = spec?.template?.metadata ?? {};
  return [
    {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { name, namespace, labels, annotations, uid: `${uid}-instance`, ownerReferences: [{ kind: 'VirtualMachine', name, uid }] },
      status: { phase: 'Running', nodeName: 'worker-1', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    },
  ];
}

/** The launcher pod that KubeVirt creates for a VM. */
function podOfVm({ metadata: { name, namespace = '', labels = {}, uid = '' } }: KubeObject): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `virt-launcher-${name}-abcde`,
      namespace,
      labels,
      uid: `${uid}-pod`,
      ownerReferences: [{ kind: 'VirtualMachineInstance', name, uid: `${uid}-instance` }],
    },
    spec: { nodeName: 'worker-1' },
    status: { phase: 'Running' },
  };
}

/** The pods that Kubernetes creates for a StatefulSet. */
function podsOf({ metadata: { name: set, namespace = '', uid = '' }, spec }: KubeObject): KubeObject[] {
  return Array.from({ length: spec.replicas }, (_, index) => {
    const own = {
      name: `${set}-${index}`,
      namespace,
      uid: `${uid}-pod-${index}`,
      ownerReferences: [{ kind: 'StatefulSet', name: set, uid }],
    };
    const claims = (spec.volumeClaimTemplates ?? []).map((claim: KubeObject) => ({
      name: claim.metadata.name,
      persistentVolumeClaim: { claimName: `${claim.metadata.name}-${own.name}` },
    }));
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...spec.template.metadata, ...own },
      spec: { ...spec.template.spec, volumes: claims, nodeName: 'worker-1' },
      status: { phase: 'Running', containerStatuses: [{ name: 'trials', state: { running: {} } }] },
    };
  });
}

/** The resources of a kustomization.yaml without any changes. */
function rendered(folder: string): string {
  const text = readFileSync(join(folder, 'kustomization.yaml'), 'utf8');
  const names = (/^resources:\n((?: {2}- .*\n)+)/m.exec(text)?.[1] ?? '').match(/[\w.-]+\.yaml/g) ?? [];
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('---\n');
}
