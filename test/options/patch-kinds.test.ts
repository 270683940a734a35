import { patches } from '../../src/options/patch-kinds';

test.each<[string, unknown]>([
  ['add', { op: 'add', path: '/metadata/labels/example.com~1team', value: 'storage' }],
  ['add with a value that is false', { op: 'add', path: '/spec/template/spec/domain/devices/x', value: false }],
  ['remove', { op: 'remove', path: '/spec/template/spec/evictionStrategy' }],
  ['replace', { op: 'replace', path: '/spec/runStrategy', value: 'Halted' }],
  ['move', { op: 'move', from: '/spec/a', path: '/spec/b' }],
  ['copy', { op: 'copy', from: '/spec/a', path: '/spec/list/-' }],
  ['test', { op: 'test', path: '/spec/a~0b', value: { a: [1] } }],
])('%s is accepted, as a list and as text', (_, patch) => {
  expect(patches.parse([patch])).toEqual({ value: [patch] });
  expect(patches.parse(JSON.stringify([patch]))).toEqual({ value: [patch] });
});

test.each<[string, unknown, readonly object[]]>([
  ['a map', { spec: {} }, [{ must: 'be a list', hint: expect.stringMatching(/^write \[\{op: add, /) }]],
  ['too many', Array.from({ length: 501 }, () => ({ op: 'remove', path: '/a' })), [{ must: 'have at most 500 items', got: '501' }]],
  ['a string as an item', ['x'], [{ at: [0], must: 'be a map with keys from op, path, from, value' }]],
  ['an unknown op', [{ op: 'delete', path: '/a' }], [{ at: [0, 'op'], must: 'be one of add, remove, replace, move, copy, test' }]],
  [
    'neither op nor path',
    [{}],
    [
      { at: [0], must: 'have the key op' },
      { at: [0], must: 'have the key path' },
    ],
  ],
  [
    'a key of Kustomize',
    [{ op: 'remove', path: '/a', target: {} }],
    [{ at: [0, 'target'], must: 'have only the keys op, path, from, value' }],
  ],
  ['no value', [{ op: 'replace', path: '/a' }], [{ at: [0], must: 'have the key value with the op replace', got: 'none' }]],
  ['no from', [{ op: 'move', path: '/a' }], [{ at: [0], must: 'have the key from with the op move', got: 'none' }]],
  [
    'a value that is not used',
    [{ op: 'remove', path: '/a', value: 1 }],
    [{ at: [0, 'value'], must: 'not have the key value with the op remove' }],
  ],
  [
    'a from that is not used',
    [{ op: 'add', path: '/a', from: '/b', value: 1 }],
    [{ at: [0, 'from'], must: 'not have the key from with the op add' }],
  ],
  [
    'null',
    [{ op: 'add', path: '/a', value: null }],
    [{ at: [0, 'value'], must: 'have a value', hint: 'to remove a field, use the op remove' }],
  ],
  [
    'a mark of virtwork',
    [{ op: 'add', path: '/a', value: ['\ue000name\ue001'] }],
    [{ at: [0, 'value'], got: 'a character of the private use area' }],
  ],
])('%s is rejected', (_, raw, expected) => {
  const parsed = patches.parse(raw);
  expect('must' in parsed && [parsed, ...(parsed.others ?? [])]).toMatchObject(expected);
});

test.each<[string, unknown, string, string | undefined]>([
  ['dots', 'spec.template.spec.hostname', 'be a JSON Pointer', 'write /spec/template/spec/hostname'],
  ['JSONPath', '$.spec.volumes[0]', 'be a JSON Pointer', 'write /spec/volumes/0'],
  ['brackets', '/spec/volumes[0]/name', 'be a JSON Pointer', 'write /spec/volumes/0/name'],
  ['a URI fragment', '#/spec/a', 'be a JSON Pointer', 'write /spec/a'],
  ['no slash at the beginning', 'spec/a', 'be a JSON Pointer', 'write /spec/a'],
  ['a number', 7, 'be a JSON Pointer', undefined],
  ['a line break', '/a\nb', 'be a JSON Pointer', undefined],
  ['the whole VM', '', 'be the path of a field of the VM', undefined],
  ['nothing after the slash', '/', 'be the path of a field of the VM', undefined],
  ['a tilde', '/a~b/~2', 'have ~0 for ~ and ~1 for / in a key', 'write /a~0b/~02'],
  ['a wildcard', '/spec/volumes/*/name', 'have no wildcard', 'state the index of each item'],
  ['a prototype', '/__proto__/a', 'be the path of a field of the VM', undefined],
  ['a prototype of a constructor', '/spec/constructor/prototype/a', 'be the path of a field of the VM', undefined],
])('a path with %s is rejected', (_, path, must, hint) => {
  for (const patch of [
    { op: 'remove', path },
    { op: 'copy', from: path, path: '/a' },
  ])
    expect(patches.parse([patch])).toMatchObject({
      must: expect.stringContaining(must),
      ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) }),
    });
});
