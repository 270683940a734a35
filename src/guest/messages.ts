/** Every message about guests. */
import { SECRET_BYTES, TOO_LARGE } from '../kubernetes/secret-size';

/** @param largest the largest files of the guest, with their sizes in bytes */
export function userDataTooLarge(bytes: number, largest: string) {
  return {
    message: `user data must have at most ${SECRET_BYTES} bytes, the maximum of a Secret, got ${bytes}; the largest files: ${largest}`,
    hint: TOO_LARGE,
  };
}
