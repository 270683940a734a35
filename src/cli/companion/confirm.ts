import { createInterface } from 'node:readline/promises';
import { Interrupted } from '../../companion/client';
import { UserError } from '../../errors';
import { shown } from '../output';

/**
 * Asks on the terminal, on stderr: stdout carries the product. The end of the input is a no.
 * @throws UserError where there is no terminal; Interrupted
 */
export async function confirmed(question: string, where: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError([
      {
        where,
        message: 'refusing to delete without confirmation: no terminal',
        hint: 'use --yes, or --dry-run to see what would be deleted',
      },
    ]);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  // The terminal hands Ctrl-C to whoever reads from it.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  terminal.on('close', () => closed.abort());
  try {
    const answer = await terminal.question(shown(`${question}[y/N] `), { signal: AbortSignal.any([signal, closed.signal]) });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if ((error as Error).name === 'AbortError') return false;
    throw error;
  } finally {
    terminal.close();
  }
}
