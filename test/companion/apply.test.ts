import { apply } from '../../src/companion/apply';
import { type Client, KubectlError } from '../../src/companion/client';
import type { CompanionEvent } from '../../src/companion/event';
import type { KubeObject } from '../../src/companion/objects';
import { fakeCluster, own, vm } from '../support/fake-cluster';
import { ALL_KINDS, QUOTA, REFUSED, type Scenario } from '../support/fake-kubectl';

const NAMESPACE: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns', labels: { 'virtwork/run-id': 'x' } } };
const SECRET = own('Secret', 's');
const OTHER = own('Secret', 't');
const [VM] = vm('v') as [KubeObject];

function namespace(labels: { readonly [label: string]: string }): Scenario {
  return { objects: [{ ...NAMESPACE, metadata: { name: 'ns', labels } }] };
}

function applied(client: Client, objects: readonly KubeObject[]) {
  const events: CompanionEvent[] = [];
  return apply(client, objects, (event) => events.push(event)).then((result) => ({ ...result, events }));
}

describe('a namespace', () => {
  test.each<[string, Scenario]>([
    ['is created where it does not exist', {}],
    ['is applied again where virtwork created it', namespace({ 'virtwork/run-id': 'y' })],
    ['is applied where a user labeled it', namespace({ 'managed-by': 'virtwork' })],
  ])('%s', async (_, scenario) => {
    const result = await applied((await fakeCluster(scenario)).client(), [SECRET, NAMESPACE]);
    expect(result).toMatchObject({ applied: [SECRET, NAMESPACE], kept: [], refused: [] });
    // Before all other objects.
    expect(result.events[0]).toEqual({ type: 'applied', kind: 'Namespace', name: 'ns' });
  });

  test.each<[string, Scenario]>([
    ['that exists', namespace({ 'kubernetes.io/metadata.name': 'ns' })],
    ['of another manager', namespace({ 'managed-by': 'argocd', 'app.kubernetes.io/managed-by': 'Helm' })],
  ])('%s is not changed, and reported', async (_, scenario) => {
    const cluster = await fakeCluster(scenario);
    const result = await applied(cluster.client(), [NAMESPACE, SECRET]);
    expect(result).toMatchObject({ applied: [SECRET], kept: [NAMESPACE], refused: [] });
    expect(result.events[0]).toEqual({ type: 'kept', kind: 'Namespace', name: 'ns' });
    expect(cluster.find('Namespace', 'ns')).toEqual(scenario.objects?.[0]);
  });

  test('that the account may not get is rejected, and not changed', async () => {
    const cluster = await fakeCluster({ forbidden: ['namespaces'] });
    expect(await applied(cluster.client(), [NAMESPACE, SECRET])).toMatchObject({
      applied: [SECRET],
      refused: [{ object: NAMESPACE, problem: { cause: 'forbidden', hint: expect.stringContaining('--no-create-namespace') } }],
    });
    expect(cluster.objects).toEqual(['Secret/s']);
  });
});

test('each rejected object has its own error', async () => {
  const faults = [
    { object: 'Secret/s', error: QUOTA },
    { object: 'VirtualMachine/v', error: 'The VirtualMachine "v" is invalid: spec.template: Required value' },
  ];
  const { refused, events } = await applied((await fakeCluster({ faults })).client(), [SECRET, OTHER, VM]);
  expect(refused.map(({ object, problem }) => [object.metadata.name, problem.cause])).toEqual([
    ['s', 'quota'],
    ['v', 'rejected'],
  ]);
  expect(events.map(({ type }) => type)).toEqual(['applied', 'refused', 'refused']);
});

test('only transient errors are retried', async () => {
  const busy = 'Error from server (TooManyRequests): the server has received too many requests, please try again later';
  const faults = [
    { object: 'Secret/s', error: QUOTA },
    { object: 'Secret/t', error: busy, times: 1 },
  ];
  const retried: string[] = [];
  const cluster = await fakeCluster({ faults });
  const { refused } = await applied(cluster.client({ retrying: (why) => retried.push(why) }), [SECRET, OTHER, VM]);
  expect(refused.map(({ object }) => object.metadata.name)).toEqual(['s']);
  expect(cluster.objects).toEqual(['VirtualMachine/v', 'VirtualMachineInstance/v', 'Secret/t']);
  // Other objects were applied, so there was no pause.
  expect(retried).toEqual([]);
});

test.each<[string, string, Scenario]>([
  ['forbidden', 'the account may not apply anything', { faults: [{ object: '.', error: 'Error from server (Forbidden): no' }] }],
  ['unreachable', 'no server answers', { faults: [{ call: '^apply', error: REFUSED }] }],
  ['unknownKind', 'the server has no such kind', { kinds: ALL_KINDS.filter(({ kind }) => kind === 'Secret') }],
])('an error with the cause %s when %s', async (cause, _, scenario) => {
  const client = (await fakeCluster(scenario)).client({ retries: 1 });
  const error = await applied(client, [VM]).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(KubectlError);
  expect(error.problem).toMatchObject({ cause });
  expect(error.problems).toEqual([error.problem]);
});
