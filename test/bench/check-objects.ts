import { readFileSync } from 'node:fs';
import { validateObject } from '../../src/validation/validate';

/** Checks the objects of a JSON file as synth does, and prints the time in milliseconds, including the time to load the schemas. */
const objects = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
const start = process.hrtime.bigint();
const faults = objects.flatMap((object: never) => validateObject('bench', object));
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
if (faults.length > 0) throw new Error(JSON.stringify(faults));
console.log(milliseconds);
