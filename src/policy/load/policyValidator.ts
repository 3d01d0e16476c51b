/**
 * The check of an EnvironmentPolicy by its schema. In the built program this file is replaced by what it makes
 * (tools/build/precompile.ts): compiling the schema takes longer than a check of one manifest.
 */
import type { ValidateFunction } from 'ajv';
import { environmentPolicySchema } from '../model/schema.ts';
import { compile } from './compile.ts';

export function policyValidator(): ValidateFunction {
  return compile(environmentPolicySchema);
}
