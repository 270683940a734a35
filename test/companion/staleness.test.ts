import type { KubeObject, KubeSecret } from '../../src/companion/objects';
import { staleness, userDataIn } from '../../src/companion/staleness';
import { userDataHash } from '../../src/kubernetes/user-data-hash';

const HASH = 'virtwork/user-data-hash';
const GENERATION = 'kubevirt.io/vm-generation';
const [EARLY, LATE] = ['2026-01-01T10:00:00Z', '2026-01-01T10:00:01Z'];
/** The hash of the string `base`. */
const BASE = 'cae662172fd450bb';

/** A VM from an overlay with a prefix, which changed only names. */
function vm(): KubeObject {
  const volumes = [
    { name: 'root', containerDisk: {} },
    { name: 'cloudinitdisk', cloudInitNoCloud: { secretRef: { name: 'blue-a' } } },
  ];
  return {
    kind: 'VirtualMachine',
    metadata: { name: 'blue-a-0', generation: 2 },
    spec: { template: { metadata: { annotations: { [HASH]: BASE } }, spec: { volumes } } },
  };
}

function instance(creationTimestamp: string, annotations: { readonly [key: string]: string } = { [HASH]: BASE }): KubeObject {
  return { kind: 'VirtualMachineInstance', metadata: { name: 'blue-a-0', creationTimestamp, annotations } };
}

/** The same VM with a guest disk. */
function vmWithDisk(): KubeObject {
  const plain = vm();
  plain.spec.template.spec.volumes.push({ name: 'guestdisk', secret: { secretName: 'blue-guest' } });
  return plain;
}

function disk(texts: { readonly [file: string]: string }, time: string): KubeSecret {
  const data = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text).toString('base64')]));
  return { kind: 'Secret', metadata: { name: 'blue-guest', managedFields: [written(time)] }, data };
}

function secret(text: string, managedFields: KubeSecret['metadata']['managedFields'], name = 'blue-a'): KubeSecret {
  return {
    kind: 'Secret',
    metadata: { name, managedFields: managedFields ?? [] },
    data: { userdata: Buffer.from(text).toString('base64') },
  };
}

const written = (time: string, part = 'f:stringData') => ({ time, fieldsV1: { [part]: { 'f:userdata': {} } } });
const labelled = (time: string) => ({ time, fieldsV1: { 'f:metadata': {} } });

describe('user data is stale', () => {
  test.each<[string, string | undefined, KubeObject, KubeSecret[]]>([
    ['no: the Secret has the user data of the instance', undefined, instance(EARLY), [secret('base', [written(LATE)])]],
    ['patched after the start', 'user data', instance(EARLY), [secret('patched', [written(LATE)])]],
    ['edited after the start', 'user data', instance(EARLY), [secret('patched', [written(EARLY), written(LATE, 'f:data')])]],
    ['no: patched before the start', undefined, instance(LATE), [secret('patched', [written(EARLY)])]],
    ['no: patched in the second of the start', undefined, instance(LATE), [secret('patched', [written(LATE)])]],
    [
      'no: patched before the start, and labeled by another user after it',
      undefined,
      instance(LATE),
      [secret('patched', [written(EARLY), labelled('2026-01-02T00:00:00Z')])],
    ],
    ['patched, and the instance has no hash', 'user data', instance(EARLY, {}), [secret('patched', [written(LATE)])]],
    ['no Secret: the hashes are equal', undefined, instance(EARLY), []],
    ['no Secret: the hashes differ', 'user data', instance(LATE, { [HASH]: 'older' }), []],
    ['the Secret of another VM', undefined, instance(EARLY), [secret('patched', [written(LATE)], 'a')]],
    ['a Secret without the time of its last change', undefined, instance(EARLY), [secret('patched', undefined)]],
    ['the spec as well', 'user data', instance(EARLY, { [HASH]: BASE, [GENERATION]: '1' }), [secret('patched', [written(LATE)])]],
    ['only the spec', 'spec', instance(EARLY, { [HASH]: BASE, [GENERATION]: '1' }), [secret('base', [written(LATE)])]],
  ])('%s', (_, stale, of, secrets) => {
    expect(staleness(vm(), of, userDataIn(secrets))).toBe(stale);
  });

  const DISK = { files: 'f', setup: 's' };
  const STARTED = { [HASH]: userDataHash('base', DISK) };

  test.each<[string, string | undefined, KubeObject, KubeSecret[]]>([
    [
      'no: both Secrets are the same as at the start',
      undefined,
      instance(EARLY, STARTED),
      [secret('base', [written(LATE)]), disk(DISK, LATE)],
    ],
    ['the user data was patched', 'user data', instance(EARLY, STARTED), [secret('patched', [written(LATE)]), disk(DISK, EARLY)]],
    [
      'the guest disk was patched',
      'user data',
      instance(EARLY, STARTED),
      [secret('base', [written(EARLY)]), disk({ ...DISK, setup: 't' }, LATE)],
    ],
    [
      'no: the guest disk was patched before the start',
      undefined,
      instance(LATE, STARTED),
      [secret('base', [written(EARLY)]), disk({ ...DISK, setup: 't' }, EARLY)],
    ],
    ['no guest disk is known: the hashes differ', 'user data', instance(LATE, STARTED), [secret('base', [written(EARLY)])]],
  ])('with a guest disk, %s', (_, stale, of, secrets) => {
    expect(staleness(vmWithDisk(), of, userDataIn(secrets))).toBe(stale);
  });

  test('not when the VM is not running', () => {
    expect(staleness(vm(), undefined, userDataIn([secret('patched', [written(LATE)])]))).toBeUndefined();
  });
});
