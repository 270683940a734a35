import { validateObject } from '../../src/synth/validate';
import { manifestsOf } from '../support/manifests';
import { BAD_OTHERS, BAD_SHAPES, BAD_VMS, type Broken, type Damage, FILE } from '../support/refusals';

async function faults(kind: string, damage: Damage, workload = 'disk'): Promise<string[]> {
  const object = structuredClone((await manifestsOf(workload)).find((each) => each.kind === kind)) as Broken;
  damage(object);
  return validateObject(FILE, object).map(({ where, message, hint }) => `${where}: ${message}${hint ? ` (${hint})` : ''}`);
}

test.each([
  'cpu',
  'disk',
  'database',
  'network',
  'tps',
  'chaos-disk',
  'redis-bench',
])('whatever is rendered of %s passes', async (workload) => {
  for (const object of await manifestsOf(workload)) expect(validateObject(FILE, object)).toEqual([]);
});

test.each(BAD_SHAPES)('the schema refuses %s', async (_, damage, expected) => {
  expect(await faults('VirtualMachine', damage)).toEqual(expected);
});

test.each(BAD_VMS)('admission refuses %s', async (_, damage, expected) => {
  expect(await faults('VirtualMachine', damage)).toEqual(expected);
});

test.each(BAD_OTHERS)('a %s with %s is refused', async (kind, _, damage, expected) => {
  const found = await faults(kind, damage, 'network');
  expect(found.map((each) => each.replace('network-server-cloudinit', 'network-client-cloudinit'))).toEqual(expected);
});

test('a kind that nothing is known of is refused', async () => {
  expect(
    await faults('Secret', (object) => {
      object.kind = 'ConfigMap';
    }),
  ).toEqual([`${FILE}: ConfigMap/virtwork-disk-cloudinit: kind must be one that is checked, got v1 ConfigMap`]);
});

test.each([
  'disk',
  'network',
])('an object of %s that lacks something, or has null for it, is judged and breaks nothing', async (workload) => {
  for (const object of await manifestsOf(workload)) {
    for (const path of places(object).filter(([first]) => first !== 'kind')) {
      for (const damage of [removed, nulled]) expect(Array.isArray(validateObject(FILE, damage(object, path)))).toBe(true);
    }
  }
});

function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...places(item, [...path, key])]);
}

function removed(object: Broken, path: readonly string[]): Broken {
  const [parent, last, copy] = opened(object, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

function nulled(object: Broken, path: readonly string[]): Broken {
  const [parent, last, copy] = opened(object, path);
  parent[last] = null;
  return copy;
}

function opened(object: Broken, path: readonly string[]): [Broken, string, Broken] {
  const copy = structuredClone(object);
  const parent = path.slice(0, -1).reduce((place, step) => place[step], copy);
  return [parent, path.at(-1) as string, copy];
}
