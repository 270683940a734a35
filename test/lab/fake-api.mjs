// A fake API server for guests of the lab: two nodes, one VM, and migrations that succeed.
// Usage: node fake-api.mjs KEY CERTIFICATE; prints its port. GET /told returns the tokens and migration targets that it has received.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
const told = { tokens: [], targets: [] };

const node = (name) => ({ metadata: { name }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
const list = (...items) => ({ metadata: {}, items });
const vmi = { metadata: { name: 'virtwork-cpu-0' }, status: { phase: 'Running', conditions: [] } };
const done = { status: { phase: 'Succeeded', migrationState: { sourceNode: 'a', targetNode: 'b' } } };

function answer(method, path, body) {
  if (path.startsWith('/told')) return told;
  if (path.startsWith('/api/v1/nodes')) return list(node('a'), node('b'));
  if (path.includes('/virtualmachineinstances?')) return list(vmi);
  if (method === 'GET') return done;
  told.targets.push(JSON.parse(body).spec.vmiName);
  return { metadata: { name: `migration-${told.targets.length}` } };
}

const server = createServer({ key, cert }, async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const { authorization } = request.headers;
  if (authorization && !told.tokens.includes(authorization)) told.tokens.push(authorization);
  response.end(JSON.stringify(answer(request.method, request.url, body)));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
// It exits when its parent process exits.
process.stdin.on('end', () => process.exit()).resume();
