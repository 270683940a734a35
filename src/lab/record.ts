type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isPort: Check = (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535;
/** 0 and negative numbers are groups of processes, and 1 is the system. */
const isProcess: Check = (value) => value === undefined || (Number.isInteger(value) && (value as number) > 1);
const isTexts: Check = (value) => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** What the keys of a record have to be. */
const FIELDS: { readonly [key: string]: Check } = {
  workload: isText,
  role: isText,
  pid: isProcess,
  owner: isProcess,
  accelerator: isText,
  image: isText,
  // It begins a word of ssh's command line.
  user: (value) => typeof value === 'string' && /^[a-z_][a-z0-9_-]*$/.test(value),
  sshPort: isPort,
  healthPort: isPort,
  address: (value) => typeof value === 'string' && /^[0-9.]{7,15}$/.test(value),
  diskNames: isTexts,
  command: isTexts,
};

/**
 * What is wrong with the record of a VM.
 * @param name of its folder
 * @returns undefined when nothing is
 */
export function recordFault(record: unknown, name: string): string | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 'it is no JSON object';
  const fields = record as { readonly [key: string]: unknown };
  if (fields.name !== name) return `its name is not ${name}`;
  const wrong = Object.keys(FIELDS).find((key) => !FIELDS[key]?.(fields[key]));
  return wrong === undefined ? undefined : `${wrong} has the wrong type or value`;
}
