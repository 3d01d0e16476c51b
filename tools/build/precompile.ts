/** Compiles the policy schema while the program is built, with ajv's own generator, instead of at each of its starts. */

import { _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { newAjv } from '../../src/policy/load/compile.ts';
import { environmentPolicySchema } from '../../src/policy/model/schema.ts';

/** Puts the compiled check into the place of src/policy/load/policyValidator.ts, behind the same function. */
export const precompilePolicySchema: Plugin = {
  name: 'precompile-policy-schema',
  setup({ onLoad }) {
    onLoad({ filter: /\/policy\/load\/policyValidator\.ts$/ }, () => ({ contents: source(), loader: 'js' }));
  },
};

function source(): string {
  const ajv = newAjv({ source: true, esm: true, formats: _`formats` });
  const check = standaloneCode.default(ajv, ajv.compile(environmentPolicySchema));
  return `
    import { FORMATS } from './formats.ts';
    import { disordersIn } from './order.ts';
    const formats = Object.fromEntries(Object.entries(FORMATS).map(([name, { accepts }]) => [name, { validate: accepts }]));
    ${check}
    export function policyValidator() { return validate; }
  `;
}
