import type { DocumentPath } from '../yaml/yaml-file';

/** The kind of source that gave the value of an option. */
export type Origin = 'flag' | 'env' | 'file' | 'default';

/** What one source gave. */
export interface Given {
  readonly origin: Origin;
  readonly value: unknown;
  /** The place for messages: of a part of the value, or of the whole value. */
  readonly where: (at?: DocumentPath) => string;
}
