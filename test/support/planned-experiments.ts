import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { type PlannedExperiment, planExperiment } from '../../src/experiment/plan-experiment';
import { tempDir } from './places';

/** The plan of an experiment of fio-bench, written to `e.yaml`, or of one of the catalog. */
export function experiment(text: string, cwd: string = tempDir()): Promise<PlannedExperiment> {
  const isName = /^\S+$/.test(text);
  if (!isName) writeFileSync(join(cwd, 'e.yaml'), text);
  return planExperiment(isName ? text : 'e.yaml', { flags: {}, env: { HOME: cwd }, cwd });
}

/** The lines of the problems of an experiment; empty if it has none. */
export async function problemsOf(text: string, cwd?: string): Promise<string[]> {
  try {
    await experiment(text, cwd);
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n');
    throw error;
  }
}
