import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds. An emulated guest answers slowly. */
const PATIENCE = 60_000;

interface Status {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly 'out-data'?: string;
  readonly 'err-data'?: string;
}

/**
 * Runs a script as root in a guest, through its agent.
 * @param socket of the agent's channel
 * @returns the standard output
 * @throws Error when the script fails or the agent does not answer
 */
export async function shell(socket: string, script: string): Promise<string> {
  const connection = connect(socket);
  connection.setTimeout(PATIENCE, () => connection.destroy(new Error(`the guest agent of ${socket} does not answer`)));
  const lines = createInterface(connection)[Symbol.asyncIterator]();
  const ask = async <T>(command: string, args: object): Promise<T> => {
    connection.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { value } = (await lines.next()) as { value?: string };
    const { return: result, error } = JSON.parse(value ?? '{}') as { return?: T; error?: object };
    if (result === undefined) throw new Error(`${command}: ${JSON.stringify(error)}`);
    return result;
  };
  try {
    const arg = ['-c', script];
    const { pid } = await ask<{ pid: number }>('guest-exec', { path: '/bin/bash', arg, 'capture-output': true });
    for (;;) {
      const status = await ask<Status>('guest-exec-status', { pid });
      if (!status.exited) await pause(300);
      else if (status.exitcode === 0) return text(status['out-data']);
      else throw new Error(`${script}: exit ${status.exitcode}\n${text(status['err-data'])}`);
    }
  } finally {
    connection.destroy();
  }
}

function text(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString();
}
