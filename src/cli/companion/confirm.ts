import { createInterface } from 'node:readline/promises';
import { Interrupted } from '../../companion/client';
import { type Problem, UserError } from '../../errors';
import { shown } from '../output';

/**
 * Asks on the terminal, through stderr: stdout carries the product. The end of the input means no.
 * @param otherwise the problem where there is no terminal
 * @throws UserError where there is no terminal; Interrupted
 */
export async function confirmed(question: string, otherwise: Problem, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError([otherwise]);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  // The terminal passes Ctrl-C to the program that reads from it.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  terminal.on('close', () => closed.abort());
  try {
    const answer = await terminal.question(shown(`${question}[y/N] `), { signal: AbortSignal.any([signal, closed.signal]) });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (closed.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
