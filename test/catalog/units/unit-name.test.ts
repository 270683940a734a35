import { unitName, unitRole } from '../../../src/catalog/units/unit-name';

test.each([
  ['workload.service', false, 'virtwork-db.service'],
  ['workload-clean.timer', false, 'virtwork-db-clean.timer'],
  ['other.service', false, 'other.service'],
  ['workloads.service', false, 'workloads.service'],
  ['server.service', true, 'virtwork-db-server.service'],
  ['server-http.service', true, 'virtwork-db-server-http.service'],
])('%s (several roles: %s) is %s in the guest', (file, multiRole, name) => expect(unitName('db', file, multiRole)).toBe(name));

test.each([
  ['server.service', 'server'],
  ['server-http.service', 'server'],
  ['server-web.timer', 'server-web'],
  ['servers.service', undefined],
])('%s belongs to role %s', (file, role) => expect(unitRole(file, ['server', 'server-web'])).toBe(role));

test('every unit belongs to the single role', () => expect(unitRole('any.service', ['workload'])).toBe('workload'));
