/** The kind of source that gave the value of an option. */
export type Origin = 'flag' | 'env' | 'file' | 'default';
