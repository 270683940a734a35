import { compile } from '../schema/validator';
import schema from './workload.schema.json';

/** Checks the shape of a `workload.yaml`; what needs more than its shape is checked in checks/. */
export const validate = compile(schema);
