import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../src/companion/client';
import { examine, observe } from '../../src/companion/observe';
import { waitReady } from '../../src/companion/wait';
import { tempDir } from '../support/render';

const PATCHED = Buffer.from('patched').toString('base64');
const VOLUMES = '[{"cloudInitNoCloud": {"secretRef": {"name": "a"}}}]';
const HASH = '{"virtwork/user-data-hash": "of-the-base"}';

/** A VM that runs since before its Secret was patched, in a namespace of which a fake kubectl tells, and what that was asked for. */
function namespace(secrets: string) {
  const dir = tempDir();
  const program = join(dir, 'kubectl');
  const lists = {
    'virtualmachines.kubevirt.io': `{"metadata": {"name": "a"}, "spec": {"template": {"metadata": {"annotations": ${HASH}}, "spec": {"volumes": ${VOLUMES}}}}}`,
    'virtualmachineinstances.kubevirt.io': `{"metadata": {"name": "a", "creationTimestamp": "2026-01-01T10:00:00Z", "annotations": ${HASH}}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`,
  };
  const cases = Object.entries(lists).map(([kind, item]) => `${kind}) echo '{"items": [${item}]}' ;;`);
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >>${dir}/asked\ncase $2 in\n${cases.join('\n')}\nsecrets) ${secrets} ;;\n*) echo '{"items": []}' ;;\nesac\n`,
    { mode: 0o755 },
  );
  const client = new Client({ program, namespace: 'ns', signal: new AbortController().signal });
  const asked = () => readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n');
  return { client, asked };
}

const READABLE = `echo '{"items": [{"metadata": {"name": "a", "managedFields": [{"time": "2026-01-01T11:00:00Z", "fieldsV1": {"f:data": {}}}]}, "data": {"userdata": "${PATCHED}"}}]}'`;
const FORBIDDEN = `echo 'Error from server (Forbidden): secrets is forbidden' >&2; exit 1`;

function wait(client: Client, selector: string) {
  return waitReady({ client, selector, timeout: 60, report: () => {}, progress: () => {} });
}

test.each([
  ['observe', observe, 3],
  ['examine', examine, 6],
  ['waitReady', wait, 3],
])('%s sees user data that an overlay patched, with one request, and asks for no token', async (_, see, requests) => {
  const { client, asked } = namespace(READABLE);
  expect(await see(client, 'virtwork/run-id')).toMatchObject([{ name: 'a', ready: true, stale: 'user data' }]);
  expect(asked()).toHaveLength(requests);
  expect(asked().filter((words) => words.includes('secrets'))).toEqual([
    expect.stringMatching(/^get secrets .*-l virtwork\/run-id --field-selector type=Opaque --show-managed-fields/),
  ]);
});

test('an account that may not read Secrets compares the hashes alone', async () => {
  const [state] = await examine(namespace(FORBIDDEN).client, 'virtwork/run-id');
  expect(state).toMatchObject({ name: 'a', ready: true });
  expect(state).not.toHaveProperty('stale');
});
