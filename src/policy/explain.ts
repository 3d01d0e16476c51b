/** `weir explain FILE`: an object as it will stand in the cluster, line by line, each with who decided it. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { secret } from '../kubernetes/kinds.ts';
import { join, parent, pointer, resolve } from '../kubernetes/pointer.ts';
import { printScalar } from '../kubernetes/rewrite/print.ts';
import { type Catalogue, type JudgeContext, judge } from './engine/judge.ts';
import { Subject } from './engine/subject.ts';

export interface ExplainedLine {
  /** A line of YAML. */
  readonly text: string;
  readonly by: 'author' | 'policy' | 'knative';
  /** JSON pointer to what the line says. */
  readonly path: string;
  /** For the policy, `policies/prod.yaml:14 overrides policies/base.yaml:9`. */
  readonly source?: string;
}

/**
 * The object after the policy's defaults and Knative's, as YAML; undefined where no rule knows the kind. A value that
 * is a secret, or may hold one, is not told: what is explained ends up in logs and on screens.
 */
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
  const hidden = secretPlaces(new Subject(filled, new Subject(object)), context, catalogue);
  return new Printer(hidden).lines(filled, '', '').map(({ text, path }) => ({ text, path, ...decidedBy(path) }));
}

/** kubectl apply keeps the whole manifest in it, with every secret that the manifest has. */
const LAST_APPLIED = pointer('metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration');

/** Where a secret stands, by the rules that find them, whatever the policy makes of those; a Secret's data always. */
function secretPlaces(subject: Subject, context: JudgeContext, { rules }: Catalogue): ReadonlySet<string> {
  const places = new Set([LAST_APPLIED]);
  if (subject.key === secret.key) places.add('/data').add('/stringData');
  for (const rule of rules) {
    if (rule.isConfidential !== true || !rule.kinds.some(({ key }) => key === subject.key)) continue;
    for (const { path } of rule.judge(subject, context)) places.add(path);
  }
  return places;
}

interface Line {
  readonly text: string;
  readonly path: string;
}

class Printer {
  readonly #hidden: ReadonlySet<string>;

  /** @param hidden pointers to what is not told, with all that stands in it */
  constructor(hidden: ReadonlySet<string>) {
    this.#hidden = hidden;
  }

  lines(value: JsonValue | undefined, path: string, indent: string): Line[] {
    if (isArray(value)) return value.flatMap((item, index) => this.#item(item, join(path, index), indent));
    if (!isObject(value)) return [{ text: indent + this.#leaf(value ?? null, path), path }];
    return Object.entries(value).flatMap(([key, item]) => this.#pair(key, item, join(path, key), indent));
  }

  #pair(key: string, value: JsonValue | undefined, path: string, indent: string): Line[] {
    const name = `${indent}${printScalar(key)}:`;
    if (isArray(value) && value.length > 0) return [{ text: name, path }, ...this.lines(value, path, indent)];
    if (isObject(value) && Object.keys(value).length > 0)
      return [{ text: name, path }, ...this.lines(value, path, `${indent}  `)];
    return [{ text: `${name} ${this.#leaf(value ?? null, path)}`, path }];
  }

  /** The first line of an item stands behind its dash. */
  #item(item: JsonValue, path: string, indent: string): Line[] {
    const [first, ...rest] = this.lines(item, path, `${indent}  `);
    if (first === undefined) return [{ text: `${indent}- ${this.#leaf(item, path)}`, path }];
    return [{ ...first, text: `${indent}- ${first.text.slice(indent.length + 2)}` }, ...rest];
  }

  #leaf(value: JsonValue, path: string): string {
    if (isArray(value)) return '[]';
    if (isObject(value)) return '{}';
    return this.#isHidden(path) ? '(not shown)' : printScalar(value);
  }

  #isHidden(path: string): boolean {
    for (let at = path; at !== ''; at = parent(at)) {
      if (this.#hidden.has(at)) return true;
    }
    return false;
  }
}
