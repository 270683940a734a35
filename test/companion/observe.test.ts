import type { Client } from '../../src/companion/client';
import { examine, observe } from '../../src/companion/observe';
import { waitReady } from '../../src/companion/wait';
import { fakeCluster, own, vm } from '../support/fake-cluster';

const HASH = { 'virtwork/user-data-hash': 'of-the-base' };

/** A VM that has been running since before its Secret was patched. */
function objects() {
  const [machine, instance] = vm('a') as [ReturnType<typeof own>, ReturnType<typeof own>];
  const volumes = [{ cloudInitNoCloud: { secretRef: { name: 'a' } } }];
  const started = { annotations: HASH, creationTimestamp: '2026-01-01T10:00:00Z' };
  const managedFields = [{ time: '2026-01-01T11:00:00Z', fieldsV1: { 'f:data': {} } }];
  return [
    { ...machine, spec: { template: { metadata: { annotations: HASH }, spec: { volumes } } } },
    { ...instance, metadata: { ...instance.metadata, ...started } },
    { ...own('Secret', 'a', { managedFields }), data: { userdata: Buffer.from('patched').toString('base64') } },
  ];
}

function wait(client: Client, selector: string) {
  return waitReady({ client, selector, timeout: 60, report: () => {}, progress: () => {} });
}

test.each([
  ['observe', observe, 4],
  ['examine', examine, 7],
  ['waitReady', wait, 4],
])('%s sees user data that an overlay patched, with one request, and does not read tokens', async (_, see, requests) => {
  const cluster = await fakeCluster({ objects: objects() });
  expect(await see(cluster.client(), 'virtwork/run-id')).toMatchObject([{ name: 'a', ready: true, stale: 'user data' }]);
  expect(cluster.calls).toHaveLength(requests);
  expect(cluster.calls.filter((call) => call.includes('secrets'))).toEqual([
    expect.stringMatching(/^get secrets .*-l virtwork\/run-id --field-selector type=Opaque --show-managed-fields/),
  ]);
});

test('an account that may not list Secrets compares only the hashes', async () => {
  const [state] = await examine((await fakeCluster({ objects: objects(), forbidden: ['secrets'] })).client(), 'virtwork/run-id');
  expect(state).toMatchObject({ name: 'a', ready: true });
  expect(state).not.toHaveProperty('stale');
});
