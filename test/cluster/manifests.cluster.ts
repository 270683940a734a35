import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from '../support/entries';
import { eventually, Place, place } from './cluster';

const ALL = `--from-catalog ${SHIPPED.join(',')}`;

/** What synth wrote, applied as people type it. */
function applyTyped(here: Place, folder = 'dist'): string {
  return here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, folder)}`);
}

/** What a second apply would change, as kubectl says it. */
function differences(here: Place, folder = 'dist'): string {
  return here.kubectl(`diff --server-side -k ${join(here.cwd, folder)}`);
}

describe('everything that synth renders', () => {
  test.each([
    ['for Fedora', '--vm-count 2'],
    ['for Debian, with keys and without a health endpoint', '--guest-os debian --ssh-existing-secret keys --health-port 0'],
    ['from a data source', '--boot dataSource:golden/fedora --storage-class shared --access-modes ReadWriteMany --volume-mode Block'],
  ])('%s is admitted, and a second apply changes nothing', async (_, flags) => {
    const here = new Place();
    expect(await here.virtwork(`synth ${ALL} ${flags}`)).toMatchObject({ status: 0 });
    const applied = applyTyped(here).trim().split('\n');
    expect(applied.filter((line) => !line.endsWith('serverside-applied'))).toEqual([]);
    expect(differences(here)).toBe('');
    const generations = () => here.list('vm').map(({ metadata }) => [metadata.name, metadata.generation]);
    const before = generations();
    applyTyped(here);
    expect(generations()).toEqual(before);
    here.deleteTyped();
    await eventually(() => expect([here.labelled(), here.outside()]).toEqual([[], []]), 120);
    here.remove();
  });
});

describe('the story of the README', () => {
  const here = place();

  test('synth, apply, wait, delete by label', async () => {
    await here.virtwork('synth');
    applyTyped(here);
    expect(await here.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('8 of 8 VMs ready') as unknown as string,
    });
    here.deleteTyped();
    await eventually(() => expect(here.labelled()).toEqual([]), 120);
  });

  test('the same through an overlay with a prefix, another namespace, images and labels', async () => {
    const overlay = join(here.cwd, 'overlay');
    const target = new Place();
    mkdirSync(overlay);
    const kustomization = {
      resources: ['../dist'],
      namePrefix: 'team-',
      namespace: target.namespace,
      images: [{ name: 'quay.io/containerdisks/fedora', newName: 'mirror.example.com/fedora', newTag: '43' }],
      labels: [{ pairs: { team: 'storage' }, includeTemplates: true, includeSelectors: true }],
    };
    writeFileSync(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
    target.kubectl(`apply --server-side --validate=strict -k ${overlay}`);
    expect(await target.virtwork('wait --timeout 3m')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^team-virtwork-cpu-0 +ready/m) as unknown as string,
    });
    expect(await target.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
    expect(target.labelled()).toEqual([]);
    target.remove();
  });
});
