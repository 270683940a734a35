import { lstatSync } from 'node:fs';
import type { Row } from './audit';
import { closeDatabase, type Database, openForReading } from './database';

/** One execution with the rows of all tables about it. */
export interface History extends Row {
  // biome-ignore lint/suspicious/noExplicitAny: the rows of other tables are among the columns
  readonly [key: string]: any;
}

const TABLES = { workloads: 'workload_details', vms: 'vm_details', resources: 'resource_details', events: 'events' } as const;

/** Limits: a record may come from another machine, and contain as much as its file can. */
export const MOST = {
  /** Executions that are listed: the newest. */
  listed: 1000,
  /** Executions that are shown with all of their rows: the newest. */
  found: 20,
  /** Rows of each table, of all executions that are shown: several times what a run of 10 000 VMs writes. */
  rows: 100_000,
  /** Characters of a string. */
  text: 4000,
} as const;

/** What was read, and whether there is more. */
export interface Part {
  readonly executions: readonly History[];
  readonly isCut: boolean;
}

/** A record, for reading. */
export class AuditReader {
  private readonly db: Database;

  /** @throws Error when the file is not a record */
  constructor(file: string) {
    this.db = openForReading(file);
  }

  /** @throws Error when the system does not say */
  static exists(file: string): boolean {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  }

  /** Every execution, the newest first. */
  list(): Part {
    return this.some('audit_log', 'ORDER BY id DESC', MOST.listed);
  }

  /** The executions with this number, id or run, the oldest first. The start of an id is enough. */
  find(word: string): Part {
    const byNumber = /^\d{1,9}$/.test(word) ? this.some('audit_log', 'WHERE id = ?', 1, Number(word)) : undefined;
    // An id may begin with digits too.
    const found = byNumber && byNumber.executions.length > 0 ? byNumber : this.byId(escaped(word));
    const executions = [...found.executions].reverse();
    const ids = executions.map(({ id }) => id);
    let { isCut } = found;
    const tables = Object.entries(TABLES).map(([key, table]) => {
      const those = this.some(table, `WHERE audit_id IN (${ids.map(() => '?').join(', ')}) ORDER BY id`, MOST.rows, ...ids);
      isCut ||= those.isCut;
      return [key, grouped(those.executions)] as const;
    });
    return {
      executions: executions.map((each) => ({
        ...each,
        ...Object.fromEntries(tables.map(([key, rows]) => [key, rows.get(each.id) ?? []])),
      })),
      isCut,
    };
  }

  private byId(start: string): Part {
    const which = 'WHERE run_id LIKE ? OR linked_run_ids LIKE ? ORDER BY id DESC';
    return this.some('audit_log', which, MOST.found, `${start}%`, `%"${start}%`);
  }

  close(): void {
    closeDatabase(this.db, 1);
  }

  /** The first rows of a table, with long strings cut. */
  private some(table: string, which: string, most: number, ...values: unknown[]): Part {
    const columns = (this.db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[]).map(({ name }) =>
      cut(name),
    );
    const statement = `SELECT ${columns.join(', ') || '*'} FROM ${table} ${which} LIMIT ${most + 1}`;
    const rows = this.db.prepare(statement).all(...values) as History[];
    return { executions: rows.slice(0, most), isCut: rows.length > most };
  }
}

function grouped(rows: readonly History[]): Map<unknown, History[]> {
  const groups = new Map<unknown, History[]>();
  for (const row of rows) {
    const group = groups.get(row.audit_id);
    if (group) group.push(row);
    else groups.set(row.audit_id, [row]);
  }
  return groups;
}

/** The SQL of a column: a long string is cut to its first characters. */
function cut(column: string): string {
  const name = `"${column.replaceAll('"', '""')}"`;
  return `iif(length(${name}) > ${MOST.text}, substr(${name}, 1, ${MOST.text}) || '…', ${name}) AS ${name}`;
}

/** Without `%` and `_`: no id contains one. */
function escaped(word: string): string {
  return word.replace(/[%_]/g, '');
}
