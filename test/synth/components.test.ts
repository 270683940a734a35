import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPONENTS } from '../../src/kubernetes/components';
import { compareBase, writeBase } from '../../src/synth/base';
import { HEADER } from '../../src/synth/header';
import { render, renderStream } from '../../src/synth/render';
import type { Manifest } from '../../src/validation/manifest';
import { kustomize } from '../support/kustomize';
import { planOf, tempDir, textOf } from '../support/render';
import { needs } from '../support/tools';

const ALL = COMPONENTS.join();

async function rendered(flags: { readonly [flag: string]: unknown } = {}) {
  return render(await planOf({ workloads: 'cpu,disk', components: ALL, ...flags }));
}

/** Every file of a folder, by its path in it. */
function tree(dir: string): string[] {
  return (readdirSync(dir, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

describe('components', () => {
  test('change nothing of the base, and are in no stream of objects', async () => {
    const [without, asked] = [render(await planOf({ workloads: 'cpu,disk' })), await rendered()];
    const base = asked.filter(({ name }) => !name.startsWith('components/'));
    expect(base.map((file) => [file.name, textOf(file)])).toEqual(without.map((file) => [file.name, textOf(file)]));
    expect([...renderStream(await planOf({ workloads: 'cpu,disk', components: ALL }))].join('')).toBe(
      [...renderStream(await planOf({ workloads: 'cpu,disk' }))].join(''),
    );
  });

  test('are in folders of their own, each with the kustomization.yaml of a Component', async () => {
    const files = (await rendered()).filter(({ name }) => name.startsWith('components/'));
    for (const name of COMPONENTS) {
      const own = files.filter((file) => file.name.startsWith(`components/${name}/`));
      expect(own.at(-1)?.name).toBe(`components/${name}/kustomization.yaml`);
      expect(textOf(own.at(-1))).toContain('\nkind: Component\n');
      for (const file of own) expect(textOf(file).startsWith(HEADER)).toBe(true);
    }
    expect(new Set(files.map(({ name }) => name.split('/')[1]))).toEqual(new Set(COMPONENTS));
  });

  test('are written, compared, and removed when they are no longer rendered', async () => {
    const dir = tempDir();
    const [all, none] = [await rendered(), render(await planOf({ workloads: 'cpu,disk' }))];
    const own = all.map(({ name }) => name).filter((name) => name.startsWith('components/'));
    expect([...writeBase(dir, all).written].sort()).toEqual(all.map(({ name }) => name).sort());
    expect(compareBase(dir, all)).toEqual({ missing: [], changed: [], lineEnds: [], stale: [], foreign: [] });
    expect(writeBase(dir, all).written).toEqual([]);
    expect([...compareBase(dir, none).stale].sort()).toEqual([...own].sort());
    expect([...writeBase(dir, none).removed].sort()).toEqual([...own].sort());
    expect(existsSync(join(dir, 'components'))).toBe(false);
    expect([...compareBase(dir, all).missing].sort()).toEqual([...own].sort());
  });

  test('keep what is not of virtwork in their folders', async () => {
    const dir = tempDir();
    const mine = join(dir, 'components/mine');
    mkdirSync(mine, { recursive: true });
    writeFileSync(join(mine, 'kustomization.yaml'), `${HEADER}kind: Component\n`);
    writeBase(dir, await rendered());
    writeFileSync(join(dir, `components/${COMPONENTS[0]}/mine.yaml`), 'mine: true\n');
    writeBase(dir, render(await planOf({ workloads: 'cpu,disk' })));
    expect(tree(join(dir, 'components'))).toEqual(['mine/kustomization.yaml', `${COMPONENTS[0]}/mine.yaml`].sort());
  });

  test.each<[string, string, (dir: string, outside: string) => void]>([
    [
      'a file of the user',
      `components/${COMPONENTS[0]}/kustomization.yaml`,
      (dir) => {
        mkdirSync(join(dir, `components/${COMPONENTS[0]}`), { recursive: true });
        writeFileSync(join(dir, `components/${COMPONENTS[0]}/kustomization.yaml`), 'kind: Component\n');
      },
    ],
    ['a file in the place of the folder of all', 'components', (dir) => writeFileSync(join(dir, 'components'), '')],
    ['a link in its place', 'components', (dir, outside) => symlinkSync(outside, join(dir, 'components'))],
    [
      'a link in the place of the folder of one',
      `components/${COMPONENTS[0]}`,
      (dir, outside) => {
        mkdirSync(join(dir, 'components'));
        symlinkSync(outside, join(dir, `components/${COMPONENTS[0]}`));
      },
    ],
  ])('are rejected, and nothing is written, when %s is in the way', async (_, where, put) => {
    const [dir, outside] = [tempDir(), tempDir()];
    put(dir, outside);
    const before = tree(dir);
    const files = await rendered();
    expect(() => writeBase(dir, files)).toThrow(`${join(dir, where)}: was not written by virtwork and is in the way`);
    expect(compareBase(dir, files).foreign).toEqual([expect.objectContaining({ where: join(dir, where) })]);
    expect([tree(dir), tree(outside)]).toEqual([before, []]);
  });

  test('behind a link are not removed', async () => {
    const [dir, outside] = [tempDir(), tempDir()];
    const folder = join(outside, COMPONENTS[0]);
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), HEADER);
    symlinkSync(outside, join(dir, 'components'));
    const none = render(await planOf({ workloads: 'cpu' }));
    expect(compareBase(dir, none).stale).toEqual([]);
    writeBase(dir, none);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(HEADER);
  });
});

/** What an overlay with a component builds. */
async function overlaid(component: string, overlay: string, flags: { readonly [flag: string]: unknown } = {}): Promise<Manifest[]> {
  const dir = tempDir();
  writeBase(join(dir, 'dist'), await rendered(flags));
  mkdirSync(join(dir, 'overlay'));
  writeFileSync(join(dir, 'overlay/kustomization.yaml'), `resources: [../dist]\ncomponents: [../dist/components/${component}]\n${overlay}`);
  return kustomize(join(dir, 'overlay'));
}

describe('monitoring', () => {
  const kubectl = needs('kubectl');

  kubectl.each(['', 'namespace: elsewhere\nnamePrefix: blue-\ncommonLabels: { team: a, managed-by: other }\n'])(
    'finds the guests also in an overlay with "%s"',
    async (overlay) => {
      const objects = await overlaid('monitoring', overlay);
      const of = (kind: string) => objects.filter((object) => object.kind === kind);
      const [monitor] = of('ServiceMonitor') as unknown as {
        metadata: { namespace: string };
        spec: { selector: { matchLabels: object }; endpoints: { port: string }[] };
      }[];
      const service = of('Service').find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'monitoring');
      const { selector, ports } = service?.spec as { selector: object; ports: { name: string }[] };
      expect(service?.metadata.labels).toMatchObject(monitor?.spec.selector.matchLabels as object);
      expect(service?.metadata.namespace).toBe(monitor?.metadata.namespace);
      expect(monitor?.spec.endpoints.map(({ port }) => port)).toEqual(ports.map(({ name }) => name));
      for (const vm of of('VirtualMachine')) {
        expect((vm.spec as { template: { metadata: { labels: object } } }).template.metadata.labels).toMatchObject(selector);
      }
      const namespaces = objects.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace);
      expect(new Set(namespaces).size).toBe(1);
    },
  );
});

describe('pod-security', () => {
  const kubectl = needs('kubectl');
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline', 'security.openshift.io/scc.podSecurityLabelSync': 'false' };

  kubectl.each(['', 'namespace: elsewhere\nnamePrefix: blue-\n'])(
    'labels the Namespace of the base, also in an overlay with "%s"',
    async (overlay) => {
      const found = (await overlaid('pod-security', overlay)).filter(({ kind }) => kind === 'Namespace');
      expect(found).toHaveLength(1);
      expect(found[0]?.metadata.labels).toMatchObject({ ...labels, 'app.kubernetes.io/component': 'namespace' });
    },
  );

  kubectl('labels nothing without one, which is a warning', async () => {
    const flags = { 'create-namespace': false, namespace: 'load' };
    expect((await overlaid('pod-security', '', flags)).some(({ kind }) => kind === 'Namespace')).toBe(false);
    const { warnings } = await planOf({ workloads: 'cpu', components: 'pod-security', ...flags });
    expect(warnings).toEqual([expect.stringContaining('kubectl label namespace load pod-security.kubernetes.io/enforce=baseline')]);
  });
});
