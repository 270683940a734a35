/** Every message and hint about writing a base and comparing it. */

interface Message {
  readonly message: string;
  readonly hint: string;
}

/** A file that virtwork did not write has the name of one that it would write. */
export const IN_THE_WAY: Message = {
  message: 'was not written by virtwork and is in the way',
  hint: 'move it away, or choose another --output-dir',
};

/** @param reason what the system says, such as `ENOSPC: no space left on device, write` */
export function cannotBe(what: 'read' | 'written', reason: string): Message {
  return { message: `cannot be ${what}: ${reason}`, hint: 'choose another --output-dir' };
}
