/**
 * `npm run golden:schemas`: writes what a kube-apiserver says to the schemas, objects, updates and expressions of this folder, into
 * test/platform/apiserver/schemas/testdata/kubernetes-verdicts.json. Needs the control plane, and so Go. With --check
 * nothing is written, and a difference is an error.
 */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { writeGenerated } from '../generate/generated.ts';
import { askExpressions, askObject, askSchema, askUpdate, createOld, useNoSchema, useSchema } from './ask.ts';
import { EXPRESSION_OBJECT, EXPRESSION_SCHEMA, EXPRESSIONS } from './expressions.ts';
import { SCHEMA, SPECS, UPDATES } from './objects.ts';
import { SCHEMAS } from './schemas.ts';

const GOLDEN = 'test/platform/apiserver/schemas/testdata/kubernetes-verdicts.json';

/** Every spec has a name, unless it brings its own. */
function named(spec: JsonObject): JsonObject {
  return { name: 'ok', ...spec };
}

const { api, stop } = await startControlPlane();
try {
  const schemas: unknown[] = [];
  for (const schema of SCHEMAS) schemas.push([schema, await askSchema(api, schema)]);

  await useNoSchema(api);
  await createOld(
    api,
    UPDATES.map(([old]) => named(old)),
  );
  await useSchema(api, SCHEMA);
  const objects: unknown[] = [];
  for (const spec of SPECS) objects.push([named(spec), await askObject(api, named(spec))]);
  const updates: unknown[] = [];
  for (const [index, [old, next]] of UPDATES.entries()) {
    updates.push([named(old), named(next), await askUpdate(api, index, named(next))]);
  }
  const verdicts = await askExpressions(api, EXPRESSION_SCHEMA, EXPRESSION_OBJECT, EXPRESSIONS);
  const expressions = EXPRESSIONS.map((expression, index) => [expression, verdicts[index]]);
  const parts = {
    schema: [SCHEMA],
    schemas,
    objects,
    updates,
    evaluated: [EXPRESSION_SCHEMA, EXPRESSION_OBJECT],
    expressions,
  };
  const texts = Object.entries(parts).map(
    ([name, list]) => `"${name}": [\n${list.map((each) => JSON.stringify(each)).join(',\n')}\n]`,
  );
  writeGenerated(GOLDEN, `{\n${texts.join(',\n')}\n}\n`, 'npm run golden:schemas');
} finally {
  await stop();
}
