export { TOO_LARGE } from './messages';

/** Maximum bytes of all values of a Secret in Kubernetes; the files of a guest are stored in one. */
export const SECRET_BYTES = 1024 * 1024;
