import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import type { RolePlan } from '../../src/plan/plan';
import { tempDir } from './render';
import { run } from './run';

/** Scripts without findings. Most scripts are the same for every entry and family, and are checked only once. */
const clean = new Set<string>();

/** Runs shellcheck on the scripts of a role's guests, with the sourced files as they are in a guest. @returns its findings */
export function shellcheckFindings(role: RolePlan): string {
  const scripts = guestFiles(role)
    .map(({ path, content }) => ({ path, text: String(content) }))
    .filter(({ text }) => /^#(!.*sh\b| shellcheck shell=)/.test(text));
  const fresh = scripts.filter(({ text }) => !clean.has(text));
  if (fresh.length === 0) return '';
  const dir = tempDir();
  for (const { path, text } of scripts) {
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    // shellcheck looks up an absolute path on this machine, and a relative path below --source-path.
    writeFileSync(join(dir, path), text.replace(/^# shellcheck source=\//gm, '# shellcheck source='));
  }
  const paths = fresh.map(({ path }) => join(dir, path));
  const { stdout, stderr, status } = run('shellcheck', ['--external-sources', `--source-path=${dir}`, ...paths]);
  if (status === 0) for (const { text } of fresh) clean.add(text);
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`;
}
