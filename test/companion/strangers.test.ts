import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../src/companion/client';
import type { KubeObject } from '../../src/companion/objects';
import { strangers } from '../../src/companion/strangers';
import { tempDir } from '../support/render';

interface Given {
  /** The objects that the server lists, by resource: Kind/name, or an object. */
  readonly has?: { readonly [resource: string]: readonly (string | object)[] };
  /** Resources that the account may not list. */
  readonly forbidden?: readonly string[];
  readonly mine?: readonly KubeObject[];
}

const VM: KubeObject = { kind: 'VirtualMachine', metadata: { name: 'virtwork-cpu-0', uid: 'vm' } };
const SERVICE: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'mine', uid: 'svc' } };
const BATCH = Array.from({ length: 45 }, (_, index) => `things${index}.example.com`);

/** A kubectl for any kinds: it prints the kinds that may not be listed on stderr, and lists the others. */
function ask({ has = {}, forbidden = [], mine = [VM, SERVICE] }: Given) {
  const folder = tempDir();
  const program = join(folder, 'kubectl');
  const lists = Object.fromEntries(
    Object.entries(has).map(([resource, objects]) => [
      resource,
      objects.map((object, index) => {
        if (typeof object !== 'string') return object;
        const [kind, name] = object.split('/');
        return { apiVersion: 'v1', kind, metadata: { name, uid: `${resource}-${index}` } };
      }),
    ]),
  );
  writeFileSync(
    program,
    `#!/usr/bin/env node
const lists = ${JSON.stringify(lists)};
const forbidden = ${JSON.stringify(forbidden)};
const [verb, what] = process.argv.slice(2);
require('node:fs').appendFileSync('${folder}/calls', process.argv.slice(2).join(' ') + '\\n');
if (verb === 'api-resources') {
  console.log([...Object.keys(lists), ...forbidden].join('\\n'));
} else {
  const asked = what.split(',');
  const items = asked.flatMap((each) => lists[each] ?? []);
  process.stdout.write(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) + '\\n');
  const no = asked.filter((each) => forbidden.includes(each));
  for (const each of no) console.error('Error from server (Forbidden): ' + each + ' is forbidden: User "a" cannot list resource');
  process.exitCode = no.length > 0 ? 1 : 0;
}
`,
    { mode: 0o755 },
  );
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  return { folder, result: strangers(client, mine) };
}

function owned(kind: string, name: string, owner: string): object {
  return { kind, metadata: { name, uid: `${kind}-${name}`, ownerReferences: [{ kind: 'Any', name: 'any', uid: owner }] } };
}

