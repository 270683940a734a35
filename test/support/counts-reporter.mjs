import { writeSync } from 'node:fs';

/** File descriptor on which the runner of a tier reads. */
const RUNNER = 3;

/** A reporter for Jest: writes a line of JSON for each test file when it has ended, with its path and counts. */
export default class CountsReporter {
  onTestFileResult(_, { testFilePath, numPassingTests, numFailingTests, numPendingTests, numTodoTests, testExecError }) {
    const counts = {
      path: testFilePath,
      passed: numPassingTests,
      failed: numFailingTests,
      skipped: numPendingTests + numTodoTests,
      // A file that cannot be loaded, or whose hooks fail, may have no failed test.
      broken: testExecError !== undefined && numFailingTests === 0,
    };
    writeSync(RUNNER, `${JSON.stringify(counts)}\n`);
  }
}
