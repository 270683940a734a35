import { existsSync } from 'node:fs';
import type { Row } from './audit';
import { closeDatabase, type Database, openForReading } from './database';

/** One execution with everything that is known of it. */
export interface History extends Row {
  // biome-ignore lint/suspicious/noExplicitAny: rows of other tables stand beside the columns
  readonly [key: string]: any;
}

const TABLES = { workloads: 'workload_details', vms: 'vm_details', resources: 'resource_details', events: 'events' } as const;

/** The record of what was done, for reading. */
export class AuditReader {
  private readonly db: Database;

  /** @throws Error when the file is no record */
  constructor(file: string) {
    this.db = openForReading(file);
  }

  static exists(file: string): boolean {
    return existsSync(file);
  }

  /** Every execution, the newest first. */
  list(): History[] {
    return this.rows('SELECT * FROM audit_log ORDER BY id DESC');
  }

  /** The executions whose number, id, or run this is; an id may be cut short. */
  find(word: string): History[] {
    const byNumber = /^\d{1,9}$/.test(word) ? this.rows('SELECT * FROM audit_log WHERE id = ?', Number(word)) : [];
    // A number is also how an id may begin.
    const found = byNumber.length > 0 ? byNumber : this.byId(escaped(word));
    return found.map((execution) => ({
      ...execution,
      ...Object.fromEntries(
        Object.entries(TABLES).map(([key, table]) => [
          key,
          this.rows(`SELECT * FROM ${table} WHERE audit_id = ? ORDER BY id`, execution.id),
        ]),
      ),
    }));
  }

  private byId(start: string): History[] {
    return this.rows('SELECT * FROM audit_log WHERE run_id LIKE ? OR linked_run_ids LIKE ? ORDER BY id', `${start}%`, `%"${start}%`);
  }

  close(): void {
    closeDatabase(this.db, 1);
  }

  private rows(statement: string, ...values: unknown[]): History[] {
    return this.db.prepare(statement).all(...values) as History[];
  }
}

/** `%` and `_` stand for themselves in what people type: no id holds one. */
function escaped(word: string): string {
  return word.replace(/[%_]/g, '');
}
