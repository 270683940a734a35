import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply } from '../../src/companion/apply';
import { Client } from '../../src/companion/client';
import type { CompanionEvent } from '../../src/companion/event';
import type { KubeObject } from '../../src/companion/objects';
import { tempDir } from '../support/render';

const NAMESPACE: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { 'virtwork/run-id': 'x' } } };
const SECRET: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };

/** @param answer what the fake kubectl does when it is asked for the namespace */
async function applied(answer: string) {
  const folder = tempDir();
  const program = join(folder, 'kubectl');
  const script = `#!/bin/sh
case $1 in
  get) ${answer} ;;
  apply) grep -o '"kind":"[A-Za-z]*"' | tee -a '${folder}/applied' | sed 's/.*Namespace.*/namespace\\/a/; s/.*Secret.*/secret\\/s/' ;;
esac
`;
  writeFileSync(program, script, { mode: 0o755 });
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  const events: CompanionEvent[] = [];
  const result = await apply(client, [NAMESPACE, SECRET], (event) => events.push(event));
  const sent = existsSync(join(folder, 'applied')) ? readFileSync(join(folder, 'applied'), 'utf8').match(/\w+(?="\n)/g) : [];
  return { sent, events, ...result };
}

function found(labels: object): string {
  return `echo '${JSON.stringify({ kind: 'Namespace', metadata: { name: 'a', labels } })}'`;
}

describe('a namespace', () => {
  test.each([
    ['is made where it is not there', ':'],
    ['is applied again where virtwork made it', found({ 'virtwork/run-id': 'y' })],
    ["is applied where people say that it is virtwork's", found({ 'managed-by': 'virtwork' })],
  ])('%s', async (_, answer) => {
    const { sent, applied: done, kept, refused } = await applied(answer);
    expect({ sent, done, kept, refused }).toEqual({ sent: ['Namespace', 'Secret'], done: [NAMESPACE, SECRET], kept: [], refused: [] });
  });

  test.each([
    ['that is there', found({ 'kubernetes.io/metadata.name': 'a' })],
    ['that another manager has', found({ 'managed-by': 'argocd', 'app.kubernetes.io/managed-by': 'Helm' })],
  ])('%s stays as it is, and is told', async (_, answer) => {
    const { sent, events, applied: done, kept } = await applied(answer);
    expect({ sent, done, kept }).toEqual({ sent: ['Secret'], done: [SECRET], kept: [NAMESPACE] });
    expect(events[0]).toEqual({ type: 'kept', kind: 'Namespace', name: 'a' });
  });

  test('that the account may not look at is refused, and not changed', async () => {
    const { sent, refused } = await applied('echo \'Error from server (Forbidden): namespaces "a" is forbidden: no\' >&2; exit 1');
    expect(sent).toEqual(['Secret']);
    expect(refused).toMatchObject([
      { object: NAMESPACE, problem: { hint: expect.stringContaining('--no-create-namespace') as unknown as string } },
    ]);
  });
});
