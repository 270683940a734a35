import { spawnSync } from 'node:child_process';

/** Set where every tool is installed: then a missing one is a failure. */
const ALL = process.env.TEST_ALL_TOOLS === '1';

/**
 * `test` where a tool is installed; elsewhere a test that is skipped aloud, with the tool's name in the report.
 * @param tool command that the test needs
 */
export function needs(tool: string): jest.It {
  if (ALL || isInstalled(tool)) return test;
  process.stderr.write(`skipped: tests that need ${tool}, which is not installed\n`);
  return test.skip as unknown as jest.It;
}

function isInstalled(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' }).status === 0;
}
