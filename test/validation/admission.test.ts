import { validateObject } from '../../src/validation/validate';
import { SHIPPED } from '../support/entries';
import { manifestsOf } from '../support/manifests';
import { BAD_OTHERS, BAD_POOLS, BAD_SHAPES, BAD_VMS, type Broken, type Damage, FILE, GOOD_VMS, GOOD_WITH_GATES } from '../support/refusals';

async function problemsOf(kind: string, damage: Damage, workload = 'disk', flags = {}): Promise<string[]> {
  const object = structuredClone((await manifestsOf(workload, flags)).find((each) => each.kind === kind)) as Broken;
  damage(object);
  return validateObject(FILE, object).map(({ where, message, hint }) => `${where}: ${message}${hint ? ` (${hint})` : ''}`);
}

test.each(SHIPPED)('the objects of %s are valid', async (workload) => {
  for (const object of await manifestsOf(workload)) expect(validateObject(FILE, object)).toEqual([]);
});

test.each(BAD_SHAPES)('the schema rejects %s', async (_, damage, expected) => {
  expect(await problemsOf('VirtualMachine', damage)).toEqual(expected);
});

test.each(BAD_VMS)('admission rejects %s', async (_, damage, expected) => {
  expect(await problemsOf('VirtualMachine', damage)).toEqual(expected);
});

test.each([...GOOD_VMS, ...GOOD_WITH_GATES])('a VM with %s is valid', async (_, change) => {
  expect(await problemsOf('VirtualMachine', change)).toEqual([]);
});

/** Eleven, so that the last index has two digits. */
const POOL = { pool: true, 'vm-count': '11' };

test.each(BAD_POOLS)('a pool with %s is rejected', async (_, damage, expected) => {
  expect(await problemsOf('VirtualMachinePool', damage, 'disk', POOL)).toEqual(expected);
});

test('a pool that is valid, and one with a missing or null value, are checked without an exception', async () => {
  const pool = (await manifestsOf('disk', POOL)).find(({ kind }) => kind === 'VirtualMachinePool') as Broken;
  expect(validateObject(FILE, pool)).toEqual([]);
  for (const path of places(pool).filter(([first]) => first !== 'kind')) {
    for (const damage of [removed, nulled]) expect(Array.isArray(validateObject(FILE, damage(pool, path)))).toBe(true);
  }
});

test.each(BAD_OTHERS)('a %s with %s is rejected', async (kind, _, damage, expected) => {
  const found = await problemsOf(kind, damage, 'network');
  expect(found.map((each) => each.replace('network-server-cloudinit', 'network-client-cloudinit'))).toEqual(expected);
});

const RBAC = 'virtwork:virtwork:chaos-migration';

test.each<[string, string, Damage, string[]]>([
  [
    'Secret',
    'a token without a ServiceAccount',
    (secret) => {
      delete secret.stringData;
      secret.type = 'kubernetes.io/service-account-token';
    },
    [
      'Secret/virtwork-chaos-migration-cloudinit: metadata.annotations must name the ServiceAccount in kubernetes.io/service-account.name for the type kubernetes.io/service-account-token',
    ],
  ],
  [
    'Role',
    'a wildcard',
    (role) => {
      role.rules[0].resources = ['*'];
    },
    ['Role/virtwork-chaos-migration: rules[0].resources must not contain *, got "*"'],
  ],
  [
    'Role',
    'a rule without verbs',
    (role) => {
      role.rules[0].verbs = [];
    },
    ['Role/virtwork-chaos-migration: rules[0].verbs must have at least one item'],
  ],
  [
    'ClusterRole',
    'a right that is about no resource',
    (role) => {
      role.rules[0].nonResourceURLs = ['/metrics'];
    },
    [`ClusterRole/${RBAC}: unknown field "rules[0].nonResourceURLs"`],
  ],
  [
    'ClusterRole',
    'a name with a slash',
    (role) => {
      role.metadata.name = 'virtwork/nodes';
    },
    ['ClusterRole/virtwork/nodes: metadata.name must be a path segment, without / and %, got "virtwork/nodes"'],
  ],
  [
    'RoleBinding',
    'a role that is not of the namespace',
    (binding) => {
      binding.roleRef.kind = 'ClusterRole';
    },
    ['RoleBinding/virtwork-chaos-migration: roleRef.kind must be one of Role, got "ClusterRole"'],
  ],
  [
    'ClusterRoleBinding',
    'a user',
    (binding) => {
      binding.subjects[0].kind = 'User';
    },
    [`ClusterRoleBinding/${RBAC}: subjects[0].kind must be one of ServiceAccount, got "User"`],
  ],
  [
    'ServiceAccount',
    'a misspelt field',
    (account) => {
      account.automountServiceAccount = false;
    },
    ['ServiceAccount/virtwork-chaos-migration: unknown field "automountServiceAccount" (did you mean "automountServiceAccountToken"?)'],
  ],
])('a %s with %s is rejected', async (kind, _, damage, expected) => {
  expect(await problemsOf(kind, damage, 'chaos-migration')).toEqual(expected.map((each) => `${FILE}: ${each}`));
});

test('an unknown kind is rejected', async () => {
  expect(
    await problemsOf('Secret', (object) => {
      object.kind = 'PodTemplate';
    }),
  ).toEqual([`${FILE}: PodTemplate/virtwork-disk-cloudinit: kind must be a kind that virtwork checks, got v1 PodTemplate`]);
});

test.each(SHIPPED)('an object of %s with a missing or null value is checked without an exception', async (workload) => {
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
