import { compile } from '../schema/validator';
import schema from './state.schema.json';

/** Checks the state of a VM's trials, `virtwork.state/1`. */
export const validate = compile(schema);
