import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import type { RolePlan } from '../../src/plan/plan';
import { tempDir } from './render';
import { run } from './run';

/**
 * Runs one shellcheck on the scripts of the guests of all roles, with the sourced files as they are in the guest of each. Most scripts are
 * the same for many roles, and are checked once.
 * @returns its findings
 */
export function shellcheckFindings(roles: readonly RolePlan[]): string {
  const seen = new Set<string>();
  const paths: string[] = [];
  for (const role of roles) {
    const scripts = guestFiles(role)
      .map(({ path, content }) => ({ path, text: String(content) }))
      .filter(({ text }) => /^#(!.*sh\b| shellcheck shell=)/.test(text));
    const fresh = scripts.filter(({ text }) => !seen.has(text));
    if (fresh.length === 0) continue;
    const root = tempDir();
    for (const { path, text } of scripts) {
      seen.add(text);
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text.replace(/^# shellcheck source=(?=\/usr\/)/gm, `# shellcheck source=${root}`));
    }
    paths.push(...fresh.map(({ path }) => join(root, path)));
  }
  const { stdout, stderr, status } = run('shellcheck', ['--external-sources', ...paths]);
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`;
}
