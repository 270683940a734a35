/** Every message of the record: warnings and errors, and the messages of its events. */
import { show } from '../text/show';

// The file

/** A warning. @param why the system's or the library's message */
export function notRecorded(file: string | undefined, why: string): string {
  return `this execution is not recorded: ${file}: ${why}`;
}

export const RECORD_CLOSED = 'the record is closed';

/** @param statement the SQL of what virtwork does not create */
export function notARecord(statement: string): string {
  return `not a record of virtwork: it contains ${show(statement)}`;
}

export function isLink(file: string): string {
  return `${file} is a symbolic link; symbolic links are not followed`;
}

export function notRegular(file: string): string {
  return `${file} is not a regular file`;
}

/** @param most in bytes */
export function tooLarge(file: string, most: number): string {
  return `${file} is larger than ${most} bytes`;
}

export function journalOfOthers(journal: string): string {
  return `${journal} names another file, which SQLite would remove`;
}

// Events

export function vmApplied(name: string): string {
  return `VM ${name} applied`;
}

export function serviceApplied(name: string): string {
  return `Service ${name} applied`;
}

export function kept(kind: string, name: string): string {
  return `${kind} ${name} existed before and is not changed`;
}

export function vmReady(name: string): string {
  return `${name} is ready`;
}

export function vmNotReady(name: string): string {
  return `${name} is not ready`;
}

export function rejected(kind: string, name: string): string {
  return `${kind} ${name} was rejected`;
}
