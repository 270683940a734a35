import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, hiddenWarning, inventory, selectorOf } from '../../src/companion/cleanup';
import { Client } from '../../src/companion/client';
import { fakeCluster, own } from '../support/fake-cluster';
import { ALL_KINDS } from '../support/fake-kubectl';
import { tempDir } from '../support/render';

/** A fake kubectl. The script answers the arguments of each call. */
function clientOf(script: string): Client {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(program, `#!/bin/sh\ncd "$(dirname "$0")"\n${script}`, { mode: 0o755 });
  return new Client({ program, namespace: 'a', signal: new AbortController().signal });
}

test('each object is reported when it is gone, not at the end', async () => {
  // Each list contains one VM fewer than the list before.
  const client = clientOf(`
vm() { printf '{"kind": "VirtualMachine", "metadata": {"name": "%s"}}' "$1"; }
case $1$2 in
  getvirtualmachines.*)
    echo >>looks
    case $(wc -l <looks) in
      1) echo "{\\"items\\": [$(vm one), $(vm two)]}" ;;
      2) echo "{\\"items\\": [$(vm two)]}" ;;
      *) echo '{"items": []}' ;;
    esac ;;
  get*) echo '{"items": []}' ;;
esac
`);
  const told: (string | number)[] = [];
  const found = await inventory(client, 'a=b');
  const { deleted, left } = await cleanUp({
    client,
    selector: 'a=b',
    found,
    timeout: 20,
    report: (event) => told.push(event.type === 'deleted' ? event.name : event.type),
    progress: (count) => told.push(count),
  });
  expect({ told, deleted: deleted.map(({ metadata }) => metadata.name), left }).toEqual({
    told: ['one', 1, 'two', 0],
    deleted: ['one', 'two'],
    left: [],
  });
});

test('the inventory has the objects of the namespace, cluster-scoped objects with its label, and their runs', async () => {
  const elsewhere = { labels: { 'virtwork/namespace': 'other' } };
  const objects = [
    own('Secret', 'a'),
    own('Secret', 'b', { namespace: 'other' }),
    own('ClusterRole', 'c', { labels: { 'virtwork/namespace': 'ns', 'virtwork/run-id': '2' } }),
    own('ClusterRole', 'd', elsewhere),
  ];
  const found = await inventory((await fakeCluster({ objects })).client(), selectorOf());
  expect({ ...found, objects: found.objects.map(({ metadata }) => metadata.name) }).toEqual({
    objects: ['a', 'c'],
    runIds: [own('Secret', 'a').metadata.labels?.['virtwork/run-id'], '2'],
    hidden: [],
  });
  expect(hiddenWarning(found)).toBeUndefined();
});

test('a guarded kind that may not be listed is hidden, any other kind is an error', async () => {
  const found = await inventory((await fakeCluster({ forbidden: ['clusterroles', 'serviceaccounts'] })).client(), selectorOf());
  expect(found.hidden).toEqual(['ServiceAccount', 'ClusterRole']);
  expect(hiddenWarning(found)).toMatch(/^this account may not list ServiceAccount, ClusterRole: /);
  await expect(inventory((await fakeCluster({ forbidden: ['secrets'] })).client(), selectorOf())).rejects.toMatchObject({
    problem: { cause: 'forbidden' },
  });
});

test('lists no VMs without KubeVirt', async () => {
  const kinds = ALL_KINDS.filter(({ apiVersion }) => !apiVersion.includes('kubevirt'));
  const { objects } = await inventory((await fakeCluster({ kinds, objects: [own('Secret', 'a')] })).client(), selectorOf());
  expect(objects.map(({ kind }) => kind)).toEqual(['Secret']);
});
