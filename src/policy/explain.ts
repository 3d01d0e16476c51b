/** `weir explain FILE`: an object as it will stand in the cluster, line by line, each with who decided it. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { join, parent, resolve } from '../kubernetes/pointer.ts';
import { printScalar } from '../kubernetes/rewrite/print.ts';
import { type Catalogue, type JudgeContext, judge } from './engine/judge.ts';

export interface ExplainedLine {
  /** A line of YAML. */
  readonly text: string;
  readonly by: 'author' | 'policy' | 'knative';
  /** JSON pointer to what the line says. */
  readonly path: string;
  /** For the policy, `policies/prod.yaml:14 overrides policies/base.yaml:9`. */
  readonly source?: string;
}

/** The object after the policy's defaults and Knative's, as YAML; undefined where no rule knows the kind. */
export function explainObject(
  object: JsonObject,
  context: JudgeContext,
  catalogue: Catalogue,
): readonly ExplainedLine[] | undefined {
  const verdict = judge(object, context, catalogue);
  if (!verdict.judged) return undefined;

  const filled = catalogue.knativeDefaults(verdict.object, context.policy);
  const sources = new Map(verdict.defaults.map(({ path, source }) => [path, source]));
  const decidedBy = (path: string): Pick<ExplainedLine, 'by' | 'source'> => {
    if (resolve(object, path) !== undefined) return { by: 'author' };
    for (let at = path; at !== ''; at = parent(at)) {
      const source = sources.get(at);
      if (source !== undefined) return { by: 'policy', source };
    }
    return { by: resolve(verdict.object, path) === undefined ? 'knative' : 'policy' };
  };
  return linesOf(filled, '', '').map(({ text, path }) => ({ text, path, ...decidedBy(path) }));
}

interface Line {
  readonly text: string;
  readonly path: string;
}

function linesOf(value: JsonValue | undefined, path: string, indent: string): Line[] {
  if (isArray(value)) return value.flatMap((item, index) => itemLines(item, join(path, index), indent));
  if (!isObject(value)) return [{ text: indent + leaf(value ?? null), path }];
  return Object.entries(value).flatMap(([key, item]) => pairLines(key, item, join(path, key), indent));
}

function pairLines(key: string, value: JsonValue | undefined, path: string, indent: string): Line[] {
  const name = `${indent}${printScalar(key)}:`;
  if (isArray(value) && value.length > 0) return [{ text: name, path }, ...linesOf(value, path, indent)];
  if (isObject(value) && Object.keys(value).length > 0)
    return [{ text: name, path }, ...linesOf(value, path, `${indent}  `)];
  return [{ text: `${name} ${leaf(value ?? null)}`, path }];
}

/** The first line of an item stands behind its dash. */
function itemLines(item: JsonValue, path: string, indent: string): Line[] {
  const [first, ...rest] = linesOf(item, path, `${indent}  `);
  if (first === undefined) return [{ text: `${indent}- ${leaf(item)}`, path }];
  return [{ ...first, text: `${indent}- ${first.text.slice(indent.length + 2)}` }, ...rest];
}

function leaf(value: JsonValue): string {
  if (isArray(value)) return '[]';
  return isObject(value) ? '{}' : printScalar(value);
}
