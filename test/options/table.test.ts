import { readConfigFile } from '../../src/options/config-file';
import { fold } from '../../src/options/fold';
import { loadOptions } from '../../src/options/load';
import { camel, plainOptions, specs } from '../../src/options/table';
import { tempDir } from '../support/render';

test.each(specs().filter(([, { fallback }]) => fallback !== undefined))('the fallback of %s is a value of its kind', (_, spec) => {
  expect(spec.kind.parse(spec.fallback)).toEqual({ value: spec.fallback });
});

test.each([
  ['namespace', 'namespace'],
  ['data_disk_size', 'dataDiskSize'],
  ['wait_for_ready', 'waitForReady'],
])('the name of %s in programs is %s', (key, name) => expect(camel(key)).toBe(name));

describe('a plain option is copied', () => {
  const plain = specs().filter(([, { combined }]) => !combined);

  test.each(plain.filter(([, { fallback }]) => fallback !== undefined))('%s, under its name in camel case', async (key, spec) => {
    const options = await loadOptions({ flags: {}, env: {}, cwd: tempDir() });
    const group: object = spec.companion ? options.companion : options;
    expect((group as { readonly [name: string]: unknown })[camel(key)]).toEqual(spec.fallback);
  });

  test('without a value, it is absent', () => {
    const { values } = fold({}, {}, readConfigFile(undefined, tempDir(), []), []);
    const { options, companion } = plainOptions(values);
    expect('storageClass' in options).toBe(false);
    expect('kubeconfig' in companion).toBe(false);
  });
});

test('the password is not copied', async () => {
  const options = await loadOptions({ flags: { 'ssh-password': 'hunter2' }, env: {}, cwd: tempDir() });
  expect(JSON.stringify(options)).not.toContain('hunter2');
});
