import { randomUUID } from 'node:crypto';
import { withoutSecrets } from '../text/secrets';
import { closeDatabase, type Database, openDatabase } from './database';
import { notRecorded, RECORD_CLOSED } from './messages';

/** A row of a table, by column. */
export type Row = { readonly [column: string]: string | number | bigint | null };

/** What one execution of virtwork did. */
export interface Execution {
  /** Columns of `audit_log` that are known when it begins. */
  readonly log: Row;
  /** Columns of `workload_details`, with those of their VMs. */
  readonly workloads: readonly { readonly row: Row; readonly vms: readonly Row[] }[];
}

/** How an execution ended. */
export interface Ending {
  readonly status: 'success' | 'failed';
  readonly error?: string;
  /** More columns of `audit_log`, such as counts of deleted objects. */
  readonly columns?: Row;
}

export interface AuditProps {
  /** Created when it does not exist. Absent: no record is kept. */
  readonly file: string | undefined;
  /** Called once, when the record cannot be kept; the work continues without it. */
  readonly warn: (message: string) => void;
}

/** The record of one execution. Each write is complete in itself, so a kill at any moment leaves a readable file. */
export class Audit {
  private db: Database | undefined;
  private id: number | bigint = 0;
  private readonly vmIds = new Map<string, number | bigint>();
  private readonly workloadIds = new Map<string, number | bigint>();
  private broken: boolean;

  constructor(private readonly props: AuditProps) {
    this.broken = props.file === undefined;
  }

  begin({ log, workloads }: Execution): void {
    this.safely(() => {
      this.db = openDatabase(this.props.file as string);
      this.all(() => {
        this.id = this.insert('audit_log', { run_id: randomUUID(), status: 'in_progress', started_at: now(), ...log });
        for (const { row, vms } of workloads) {
          const workload = this.insert('workload_details', { audit_id: this.id, status: 'pending', ...row });
          this.workloadIds.set(String(row.workload_type), workload);
          for (const vm of vms) this.vm({ workload_id: workload, status: 'planned', ...vm });
        }
      });
    });
  }

  /** Adds a VM. */
  vm(row: Row): void {
    this.safely(() => {
      this.vmIds.set(String(row.vm_name), this.insert('vm_details', { audit_id: this.id, ...row }));
    });
  }

  /** Changes a VM that was added. */
  vmIs(name: string, columns: Row): void {
    const id = this.vmIds.get(name);
    if (id !== undefined) this.safely(() => this.update('vm_details', id, columns));
  }

  workloadIs(name: string, status: 'created' | 'failed'): void {
    const id = this.workloadIds.get(name);
    if (id !== undefined) this.safely(() => this.update('workload_details', id, { status }));
  }

  resource(row: Row): void {
    this.safely(() => this.insert('resource_details', { audit_id: this.id, ...row }));
  }

  event(type: string, message: string, { vm, workload, error }: { vm?: string; workload?: string; error?: string } = {}): void {
    this.safely(() =>
      this.insert('events', {
        audit_id: this.id,
        vm_id: idIn(this.vmIds, vm),
        workload_id: idIn(this.workloadIds, workload),
        event_type: type,
        message,
        error_detail: error ?? null,
        occurred_at: now(),
      }),
    );
  }

  end({ status, error, columns = {} }: Ending): void {
    this.safely(() => this.update('audit_log', this.id, { status, completed_at: now(), error_summary: error ?? null, ...columns }));
    // Also when the record could not be kept.
    if (this.db) closeDatabase(this.db);
    this.db = undefined;
  }

  /** Several writes as one. */
  all(writes: () => void): void {
    this.safely(() => this.db?.transaction(writes)());
  }

  private insert(table: string, row: Row): number | bigint {
    const columns = Object.keys(row);
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    return this.open()
      .prepare(statement)
      .run(...Object.values(row).map((value) => clean(value))).lastInsertRowid;
  }

  private update(table: string, id: number | bigint, row: Row): void {
    const columns = Object.keys(row);
    this.open()
      .prepare(`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`)
      .run(...Object.values(row).map((value) => clean(value)), id);
  }

  private open(): Database {
    if (this.db === undefined) throw new Error(RECORD_CLOSED);
    return this.db;
  }

  /** A record that cannot be kept causes a warning; the work continues. */
  private safely(write: () => void): void {
    if (this.broken) return;
    try {
      write();
    } catch (error) {
      this.broken = true;
      this.props.warn(notRecorded(this.props.file, (error as Error).message));
    }
  }
}

function clean(value: unknown): unknown {
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

function idIn(ids: ReadonlyMap<string, number | bigint>, name: string | undefined): number | bigint | null {
  return (name === undefined ? undefined : ids.get(name)) ?? null;
}

export function now(): string {
  return new Date().toISOString();
}
