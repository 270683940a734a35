import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { ROOT, tempDir } from '../../support/places';
import { outputOf, start } from '../../support/run';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

/** Address of this machine for a guest of the lab. */
const HOST = '10.0.2.2';
const params: { [key: string]: string | number } = { 'migration-interval-min': 2, 'migration-interval-max': 4 };
const flags: string[] = [];
let api: ChildProcess;

beforeAll(async () => {
  const dir = tempDir();
  const [key, cert, access] = ['key', 'cert', 'access'].map((name) => join(dir, name)) as [string, string, string];
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=IP:${HOST}`];
  outputOf('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names]);
  mkdirSync(access);
  copyFileSync(cert, join(access, 'ca.crt'));
  writeFileSync(join(access, 'token'), 'token-of-the-test');
  writeFileSync(join(access, 'namespace'), 'virtwork');
  // A separate process, because this one blocks while it waits for the lab.
  api = start(process.execPath, [join(ROOT, 'test/lab/fake-api.mjs'), key, cert], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => api.stdout?.once('data', (text) => resolve(String(text).trim())));
  params['api-server'] = `https://${HOST}:${port}`;
  flags.push('--access', access);
});

const lab = booted('chaos-migration', { params, flags });
afterAll(() => api.stdin?.end());

function told(): Promise<{ readonly tokens: readonly string[]; readonly targets: readonly string[] }> {
  const url = String(params['api-server']).replace(HOST, '127.0.0.1');
  return new Promise((resolve, reject) => {
    get(`${url}/told`, { agent: new Agent({ rejectUnauthorized: false }) }, (response) => {
      let text = '';
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

async function effect(): Promise<void> {
  const before = (await told()).targets.length;
  await eventually(async () => expect((await told()).targets.length).toBeGreaterThan(before), 400);
  await eventually(async () => {
    const metrics = await lab.metrics('chaos-migration-0');
    expect(metrics['virtwork_chaos_migration_finished_total{result="succeeded"}']).toBeGreaterThan(0);
  });
}

test('it migrates the other VM, with the token of its disk', async () => {
  await effect();
  expect(await told()).toMatchObject({ tokens: ['Bearer token-of-the-test'] });
  expect(new Set((await told()).targets)).toEqual(new Set(['virtwork-cpu-0']));
  const journal = lab.exec('chaos-migration-0', 'journalctl -u virtwork-chaos-migration -o cat');
  expect(journal).toMatch(/^virtwork-chaos-migration: migration of virtwork-cpu-0: succeeded in \d+ s \(a to b\)$/m);
});

test('the credential is read-only, and only root can read it', () => {
  const look = "stat -c '%n %a %U' /run/virtwork/access /run/virtwork/access/*; findmnt -no FSTYPE,OPTIONS /run/virtwork/access";
  expect(lab.exec('chaos-migration-0', look)).toMatch(
    /^\S+access 500 root\n\S+ca\.crt 400 root\n\S+namespace 400 root\n\S+token 400 root\niso9660 ro,/,
  );
  expect(lab.exec('chaos-migration-0', 'runuser -u daemon -- cat /run/virtwork/access/token 2>&1 || true')).toContain('Permission denied');
  expect(lab.exec('chaos-migration-0', 'ps -o user= -C virtwork-chaos-')).toMatch(/^(daemon\n?)+$/);
  expect(readFileSync(join(flags[1] as string, 'token'), 'utf8')).toBe(lab.exec('chaos-migration-0', 'cat /run/virtwork/access/token'));
});

survives(lab, {
  units: { 'chaos-migration-0': ['virtwork-chaos-migration.service', 'virtwork-chaos-migration-tools.service'] },
  tool: { vm: 'chaos-migration-0', unit: 'virtwork-chaos-migration.service', program: 'curl' },
  effect,
});
