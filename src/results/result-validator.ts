import { compile, FIRST_ERROR } from '../schema/validator';
import schema from './result.schema.json';

/** Checks a record, `virtwork.result/1`. Returns at most one error. */
export const validate = compile(schema, FIRST_ERROR);
