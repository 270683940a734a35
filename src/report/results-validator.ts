import { compile, FIRST_ERROR } from '../schema/validator';
import schema from './results.schema.json';

/** Checks results, `virtwork.results/1`. Returns at most one error. */
export const validate = compile(schema, FIRST_ERROR);
