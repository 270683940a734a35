import { compile } from '../schema/validator';
import schema from './result.schema.json';

/** Checks a record, `virtwork.result/1`. */
export const validate = compile(schema);
