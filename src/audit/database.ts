import { chmodSync, closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { show } from '../text/show';
import { SCHEMA } from './schema';

export type Database = import('libsql').Database;

/** Milliseconds that a write waits for another process. */
const BUSY = 5000;
/** Milliseconds between two attempts to close a file that another process has open. */
const PAUSE = 40;
const MOST_ATTEMPTS = 12;

/** What SQLite puts beside a database. It makes them with the mode that the database has. */
const BESIDE = ['-wal', '-shm', '-journal'];
/** Nobody else reads what was done to a cluster, and where that is. */
const OWN = 0o600;

/**
 * Opens the record, which it makes when it is not there. Only its owner may read it from then on.
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

/** What a record is made of. Triggers, views and virtual tables of a stranger's file would run at the first look or write, perhaps without an end. */
const PLAIN = /^CREATE (?:TABLE|INDEX) /i;
/** Parentheses of a table or index in which nothing is computed, as it is in generated columns, defaults and functions. */
const NOT_COMPUTED = /\b(?:CREATE TABLE \S+|ON \S+|REFERENCES \S+|CHECK|IN|KEY|UNIQUE)\s*\(/gi;
/** Bytes of a record: text of more the library cannot give, and ends the process. */
const MOST = 1 << 29;

function refuseCode(db: Database): void {
  const statements = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all() as { sql: string }[];
  const other = statements.find(({ sql }) => !PLAIN.test(sql) || /\S\s*\(/.test(sql.replace(NOT_COMPUTED, '')));
  if (other) throw new Error(`it is no record of virtwork: it has ${show(other.sql)}`);
}

/** The folder may be a stranger's, such as a cloned repository: through a link SQLite would write somewhere else. */
function refuseOthers(file: string): void {
  for (const each of ['', ...BESIDE].map((end) => file + end)) {
    const stat = lstatSync(each, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) throw new Error(`${each} is a symbolic link, which is not followed`);
    if (stat && !stat.isFile()) throw new Error(`${each} is no regular file`);
    if (stat && stat.size > MOST) throw new Error(`${each} has more than ${MOST} bytes`);
  }
  const journal = `${file}-journal`;
  if (namesAnotherFile(journal)) throw new Error(`${journal} names another file, which would be removed`);
}

/**
 * The end of a journal of several databases. Before it stands the name of a file that SQLite removes once it has rolled back, whatever file
 * that is. A record is one database, so its own journals have no such end.
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

/** Another process that ends removes what stands beside its database. */
function forOwnerOnly(file: string): void {
  try {
    chmodSync(file, OWN);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Leaves one whole file, with no `-wal` and `-shm` beside it. While another process has the file open these must stay;
 * the last process to close it removes them.
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

/** Tries to end the mode that needs files beside the database. @returns whether another process prevents that */
function isShared(db: Database): boolean {
  try {
    db.pragma('journal_mode = DELETE');
    return false;
  } catch (error) {
    // For anything else, such as a file that is no database or is read-only, there is nothing to wait for.
    return /locked|busy/i.test((error as Error).message);
  }
}
