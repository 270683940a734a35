import { join } from 'node:path';
import { AuditReader, type History } from '../../src/audit/history';

/** The executions in the record of a working directory, the newest first, with all their rows. */
export function recordOf(cwd: string): History[] {
  const reader = new AuditReader(join(cwd, 'virtwork.db'));
  try {
    return reader.list().executions.flatMap(({ id }) => reader.find(String(id)).executions);
  } finally {
    reader.close();
  }
}
