import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import { FAMILIES, SHIPPED } from '../support/entries';
import { planOf } from '../support/render';
import { StubRoot } from '../support/stub-root';

/** The result of a script that sources the shared functions as the scripts of entries do. */
function sourced(script: string, env: NodeJS.ProcessEnv = {}) {
  const root = new StubRoot();
  root.file('virtwork-example', `set -uo pipefail\n. "\${VIRTWORK_LIB_DIR}/common.sh" || exit\n${script}\n`);
  const { status, output } = root.run(join(root.dir, 'virtwork-example'), [], { VIRTWORK_METRICS_DIR: root.dir, ...env });
  return { root, status, output };
}

test.each([
  ['log "a  b %s"', 0, 'virtwork-example: a  b %s\n'],
  ['warn oops 2>/dev/null; echo end', 0, 'end\n'],
  ['die "no disk"; echo end', 1, 'virtwork-example: no disk\n'],
  ['die "no disk" 78', 78, 'virtwork-example: no disk\n'],
  ['require_commands bash cat; echo end', 0, 'end\n'],
  ['require_commands bash no-such-command', 1, 'virtwork-example: no-such-command is not installed\n'],
  ['warn_once a; warn_once a; warn_once b; SECONDS=301; warn_once b', 0, 'virtwork-example: a\nvirtwork-example: b\nvirtwork-example: b\n'],
  ["metric m gauge 'Some help.' 3", 0, '# HELP m Some help.\n# TYPE m gauge\nm 3\n'],
  ['metric m counter \'Some help.\'; sample m \'a="1",b="2"\' 3', 0, '# HELP m Some help.\n# TYPE m counter\nm{a="1",b="2"} 3\n'],
])('%s', (script, status, output) => {
  expect(sourced(script)).toMatchObject({ status, output });
});

describe('publish_metrics', () => {
  test('writes the output of a command to NAME.prom', () => {
    const { root, status, output } = sourced('publish_metrics example echo a 1; publish_metrics example echo a 2');
    expect({ status, output, text: readFileSync(join(root.dir, 'example.prom'), 'utf8') }).toEqual({
      status: 0,
      output: '',
      text: 'a 2\n',
    });
    expect(readdirSync(root.dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('keeps the file when the command fails', () => {
    const { root } = sourced('publish_metrics example echo a 1; broken() { echo b; false; }; publish_metrics example broken');
    expect(readFileSync(join(root.dir, 'example.prom'), 'utf8')).toBe('a 1\n');
  });

  test('does nothing without the folder', () => {
    expect(sourced('publish_metrics example echo a 1', { VIRTWORK_METRICS_DIR: '/no/such/folder' })).toMatchObject({
      status: 0,
      output: '',
    });
    expect(existsSync('/no/such/folder')).toBe(false);
  });
});

test('a script ends with an error when the file is missing', () => {
  expect(sourced('echo end', { VIRTWORK_LIB_DIR: '/no/such/folder' })).toMatchObject({
    status: 1,
    output: expect.not.stringContaining('end\n'),
  });
});

/** Scripts that run before the file is installed, or once for each connection. */
const WITHOUT = ['virtwork-start', 'virtwork-setup', 'virtwork-health'];

test.each(
  SHIPPED.flatMap((entry) => FAMILIES.map((os) => [entry, os] as const)),
)('no script of %s on %s repeats its functions', async (entry, os) => {
  const plan = await planOf({ 'from-catalog': entry, 'guest-os': os });
  const files = plan.workloads.flatMap(({ roles }) => roles.flatMap(guestFiles));
  const common = files.find(({ path }) => path === '/usr/local/lib/virtwork/common.sh')?.content.toString() ?? '';
  const names = [...common.matchAll(/^(\w+)\(\)/gm)].map((match) => match[1] as string);
  expect(names).toContain('die');
  for (const { path, content } of files.filter((file) => file.mode === '0755' && !WITHOUT.some((name) => file.path.endsWith(`/${name}`)))) {
    const defined = [...content.toString().matchAll(/^(\w+)\(\)/gm)].map((match) => match[1] as string);
    expect({ path, repeated: defined.filter((name) => names.includes(name)) }).toEqual({ path, repeated: [] });
    expect(content.toString()).not.toMatch(/\.prom\b.*&& mv|echo "virtwork-/);
  }
});

test('a service of a workload starts after the file is installed', async () => {
  for (const entry of SHIPPED) {
    const plan = await planOf({ 'from-catalog': entry });
    for (const role of plan.workloads.flatMap(({ roles }) => roles)) {
      const texts = new Map(guestFiles(role).map((file) => [file.path, file.content.toString()]));
      for (const { name } of role.guest.units.filter((unit) => unit.name.endsWith('.service'))) {
        expect(texts.get(`/etc/systemd/system/${name}.d/10-virtwork.conf`)).toMatch(/^\[Unit\]\n(.+\n)*After=virtwork-start\.service\n/);
      }
    }
  }
});
