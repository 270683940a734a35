import { entryOf, read, UNIT } from '../../support/entry-folder';

const PARAM = '{ key: net, type: network, desc: network of the load }';
const ROLES = 'roles: [{ name: server }, { name: client }]\n';
const SERVICE = 'service: { name: virtwork-x, selector-role: server, ports: [{ name: a, port: 80 }] }\n';

function problemsOf(params: string, rest = ROLES + SERVICE): string {
  const units: { readonly [path: string]: string } = rest.includes('roles')
    ? { 'server.service': UNIT, 'client.service': UNIT }
    : { 'workload.service': UNIT };
  const { problems, warnings } = read(entryOf({ 'workload.yaml': `description: x\nparams: [${params}]\n${rest}`, ...units }));
  expect(warnings.join('\n')).not.toContain('net');
  return problems;
}

test('an entry with servers can let users name the network of its load', () => {
  expect(problemsOf(PARAM)).toBe('');
});

test.each([
  [PARAM.replace('type: network', 'type: network, default: a'), ROLES + SERVICE, 'params[0].default must be empty for the type network'],
  [
    PARAM.replace('type: network', 'type: network, default: a b'),
    ROLES + SERVICE,
    'params[0].default must be the name of a secondary network',
  ],
  [`${PARAM}, ${PARAM.replace('net', 'other')}`, ROLES + SERVICE, 'params[1].type must not be network: net names the network already'],
  [PARAM, '', 'params[0].type must not be network: the entry has no servers'],
])('%s with %j', (params, rest, message) => expect(problemsOf(params, rest)).toContain(message));
