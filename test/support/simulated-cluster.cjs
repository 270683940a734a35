// Replaces kubectl and a cluster in the examples of the documentation. It keeps applied objects in the file $CLUSTER. VMs are ready at
// once, and disks of an unknown storage class are never ready. It answers only the requests of the examples and of virtwork.
'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { loadAll } = require('js-yaml');

const SHORT = {
  vmpool: 'virtualmachinepool',
  vm: 'virtualmachine',
  vmi: 'virtualmachineinstance',
  dv: 'datavolume',
  svc: 'service',
  pvc: 'persistentvolumeclaim',
};
const CLUSTER_WIDE = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
const CLASSES = ['fast', 'archive'];
const WITH_VALUE = ['-n', '--namespace', '-l', '-o', '-f', '-k', '--context', '--kubeconfig', '--field-selector', '--for', '--verbs'];
const SECONDS = 60;

const { words, flags } = parsed(process.argv.slice(2));
const namespace = flags['-n'] ?? flags['--namespace'] ?? 'default';
let objects = existsSync(process.env.CLUSTER) ? JSON.parse(readFileSync(process.env.CLUSTER, 'utf8')) : [];

const [verb, what = '', ...names] = words;
const run = { apply, create, get, delete: remove, wait, kustomize, config, 'api-resources': kinds }[verb];
if (!run) fail(`unknown to the tests of the documentation: kubectl ${process.argv.slice(2).join(' ')}`);
run();
// Calls that only read do not write the file, because several calls may run at the same time.
if ([apply, create, remove].includes(run)) writeFileSync(process.env.CLUSTER, JSON.stringify(objects));

function parsed(args) {
  const found = { words: [], flags: {} };
  while (args.length > 0) {
    const arg = args.shift();
    const [name, value] = arg.startsWith('--') ? arg.split(/=(.*)/) : [arg];
    if (WITH_VALUE.includes(name)) found.flags[name] = value ?? args.shift();
    else if (arg.startsWith('-')) found.flags[name] = value ?? true;
    else found.words.push(arg);
  }
  return found;
}

function apply() {
  for (const object of given()) {
    if (!object?.apiVersion || !object.kind || !object.metadata?.name) fail(`error: no object: ${JSON.stringify(object)}`);
    const isNew = !objects.some((each) => idOf(each) === idOf(object));
    if (!CLUSTER_WIDE.includes(object.kind)) object.metadata.namespace ??= namespace;
    objects = [
      ...objects.filter((each) => idOf(each) !== idOf(object)),
      { ...object, metadata: { ...object.metadata, uid: idOf(object) } },
    ];
    if (object.kind === 'VirtualMachine') start(stored(object));
    if (object.kind === 'VirtualMachinePool') scale(stored(object));
    say(object, flags['--server-side'] ? 'serverside-applied' : isNew ? 'created' : 'configured');
  }
}

function create() {
  const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: names[0] } };
  add(namespaceObject);
  say(namespaceObject, 'created');
}

/** The VMs of a pool, which KubeVirt creates or deletes. */
function scale(pool) {
  const { replicas, virtualMachineTemplate: template } = pool.spec;
  const ownerReferences = [{ kind: pool.kind, name: pool.metadata.name, uid: idOf(pool) }];
  objects = objects.filter(
    ({ kind, metadata }) => kind !== 'VirtualMachine' || !isOwned(metadata, pool) || /\d+$/.exec(metadata.name) < replicas,
  );
  for (let index = 0; index < replicas; index += 1) {
    const metadata = { ...template.metadata, namespace: pool.metadata.namespace, name: `${pool.metadata.name}-${index}`, ownerReferences };
    const vm = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata, spec: template.spec };
    add(vm);
    start(stored(vm));
  }
}

