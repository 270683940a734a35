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

// Patches.

/** @param object such as VirtualMachine/virtwork-cpu-0 */
export function brokenObject(object: string, message: string): string {
  return `makes ${object} invalid: ${message}`;
}

/** A field that the VMs of a pool do not have, such as `updateStrategy`. */
export const VMS_OF_POOL = 'patches change the VMs of a pool; change the pool itself in an overlay';

// What only one VM can have.

export const SHARED = {
  dataVolume: (name: string) => `the DataVolume ${name}`,
  claim: (name: string) => `the claim ${name}`,
  macAddress: (address: string) => `the MAC address ${address}`,
} as const;

/** @param what one of {@link SHARED} */
export function sharedBy(what: string, vm: string, other: string): Message {
  return {
    message: `gives ${what} to ${vm} and to ${other}, but only one VM can have it`,
    hint: 'patch a workload with a single VM; for a disk of each VM, write an entry with storage',
  };
}
