/** Every message about guests. */
import { SECRET_BYTES, TOO_LARGE } from '../kubernetes/secret-size';

/** What the variables of all trials are called in the list of files. */
export function trialsOf(count: number): string {
  return `the variables of ${count} trials`;
}

/** @param largest the largest files of the guest, with their sizes in bytes */
export function userDataTooLarge(bytes: number, largest: string, hasTrials: boolean) {
  return {
    message: `user data must have at most ${SECRET_BYTES} bytes, the maximum of a Secret, got ${bytes}; the largest files: ${largest}`,
    hint: hasTrials ? `${TOO_LARGE}; or use fewer trials or repeats` : TOO_LARGE,
  };
}
