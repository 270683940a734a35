import { compile, FIRST_ERROR } from '../schema/validator';
import schema from './plan.schema.json';

/** Checks a plan, `virtwork.plan/1`. Returns at most one error. */
export const validate = compile(schema, FIRST_ERROR);
