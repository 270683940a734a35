import { renderGroup } from '../../src/experiment/pod/render-group';
import type { RenderedFile } from '../../src/synth/rendered-file';
import { type Rendered, type Source, Templates } from '../../src/synth/templates';
import { experiment } from '../support/planned-experiments';

const textsOf = (files: readonly RenderedFile[]) => files.map(({ name, text, isSecret }) => [name, [...text()].join(''), isSecret]);

test.each([
  ['of VMs', 'vm_count: [1, 2, 12], memory: [2Gi, 3Gi], disk_bus: [virtio, scsi], profile: [random, log]'],
  [
    'with workloads next to them',
    'beside: { none: {}, cpu: { workloads: { cpu: { vm_count: 2 }, chaos-process: {}, network: {} } } }, vm_count: [1, 2]',
  ],
  ['of pods and VMs', 'layer: { pod: { pod: { image: fio } }, vm: { memory: 3Gi } }, vm_count: [1, 2]'],
  ['of pools of VMs', 'pool: [true, false], vm_count: [1, 12]'],
  [
    'with patches',
    'vm_count: [1, 2], patches: { a: { patches: [{ op: add, path: /spec/template/spec/startStrategy, value: Paused }] }, b: {} }',
  ],
  [
    'with networks',
    'vm_count: [1, 2], networks: { a: { networks: [{ pod: masquerade }, { name: x, multus: nad, addresses: [192.0.2.10-192.0.2.99/24] }] }, b: {} }',
  ],
])('groups %s have the same text with templates as without', async (_, matrix) => {
  const { groups } = await experiment(`workload: fio-bench\nsettings: { volume_mode: Block }\nmatrix: { ${matrix} }\n`);
  const templates = new Templates();
  expect(groups.size).toBeGreaterThan(1);
  for (const plan of [...groups.values(), ...groups.values()])
    expect(textsOf(renderGroup(plan, templates))).toEqual(textsOf(renderGroup(plan)));
});

describe('a file', () => {
  const source = (name: string, more: Partial<Source> = {}): Source => ({
    data: { name: `x-${name}`, size: 1 },
    names: [name],
    parts: [],
    ...more,
  });
  /** Renders a source, and counts how often. */
  function renderer() {
    let count = 0;
    const render =
      ({ names, parts }: Source) =>
      (): Rendered => {
        count += 1;
        return { documents: [{ kind: 'Secret', role: 'a', text: [`name: x-${names[0]}\nhash: ${parts.join(' ')}\n`] }], problems: [] };
      };
    return {
      render,
      get count() {
        return count;
      },
    };
  }

  test.each<[string, Source, Source, number]>([
    ['with another name', source('a-1'), source('b-2'), 1],
    ['with another part', source('a-1', { parts: ['p a-1', 'p'] }), source('b-2', { parts: ['q', 'b-2 q'] }), 1],
    ['with a name that is shorter', source('a-100'), source('b-2'), 1],
    ['with a name that is longer, which is checked too', source('a-1'), source('b-200'), 2],
    ['with other data', source('a-1'), source('b-2', { data: { name: 'x-b-2', size: 2 } }), 2],
    ['whose data has the other name', source('a-1'), source('b-2', { data: { name: 'x-a-1', size: 1 } }), 2],
    ['whose parts are different, and not equal', source('a-1', { parts: ['p', 'p'] }), source('b-2', { parts: ['q', 'r'] }), 2],
    ['with a name that may need quotes', source('a-1'), source('1e3'), 2],
  ])('%s', (_, first, second, count) => {
    const templates = new Templates();
    const rendering = renderer();
    templates.file(first, rendering.render(first));
    const { documents, problems } = templates.file(second, rendering.render(second));
    expect(rendering.count).toBe(count);
    expect({ problems, documents: documents.map((each) => ({ ...each, text: each.text.join('') })) }).toEqual({
      problems: [],
      documents: renderer()
        .render(second)()
        .documents.map((each) => ({ ...each, text: each.text.join('') })),
    });
  });

  test('with problems is rendered each time', () => {
    const templates = new Templates();
    const wrong = { documents: [], problems: [{ where: 'x', message: 'y' }] };
    for (const name of ['a-1', 'b-2']) expect(templates.file(source(name), () => wrong)).toBe(wrong);
  });
});
