import type { Manifest } from '../../src/validation/manifest';
import { validateObject } from '../../src/validation/validate';
import { manifestsOf } from '../support/manifests';
import { BAD_OTHERS, BAD_POOLS, BAD_SHAPES, BAD_VMS, type Broken, type Damage, FILE, GOOD_VMS } from '../support/refusals';
import { wouldCreate } from './api';
import { documented, place } from './cluster';

/** Errors that only the offline checks report. docs/validation.md gives the reasons. */
const ONLY_OFFLINE: readonly string[] = documented('What only virtwork rejects');

const here = place();

beforeAll(() => here.create());

/** A pool has eleven VMs. */
async function damaged(workload: string, kind: string, damage: Damage): Promise<Manifest> {
  const flags = kind === 'VirtualMachinePool' ? { pool: true, 'vm-count': '11' } : {};
  const object = structuredClone((await manifestsOf(workload, flags)).find((each) => each.kind === kind)) as Broken;
  object.metadata.namespace = here.namespace;
  damage(object);
  return object;
}

async function refusedByServer(object: Manifest): Promise<string | undefined> {
  const { status, body } = await wouldCreate(object, here.namespace);
  return status < 300 ? undefined : `${status} ${body.message}`;
}

const CASES = [
  ...[...BAD_SHAPES, ...BAD_VMS].map(([what, damage]) => ['disk', 'VirtualMachine', what, damage] as const),
  ...BAD_POOLS.map(([what, damage]) => ['disk', 'VirtualMachinePool', what, damage] as const),
  ...BAD_OTHERS.map(([kind, what, damage]) => ['network', kind, what, damage] as const),
];

// The offline checks must not reject what the server accepts.
test.each(GOOD_VMS)('the API server accepts a VM with %s', async (_, change) => {
  expect(await refusedByServer(await damaged('disk', 'VirtualMachine', change))).toBeUndefined();
});

/** Errors in single fields that only the offline checks report: rows of docs/validation.md, and the changes that each row covers. */
const ONLY_OFFLINE_FIELDS: readonly (readonly [row: string, says: RegExp])[] = [
  ['a value of null', / = null$/],
  ['an empty string', / = ""$/],
  ['a label value with a space in a template', /[tT]emplate.*\.labels\..* = "/],
  ['an integer of more than 32 bits', / = 2147483648$/],
  ['a volume without a disk', /\.devices\.disks/],
  ['no memory', /\.domain\.memory/],
  ['maxSockets: 0', /\.cpu\.maxSockets = 0$/],
  ['a probe port out of range', /\.httpGet\.port = (-1|0)$/],
  ['a container disk without an image', /\.containerDisk\.image = undefined$/],
  ['an empty template in a VM without data volumes', /\.template\.spec = undefined$/],
  ['an interface without a binding', /\.interfaces\.0\.masquerade = undefined$/],
  ['an empty selector', /^spec\.selector = undefined$/],
  ['a Service port without a name or protocol', /^spec\.ports\.0\.(name|protocol) = undefined$/],
];

describe('what the offline checks refuse', () => {
  test.each(
    CASES,
  )('of %s a %s with %s: the API server refuses it too, or docs/validation.md says why not', async (workload, kind, what, damage) => {
    const object = await damaged(workload, kind, damage);
    expect(validateObject(FILE, object)).not.toEqual([]);
    const refused = await refusedByServer(object);
    expect({ refused: refused !== undefined, because: refused ?? what }).toEqual({
      refused: !ONLY_OFFLINE.includes(what),
      because: expect.any(String) as unknown as string,
    });
  });

  test('what docs/validation.md lists is what there is', () => {
    const whats: readonly string[] = [...CASES.map(([, , what]) => what), ...ONLY_OFFLINE_FIELDS.map(([row]) => row)];
    expect(ONLY_OFFLINE.filter((what) => !whats.includes(what))).toEqual([]);
  });
});

describe('one field after the other', () => {
  test.each([
    ['disk', 'VirtualMachine'],
    ['network', 'VirtualMachine'],
    ['network', 'Service'],
    ['network', 'Secret'],
    ['disk', 'VirtualMachinePool'],
  ])('of %s, %s: both refuse the same', async (workload, kind) => {
    const object = await damaged(workload, kind, () => {});
    expect(await refusedByServer(object)).toBeUndefined();
    const differences: string[] = [];
    for (const [what, broken] of variants(object)) {
      const [fault] = validateObject(FILE, broken);
      const server = await refusedByServer(broken);
      if (server !== undefined && !fault) differences.push(`${what}: only the server: ${server}`);
      if (server === undefined && fault && !isListed(what)) differences.push(`${what}: only offline: ${fault.message}`);
    }
    expect(differences).toEqual([]);
  });
});

function isListed(what: string): boolean {
  return ONLY_OFFLINE_FIELDS.some(([row, says]) => ONLY_OFFLINE.includes(row) && says.test(what));
}

/** The object with one of its values missing, doubled, or of another type or size. Kind, apiVersion and namespace do not change. */
function* variants(object: Manifest): Generator<[string, Manifest]> {
  const isOther = ([first, second]: readonly string[]) => first !== 'kind' && first !== 'apiVersion' && second !== 'namespace';
  // The fields of the VM in a pool are those of a VM.
  const isOfVm = ([first, second, third, ...more]: readonly string[]) =>
    first === 'spec' && second === 'virtualMachineTemplate' && third === 'spec' && more.length > 0;
  for (const path of places(object).filter((each) => isOther(each) && !isOfVm(each))) {
    for (const value of others(at(object, path)))
      yield [`${path.join('.')} = ${JSON.stringify(value)?.slice(0, 80)}`, changed(object, path, value)];
  }
}

function others(value: unknown): unknown[] {
  if (Array.isArray(value)) return [undefined, null, [], {}, [...value, ...value]];
  if (typeof value === 'object') return [undefined, null, [], { unknown: 1 }, 'text'];
  if (typeof value === 'number') return [undefined, null, -1, 0, 2 ** 31, 1.5, 'text'];
  if (typeof value === 'boolean') return [undefined, null, 'text', 1];
  return [undefined, null, '', 'no such', 'x'.repeat(300), 7, true, {}];
}

function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...places(item, [...path, key])]);
}

function at(object: Broken, path: readonly string[]): unknown {
  return path.reduce((place, step) => place[step], object);
}

function changed(object: Broken, path: readonly string[], value: unknown): Broken {
  const copy = structuredClone(object);
  const parent = path.slice(0, -1).reduce((place, step) => place[step], copy);
  const last = path.at(-1) as string;
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}
