import { run } from './run';

/** Set where every tool must be installed. A missing tool is then a failure. */
const ALL = process.env.TEST_ALL_TOOLS === '1';

/**
 * `test` if the tools are installed. Otherwise a skipped test, with the name of the missing tool in the report.
 * @param tools commands that the test needs
 */
export function needs(...tools: string[]): jest.It {
  const missing = tools.find((tool) => !isInstalled(tool));
  if (ALL || missing === undefined) return test;
  process.stderr.write(`skipped: tests that need ${missing}, which is not installed\n`);
  return test.skip as unknown as jest.It;
}

export function isInstalled(tool: string): boolean {
  return run('sh', ['-c', `command -v ${tool}`]).status === 0;
}
