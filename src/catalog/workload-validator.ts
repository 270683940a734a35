import { compile } from '../schema/validator';
import schema from './workload.schema.json';

/** Checks the shape of a `workload.yaml`; what needs more than its shape stands in check.ts. */
export const validate = compile(schema);
