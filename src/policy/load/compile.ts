/** ajv with the formats and the keyword that Weir's schemas use. */
import { _, Ajv, type CodeKeywordDefinition, type CodeOptions, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '../model/bounds.ts';
import { FORMATS } from './formats.ts';
import { disordersIn } from './order.ts';

export function compile(schema: JsonSchema): ValidateFunction {
  // run a few times in the life of a program: optimizing it takes longer than it saves
  return newAjv({ optimize: false }).compile(schema);
}

/** @param code how the checks are written: as functions to call, or as source to keep */
export function newAjv(code: CodeOptions): Ajv {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    // with the value and the schema beside each error, from which the sentences are made
    verbose: true,
    // a quantity is a text or a number
    allowUnionTypes: true,
    // what a policy says must not become part of the schema
    $data: false,
    code,
    // that the schema is one is for its test to say
    meta: false,
    validateSchema: false,
  });
  ajv.addKeyword(orderKeyword);
  for (const [name, { accepts }] of Object.entries(FORMATS)) ajv.addFormat(name, { type: 'string', validate: accepts });
  return ajv;
}

/** The keyword `x-weir-order`: min is at most max, and the default lies between them. */
const orderKeyword: CodeKeywordDefinition = {
  keyword: 'x-weir-order',
  type: 'object',
  schemaType: 'string',
  error: { message: 'is out of order', params: ({ params }) => _`${params.disorder}` },
  code(context) {
    const { gen, schema, data } = context;
    // by name as well, so that the source of a check can import it
    const found = gen.scopeValue('func', { ref: disordersIn, code: _`disordersIn` });
    gen.forOf('disorder', _`${found}(${schema}, ${data})`, (disorder) => {
      context.setParams({ disorder });
      context.error(true);
    });
  },
};
