/** Where the value of an option was given. */
export type Origin = 'flag' | 'env' | 'file' | 'default';
