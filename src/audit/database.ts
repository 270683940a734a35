import { chmodSync, closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { isLink, journalOfOthers, notARecord, notRegular, tooLarge } from './messages';
import { SCHEMA } from './schema';

export type Database = import('libsql').Database;

/** Milliseconds that a write waits for another process. */
const BUSY = 5000;
/** Milliseconds between two attempts to close a file that another process has open. */
const PAUSE = 40;
const MOST_ATTEMPTS = 12;

/** Endings of the files that SQLite creates next to a database, with the mode of the database. */
const BESIDE = ['-wal', '-shm', '-journal'];
/** Only the owner may read which clusters were changed, and how. */
const OWN = 0o600;

/**
 * Opens the record, and creates it when it does not exist. From then on, only its owner may read it.
 * @throws Error when it cannot be opened, or when the library does not run here
 */
export function openDatabase(file: string): Database {
  refuseOthers(file);
  keepToOwner(file);
  return opened(file, (db) => {
    db.pragma('journal_mode = WAL');
    // What was written survives a kill of the process; only a power cut may cost the last of it.
    db.pragma('synchronous = NORMAL');
    db.exec(SCHEMA);
  });
}

/** @throws Error when it cannot be opened */
export function openForReading(file: string): Database {
  refuseOthers(file);
  return opened(file, () => {});
}

function opened(file: string, prepare: (db: Database) => void): Database {
  const Libsql = require('libsql') as typeof import('libsql');
  const db = new Libsql(file);
  try {
    db.pragma(`busy_timeout = ${BUSY}`);
    refuseCode(db);
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The statements of a record. Triggers, views and virtual tables of another user's file would run at the first read or write, perhaps without an end. */
const PLAIN = /^CREATE (?:TABLE|INDEX) /i;
/** Parentheses of a table or index that contain no expression, unlike those of generated columns, defaults and functions. */
const NOT_COMPUTED = /\b(?:CREATE TABLE \S+|ON \S+|REFERENCES \S+|CHECK|IN|KEY|UNIQUE)\s*\(/gi;
/** Bytes of a record: the library ends the process at longer strings. */
const MOST = 1 << 29;

function refuseCode(db: Database): void {
  const statements = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all() as { sql: string }[];
  const other = statements.find(({ sql }) => !PLAIN.test(sql) || /\S\s*\(/.test(sql.replace(NOT_COMPUTED, '')));
  if (other) throw new Error(notARecord(other.sql));
}

/** The folder may be another user's, such as a cloned repository: through a link, SQLite would write somewhere else. */
function refuseOthers(file: string): void {
  for (const each of ['', ...BESIDE].map((end) => file + end)) {
    const stat = lstatSync(each, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) throw new Error(isLink(each));
    if (stat && !stat.isFile()) throw new Error(notRegular(each));
    if (stat && stat.size > MOST) throw new Error(tooLarge(each, MOST));
  }
  const journal = `${file}-journal`;
  if (namesAnotherFile(journal)) throw new Error(journalOfOthers(journal));
}

/**
 * The end of a journal of several databases. It follows the name of a file that SQLite removes after a rollback, whatever file that is. A
 * record is one database, so its own journals do not end so.
 */
const JOURNAL_OF_SEVERAL = Buffer.from('d9d505f920a163d7', 'hex');

function namesAnotherFile(journal: string): boolean {
  let file: number;
  try {
    file = openSync(journal, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const end = Buffer.alloc(JOURNAL_OF_SEVERAL.length);
    readSync(file, end, 0, end.length, Math.max(0, fstatSync(file).size - end.length));
    return end.equals(JOURNAL_OF_SEVERAL);
  } finally {
    closeSync(file);
  }
}

function keepToOwner(file: string): void {
  closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, OWN));
  for (const each of ['', ...BESIDE].map((end) => file + end)) {
    const stat = lstatSync(each, { throwIfNoEntry: false });
    if (stat?.isFile() && (stat.mode & 0o077) !== 0) forOwnerOnly(each);
  }
}

/** Ignores missing files: another process that ends removes those next to its database. */
function forOwnerOnly(file: string): void {
  try {
    chmodSync(file, OWN);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Leaves one complete file, without `-wal` and `-shm` next to it. While another process has the file open, these must stay; the last process
 * that closes it removes them.
 *
 * libsql's own close() is not enough: statements keep the file open until the garbage collector has found them.
 */
export function closeDatabase(db: Database, attempts: number = someAttempts()): void {
  for (let left = attempts; left > 0 && isShared(db); left -= 1) {
    if (left > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
  db.close();
}

/** A random number: of two processes that end together, one must give up before the other. */
function someAttempts(): number {
  return 1 + Math.floor(Math.random() * MOST_ATTEMPTS);
}

/** libsql's codes of an error that another process causes. */
const LOCKED = /^SQLITE_(?:BUSY|LOCKED)/;

/** Tries to end the mode that needs files next to the database. @returns whether another process prevents that */
function isShared(db: Database): boolean {
  try {
    db.pragma('journal_mode = DELETE');
    return false;
  } catch (error) {
    // Other errors, such as a read-only file, do not pass.
    return LOCKED.test(String((error as { readonly code?: unknown }).code));
  }
}
