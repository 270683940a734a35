import { COMMON, type CommonOptions } from '../../src/library/options';
import { libraryOptions, specs } from '../../src/options/table';

// The compiler reports a row with `library: true` without a property of CommonOptions, and a property without a row.
const NAMES: readonly (keyof CommonOptions)[] = Object.keys(COMMON) as (keyof ReturnType<typeof libraryOptions>)[];

test('the library offers the options whose rows say so, under their names in camel case', () => {
  expect([...NAMES].sort()).toEqual(Object.keys(libraryOptions()).sort());
  expect(COMMON).toMatchObject({ namespace: 'namespace', dataDiskSize: 'data_disk_size', sshAuthorizedKeys: 'ssh_authorized_keys' });
});

test('options for a cluster and passwords are not options of the library', () => {
  const offered = specs().filter(([, { library }]) => library);
  expect(offered.filter(([key, { companion }]) => companion || key === 'ssh_password')).toEqual([]);
});
