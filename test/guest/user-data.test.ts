import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { GuestFile } from '../../src/catalog/entry';
import { userData } from '../../src/guest/user-data';
import { toYaml } from '../../src/yaml/to-yaml';
import { planOf } from '../support/render';
import { needs } from '../support/tools';

/** Reads the Secret with PyYAML, as cloud-init does, then the contents in it. */
const READER = `
import base64, json, sys, yaml
data = yaml.safe_load(yaml.safe_load(sys.stdin.buffer.read().decode())["stringData"]["userdata"])
files = {f["path"]: f for f in data["write_files"]}
print(json.dumps({p: (f["content"] if f.get("encoding") == "b64" else base64.b64encode(f["content"].encode()).decode()) for p, f in files.items()}))
`;

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(
          '',
          ' ',
          '\t',
          '---',
          '...',
          '%YAML 1.2',
          '# a',
          '\\',
          '"',
          '\u001b[1m',
          '\ufeff',
          '\u0085',
          '\u2028',
          '\r',
          '\ue000name\ue001',
        ),
      ),
    )
    .map((lines) => lines.join('\n')),
);

// cloud-init installs PyYAML for the system's Python, which may not be the first on the PATH.
needs('cloud-init')('every content of a file reaches the guest unchanged', async () => {
  const role = (await planOf({ workloads: 'cpu' })).workloads[0]?.roles[0];
  if (!role) throw new Error('cpu has no role');
  const contents = fc.sample(
    fc.oneof(
      text,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
    { numRuns: 500, seed: 1 },
  );
  const files = contents.map((content, index): GuestFile => ({ path: `/f/${index}`, content, mode: '0644', source: '' }));
  const userdata = userData({ ...role, guest: { ...role.guest, files } });
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', READER], {
    input: toYaml({ stringData: { userdata } }),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 26,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const read = JSON.parse(stdout) as { [path: string]: string };
  for (const { path, content } of files) expect([path, read[path]]).toEqual([path, Buffer.from(content).toString('base64')]);
});
