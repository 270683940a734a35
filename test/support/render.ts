import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/load-plan';
import type { Plan } from '../../src/plan/plan';
import type { RenderedFile } from '../../src/synth/render';

export const ROOT = join(__dirname, '../..');

/** The plan for some flags, independent of the environment and the working directory of the test. */
export async function planOf(flags: { readonly [flag: string]: unknown } = {}): Promise<Plan> {
  return (await loadPlan({ flags, env: {}, cwd: tempDir() })).plan;
}

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'virtwork-test-'));
}

export function textOf(file: RenderedFile | undefined): string {
  return [...(file?.text() ?? [])].join('');
}