/** The objects that KubeVirt and CDI create for a VM. */
function start(vm) {
  const { template, dataVolumeTemplates = [] } = vm.spec;
  const owned = { namespace: vm.metadata.namespace, ownerReferences: [{ kind: vm.kind, name: vm.metadata.name, uid: idOf(vm) }] };
  for (const { metadata, spec } of dataVolumeTemplates) {
    const { storageClassName = CLASSES[0] } = spec.storage;
    const isBound = CLASSES.includes(storageClassName);
    const unbound = { type: 'Bound', status: 'False', message: `storageclass.storage.k8s.io "${storageClassName}" not found` };
    add({
      apiVersion: 'cdi.kubevirt.io/v1beta1',
      kind: 'DataVolume',
      metadata: { ...metadata, ...owned },
      status: isBound ? { phase: 'Succeeded' } : { phase: 'Pending', conditions: [unbound] },
    });
  }
  const waits = objects.some(({ kind, metadata, status }) => kind === 'DataVolume' && isOwned(metadata, vm) && status.phase === 'Pending');
  vm.status = { printableStatus: waits ? 'Provisioning' : 'Running' };
  if (waits) return;
  add({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { ...template.metadata, ...owned, name: vm.metadata.name },
    status: { phase: 'Running', nodeName: 'worker-1', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

function add(object) {
  if (!stored(object)) objects.push({ ...object, metadata: { ...object.metadata, uid: idOf(object) } });
}

function get() {
  if (flags['--raw']) return process.stdout.write('"kubevirt.io" "cdi.kubevirt.io"');
  if (names.length > 0) {
    const [found] = selected().filter(({ metadata }) => metadata.name === names[0]);
    return found && process.stdout.write(JSON.stringify(found));
  }
  process.stdout.write(JSON.stringify({ items: selected() }));
}

function remove() {
  const file = flags['-f'] ?? flags['-k'];
  const ids = file === undefined ? [] : given().map(idOf);
  const gone = file === undefined ? selected() : objects.filter((each) => ids.includes(idOf(each)));
  if (gone.length === 0 && names.length > 0) fail(`Error from server (NotFound): ${what} "${names[0]}" not found`);
  for (const object of gone) {
    objects = objects.filter(
      (each) =>
        each !== object &&
        !isOwned(each.metadata, object) &&
        !(object.kind === 'Namespace' && each.metadata.namespace === object.metadata.name),
    );
    say(object, 'deleted');
  }
  for (const { kind, metadata } of gone) {
    const vm = kind === 'VirtualMachineInstance' && objects.find((each) => isOwned(metadata, each));
    if (vm) start(vm);
  }
}

function wait() {
  for (const object of selected()) say(object, 'condition met');
}

function kustomize() {
  process.stdout.write(rendered(what));
}

function config() {
  const clusters = [{ name: 'example', cluster: { server: 'https://api.example.com:6443' } }];
  process.stdout.write(JSON.stringify({ 'current-context': 'example', clusters }));
}

function kinds() {
  process.stdout.write('secrets\nservices\nvirtualmachines.kubevirt.io\ndatavolumes.cdi.kubevirt.io\n');
}

/** The objects of -f or -k. */
function given() {
  const { '-f': file, '-k': folder } = flags;
  return loadAll(folder ? rendered(folder) : readFileSync(file === '-' ? 0 : file, 'utf8'));
}

function rendered(folder) {
  const env = { ...process.env, PATH: process.env.REAL_PATH };
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { env, encoding: 'utf8', timeout: SECONDS * 1000 });
  if (status !== 0) fail(stderr);
  return stdout;
}

/** The objects that the arguments and the selector select. */
function selected() {
  const wanted = what.split(',').map((kind) => {
    const short = kind.split('.')[0].toLowerCase();
    return SHORT[short] ?? short.replace(/(?<!s)s$/, '');
  });
  const filters = (flags['-l'] ?? '').split(',').filter(Boolean);
  return objects.filter(
    ({ kind, metadata }) =>
      wanted.includes(kind.toLowerCase()) &&
      (CLUSTER_WIDE.includes(kind) || metadata.namespace === namespace) &&
      (names.length === 0 || names.includes(metadata.name)) &&
      filters.every((filter) => fits(filter, metadata.labels ?? {})),
  );
}

function fits(filter, labels) {
  const [key, value] = filter.split('=');
  return value === undefined ? key in labels : labels[key] === value;
}

function isOwned({ ownerReferences = [] }, { metadata: { uid } }) {
  return ownerReferences.some((owner) => owner.uid === uid);
}

function stored(object) {
  return objects.find((each) => idOf(each) === idOf(object));
}

function idOf({ kind, metadata }) {
  return `${kind}/${CLUSTER_WIDE.includes(kind) ? '' : (metadata.namespace ?? namespace)}/${metadata.name}`;
}

/** Reports a change as kubectl does. */
function say({ apiVersion, kind, metadata: { name } }, done) {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  const full = `${kind.toLowerCase()}${group}`;
  if (flags['-o'] === 'name') console.log(`${full}/${name}`);
  else console.log(done === 'deleted' ? `${full} "${name}" deleted` : `${full}/${name} ${done}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
