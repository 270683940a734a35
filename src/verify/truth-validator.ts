import { compile, FIRST_ERROR } from '../schema/validator';
import schema from './truth.schema.json';

/** Checks a recorded truth, `virtwork.truth/1`. Returns at most one error. */
export const validate = compile(schema, FIRST_ERROR);
