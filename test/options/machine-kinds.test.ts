import type { Kind } from '../../src/options/kinds';
import { cpu, instancetype, ioThreads, preference, resources, tpm } from '../../src/options/machine-kinds';

test.each<[string, Kind, unknown, unknown]>([
  ['a cluster-wide instancetype', instancetype, 'u1.medium', { name: 'u1.medium', kind: 'VirtualMachineClusterInstancetype' }],
  ['one by its name in a map', instancetype, { name: 'a' }, { name: 'a', kind: 'VirtualMachineClusterInstancetype' }],
  ['one of the namespace', instancetype, '{name: a, kind: VirtualMachineInstancetype}', { name: 'a', kind: 'VirtualMachineInstancetype' }],
  ['a cluster-wide preference', preference, 'fedora', { name: 'fedora', kind: 'VirtualMachineClusterPreference' }],
  ['CPUs', cpu, { sockets: 1, cores: '4', dedicated: true }, { sockets: 1, cores: 4, dedicated: true }],
  ['CPUs as text', cpu, '{model: Skylake-Server-v1, numa: true}', { model: 'Skylake-Server-v1', numa: true }],
  ['amounts in their canonical form', resources, { limits: { cpu: 1.5, memory: '2048Mi' } }, { limits: { cpu: '1500m', memory: '2Gi' } }],
  ['thousandths of CPUs', resources, { requests: { cpu: '2000m' } }, { requests: { cpu: '2' } }],
  ['CPUs with one digit after the point', resources, { requests: { cpu: '0.5' } }, { requests: { cpu: '500m' } }],
  ['a policy', ioThreads, 'auto', { policy: 'auto' }],
  ['a pool', ioThreads, { policy: 'supplementalPool', count: 4 }, { policy: 'supplementalPool', count: 4 }],
  ['a TPM', tpm, true, { enabled: true }],
  ['none', tpm, 'false', { enabled: false }],
  ['a TPM that keeps its state', tpm, '{persistent: true}', { persistent: true }],
])('%s', (_, kind, raw, value) => expect(kind.parse(raw)).toEqual({ value }));

/** The rejections of a value, each with its path. */
function rejected(kind: Kind, raw: unknown): string[] {
  const parsed = kind.parse(raw);
  if ('value' in parsed) return [];
  return [parsed, ...(parsed.others ?? [])].map(({ at = [], must }) => `${at.join('.')}: ${must}`);
}

test('settings of the workload cpu at the top level get a hint', () => {
  expect(cpu.parse({ vm_count: 2 })).toMatchObject({ at: ['vm_count'], hint: 'write workloads: {cpu: …}' });
  expect(cpu.parse({ cors: 2 })).toMatchObject({ at: ['cors'], hint: 'did you mean "cores"?' });
});

test.each<[Kind, unknown, readonly RegExp[]]>([
  [instancetype, 'U1 Medium', [/^: be the name of an object/]],
  [instancetype, {}, [/^: have the key name/]],
  [instancetype, { name: 'a', kind: 'VirtualMachinePreference' }, [/^kind: be one of VirtualMachineClusterInstancetype, Virt/]],
  [cpu, { sockets: 0, cores: 513, threads: 1.5 }, [/^sockets: be a whole number from 1 to 512/, /^cores: /, /^threads: /]],
  [cpu, { socket: 1 }, [/^socket: have only the keys sockets, cores, threads, model/]],
  [cpu, { model: '-x', dedicated: 'maybe' }, [/^model: be a CPU model/, /^dedicated: be true or false/]],
  [cpu, 4, [/^: be a map with keys from sockets/]],
  [
    resources,
    { requests: { cpu: '0' }, limits: { cpu: '1.5m', memory: '1k' } },
    [/^requests\.cpu: be a quantity of CPUs/, /^limits\.cpu: /, /^limits\.memory: be at least 1M/],
  ],
  [resources, { request: {} }, [/^request: have only the keys requests, limits/]],
  [resources, { limits: { gpu: 1 } }, [/^limits\.gpu: have only the keys cpu, memory/]],
  [ioThreads, 'many', [/^: be one of shared, auto, supplementalPool/]],
  [ioThreads, { count: 0 }, [/^count: be a whole number from 1/]],
  [tpm, 'yes', [/^: be true or false/]],
  [tpm, { persist: true }, [/^persist: have only the keys enabled, persistent/]],
])('%# %j is rejected', (kind, raw, messages) => {
  const found = rejected(kind, raw);
  expect(found).toHaveLength(messages.length);
  for (const [index, message] of messages.entries()) expect(found[index]).toMatch(message);
});