async function namesOf(given: Given): Promise<string[]> {
  return (await ask(given).result).objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

describe('counts', () => {
  test.each<[string, Given, string[]]>([
    ['an Ingress', { has: { 'ingresses.networking.k8s.io': ['Ingress/web'] } }, ['Ingress/web']],
    ['a NetworkPolicy', { has: { 'networkpolicies.networking.k8s.io': ['NetworkPolicy/deny'] } }, ['NetworkPolicy/deny']],
    ['a Role of a user', { has: { 'roles.rbac.authorization.k8s.io': ['Role/reader'] } }, ['Role/reader']],
    ['an account of a user', { has: { serviceaccounts: ['ServiceAccount/default', 'ServiceAccount/ci'] } }, ['ServiceAccount/ci']],
    ['a custom resource', { has: { 'widgets.example.com': ['Widget/one'] } }, ['Widget/one']],
    ['a quota', { has: { resourcequotas: ['ResourceQuota/small'] } }, ['ResourceQuota/small']],
    ['a ConfigMap', { has: { configmaps: ['ConfigMap/kube-root-ca.crt', 'ConfigMap/precious'] } }, ['ConfigMap/precious']],
    ['Endpoints without a Service', { has: { endpoints: ['Endpoints/lock'] } }, ['Endpoints/lock']],
    [
      'an object of the same kind and name in another group',
      { has: { 'services.serving.knative.dev': [{ kind: 'Service', metadata: { name: 'mine', uid: 'other' } }] } },
      ['Service/mine'],
    ],
    [
      'an object whose owner is cluster-scoped',
      { has: { 'widgets.example.com': [owned('Widget', 'one', 'a-cluster-scoped-thing')] } },
      ['Widget/one'],
    ],
    ['two objects that own each other', { has: { 'x.io': [owned('X', 'a', 'X-b'), owned('X', 'b', 'X-a')] } }, ['X/a', 'X/b']],
    [
      'an owner, but not the objects that it owns',
      {
        has: {
          'deployments.apps': ['Deployment/web'],
          pods: [owned('Pod', 'web-1', 'ReplicaSet-web')],
          'rs.apps': [owned('ReplicaSet', 'web', 'deployments.apps-0')],
        },
      },
      ['Deployment/web'],
    ],
    [
      'a pull secret of a user',
      { has: { secrets: [{ kind: 'Secret', type: 'kubernetes.io/dockercfg', metadata: { name: 'registry', uid: 's' } }] } },
      ['Secret/registry'],
    ],
    [
      'a Secret with only the annotation of an account',
      {
        has: {
          secrets: [
            {
              kind: 'Secret',
              type: 'Opaque',
              metadata: { name: 'x', uid: 's', annotations: { 'kubernetes.io/service-account.name': 'a' } },
            },
          ],
        },
      },
      ['Secret/x'],
    ],
    [
      'migrations of a missing VM',
      {
        has: {
          'vmim.kubevirt.io': [{ kind: 'VirtualMachineInstanceMigration', metadata: { name: 'm', uid: 'm' }, spec: { vmiName: 'gone' } }],
        },
      },
      ['VirtualMachineInstanceMigration/m'],
    ],
  ])('%s', async (_, given, expected) => expect(await namesOf(given)).toEqual(expected));
});

describe('does not count', () => {
  test.each<[string, Given]>([
    ['objects of virtwork', { has: { 'virtualmachines.kubevirt.io': [VM], services: [SERVICE] } }],
    [
      'objects that they own',
      { has: { 'vmi.kubevirt.io': [owned('VirtualMachineInstance', 'x', 'vm')], pods: [owned('Pod', 'x', 'VirtualMachineInstance-x')] } },
    ],
    ['Endpoints of a Service of virtwork', { has: { endpoints: ['Endpoints/mine'] } }],
    [
      'migrations of VMs',
      {
        has: {
          'vmim.kubevirt.io': [
            { kind: 'VirtualMachineInstanceMigration', metadata: { name: 'm', uid: 'm' }, spec: { vmiName: 'virtwork-cpu-0' } },
          ],
        },
      },
    ],
    ['the same object under another group', { has: { 'x.extensions': [{ kind: 'Service', metadata: { name: 'mine', uid: 'svc' } }] } }],
    ['events and metrics', { has: { events: ['Event/a'], 'events.events.k8s.io': ['Event/a'], 'pods.metrics.k8s.io': ['PodMetrics/a'] } }],
    [
      'objects that Kubernetes creates in each namespace',
      { has: { configmaps: ['ConfigMap/kube-root-ca.crt'], serviceaccounts: ['ServiceAccount/default'] } },
    ],
    [
      'objects that OpenShift creates in each namespace',
      {
        has: {
          configmaps: ['ConfigMap/openshift-service-ca.crt'],
          serviceaccounts: ['ServiceAccount/builder', 'ServiceAccount/deployer'],
          'rolebindings.rbac.authorization.k8s.io': ['RoleBinding/system:image-pullers', 'RoleBinding/system:deployers'],
          secrets: [
            { kind: 'Secret', type: 'kubernetes.io/dockercfg', metadata: { name: 'default-dockercfg-x', uid: '1' } },
            {
              kind: 'Secret',
              type: 'kubernetes.io/service-account-token',
              metadata: { name: 't', uid: '2', annotations: { 'kubernetes.io/service-account.name': 'builder' } },
            },
          ],
          'clusterserviceversions.operators.coreos.com': [
            { kind: 'ClusterServiceVersion', metadata: { name: 'o', uid: '3', labels: { 'olm.copiedFrom': 'openshift-operators' } } },
          ],
        },
      },
    ],
  ])('%s', async (_, given) => expect(await namesOf(given)).toEqual([]));
});

test('kinds that may not be listed are returned, and the others are listed anyway', async () => {
  const { objects, hidden } = await ask({
    has: { configmaps: ['ConfigMap/precious'] },
    forbidden: ['roles.rbac.authorization.k8s.io', 'widgets.example.com'],
  }).result;
  expect({ names: objects.map(({ metadata }) => metadata.name), hidden }).toEqual({
    names: ['precious'],
    hidden: ['roles.rbac.authorization.k8s.io', 'widgets.example.com'],
  });
});

test('many kinds need few calls', async () => {
  const { folder, result } = ask({ has: Object.fromEntries(BATCH.map((kind) => [kind, []])) });
  await result;
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(4);
});

test('a list that fails for another reason is an error', async () => {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(
    program,
    '#!/bin/sh\n[ $1 = api-resources ] && { echo pods; exit 0; }\necho "error: You must be logged in to the server (Unauthorized)" >&2; exit 1\n',
    { mode: 0o755 },
  );
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  await expect(strangers(client, [])).rejects.toThrow(/Unauthorized/);
});
