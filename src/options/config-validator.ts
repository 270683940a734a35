import { compile } from '../schema/validator';
import { configSchema } from './schema';

/** Checks `virtwork.yaml` against its JSON Schema. */
export const validate = compile(configSchema());
