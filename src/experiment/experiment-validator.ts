import { compile } from '../schema/validator';
import { baseSchema } from './schema';

/** Checks the file of an experiment; see {@link baseSchema}. */
export const validate = compile(baseSchema());
