import { compile, FIRST_ERROR } from '../schema/validator';
import schema from './state.schema.json';

/** Checks the state of a VM's trials, `virtwork.state/1`. Returns at most one error. */
export const validate = compile(schema, FIRST_ERROR);
