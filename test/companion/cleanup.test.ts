import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, inventory } from '../../src/companion/cleanup';
import { Client } from '../../src/companion/client';
import { tempDir } from '../support/render';

/** A fake kubectl, whose script ends with what it answers to the words that it is given. */
function clientOf(script: string): Client {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(program, `#!/bin/sh\ncd "$(dirname "$0")"\n${script}`, { mode: 0o755 });
  return new Client({ program, namespace: 'a', signal: new AbortController().signal });
}

test('each object is told of when it has gone, not at the end', async () => {
  // Each look finds one VM fewer than the one before.
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
