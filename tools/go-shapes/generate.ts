/**
 * How Go writes Kubernetes' types as JSON, from the types themselves, into src/platform/apiserver/resources/go/: which
 * fields are left out where they are empty, and which are always there. Needs Go. With --check nothing is written, and a
 * difference is an error.
 *
 *     npm run generate:shapes
 */
import { isObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { go, needGo } from '../controlplane/build/go.ts';
import { writeGenerated } from '../generate/generated.ts';

const FILE = 'src/platform/apiserver/resources/go/shapes.generated.ts';

await needGo('to read the types of Kubernetes');
const shapes: JsonValue = JSON.parse(await go(['run', '.'], { cwd: import.meta.dirname }));
if (!isObject(shapes)) throw new Error('main.go has printed no object');

const lines = Object.entries(shapes)
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([name, shape]) => `  '${name}': ['${words(shape, 'omitted')}', '${words(shape, 'always')}'],`);
writeGenerated(
  FILE,
  `/**
 * From k8s.io/api, k8s.io/apiextensions-apiserver and k8s.io/apimachinery v0.36.3 by tools/go-shapes: of each type the
 * fields that Go leaves out of JSON where they are empty, and those that it always writes.
 */
export const SHAPES: Readonly<Record<string, readonly [omitted: string, always: string]>> = {
${lines.join('\n')}
};
`,
  'npm run generate:shapes',
);

function words(shape: JsonValue | undefined, key: string): string {
  const list = isObject(shape) ? shape[key] : undefined;
  return Array.isArray(list) ? list.join(' ') : '';
}
