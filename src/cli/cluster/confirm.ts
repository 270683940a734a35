import { createInterface } from 'node:readline/promises';
import { UserError } from '../../errors';

/**
 * Asks on the terminal, on stderr: stdout carries the product.
 * @throws UserError where nobody can be asked
 */
export async function confirmed(question: string, where: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError([{ where, message: 'deletes, and nobody is there to be asked', hint: '--yes, or --dry-run to see what would go' }]);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question}[y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
