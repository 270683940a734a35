import { findNamespace, isOwn, ownNamespace } from '../../src/companion/namespace';
import { fakeCluster, own } from '../support/fake-cluster';

const USERS = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns', labels: { 'managed-by': 'argocd' } } };

test.each([
  [true, { 'virtwork/run-id': 'x' }],
  [true, { 'managed-by': 'virtwork' }],
  [true, { 'app.kubernetes.io/managed-by': 'virtwork' }],
  [false, { 'managed-by': 'argocd', 'app.kubernetes.io/managed-by': 'Helm' }],
  [false, { 'app.kubernetes.io/part-of': 'virtwork' }],
  [false, undefined],
])("is virtwork's: %s, with the labels %j", (expected, labels) => {
  expect(isOwn({ kind: 'Namespace', metadata: { name: 'ns', ...(labels ? { labels: labels as { [key: string]: string } } : {}) } })).toBe(
    expected,
  );
});

test('is found if it exists', async () => {
  expect(await findNamespace((await fakeCluster({ objects: [USERS] })).client())).toMatchObject({ metadata: { name: 'ns' } });
  expect(await findNamespace((await fakeCluster()).client())).toBeUndefined();
  await expect(findNamespace((await fakeCluster({ forbidden: ['namespaces'] })).client())).rejects.toMatchObject({
    problem: { cause: 'forbidden' },
  });
});

test("is deleted only if it is virtwork's", async () => {
  expect(await ownNamespace((await fakeCluster({ objects: [own('Namespace', 'ns')] })).client())).toMatchObject({ kind: 'Namespace' });
  expect(await ownNamespace((await fakeCluster()).client())).toBeUndefined();
  await expect(ownNamespace((await fakeCluster({ objects: [USERS] })).client())).rejects.toThrow(/is not virtwork's/);
});
