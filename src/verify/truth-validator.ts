import { compile } from '../schema/validator';
import schema from './truth.schema.json';

/** Checks a recorded truth, `virtwork.truth/1`. */
export const validate = compile(schema);
