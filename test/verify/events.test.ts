import { eventsIn } from '../../src/verify/events';

const line = (seconds: number, fields: object) => JSON.stringify({ __REALTIME_TIMESTAMP: String(seconds * 1e6), _BOOT_ID: 'a', ...fields });

test.each<[string, readonly string[], object[]]>([
  [
    'of a workload',
    [line(10, { VIRTWORK_EVENT: 'kill', MESSAGE: 'SIGKILL to 5', VIRTWORK_UNIT: 'a.service' })],
    [{ time: 10, kind: 'kill', text: 'a.service: SIGKILL to 5' }],
  ],
  [
    'of systemd',
    [line(10, { MESSAGE_ID: '5eb03494b6584870a536b337290809b3', UNIT: 'a.service', MESSAGE: 'a.service: Scheduled restart job' })],
    [{ time: 10, kind: 'restart', text: 'a.service: Scheduled restart job' }],
  ],
  [
    'a unit that is stopped',
    [line(10, { MESSAGE_ID: '9d1aaa27d60140bd96365438aad20286', UNIT: 'a.service', MESSAGE: 'Stopped a.service - a load.' })],
    [{ time: 10, kind: 'stopped', text: 'Stopped a.service - a load.' }],
  ],
  ['a boot', [line(10, {}), line(20, { _BOOT_ID: 'b' })], [{ time: 20, kind: 'boot', text: 'the guest has booted again' }]],
  [
    'in order',
    [line(20, { VIRTWORK_EVENT: 'b' }), line(10, { VIRTWORK_EVENT: 'a' })],
    [
      { time: 10, kind: 'a', text: '' },
      { time: 20, kind: 'b', text: '' },
    ],
  ],
  ['earlier ones', [line(1, { VIRTWORK_EVENT: 'kill' })], []],
  [
    'anything else',
    [
      '',
      'x',
      'null',
      '[]',
      '{"a":1}',
      line(10, { VIRTWORK_EVENT: '<b>' }),
      line(10, { VIRTWORK_EVENT: 5, MESSAGE: {} }),
      line(Number.NaN, { VIRTWORK_EVENT: 'a' }),
    ],
    [],
  ],
])('events: %s', (_, lines, events) => {
  expect(eventsIn(lines.join('\n'), 5)).toEqual(events);
});

test('a text is limited', () => {
  expect(eventsIn(line(10, { VIRTWORK_EVENT: 'a', MESSAGE: 'x'.repeat(1000) }), 5)[0]?.text).toHaveLength(200);
});
