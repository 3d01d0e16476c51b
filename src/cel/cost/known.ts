/**
 * What is known of the parts of an expression while its cost is worked out: where in the variables they come from, how
 * large they are, and how large what is in them is (the tables of the coster in github.com/google/cel-go
 * checker/cost.go). The walk over the expression tells it, and asks.
 */
import type { Checked } from '../check/check.ts';
import { DYN, type Type } from '../check/types.ts';
import type { Expr } from '../syntax/expr.ts';
import type { CostNode } from './node.ts';
import { type EntrySize, isScalar, literalSize } from './parts.ts';
import { Path } from './path.ts';
import { ONE, type Range, UNKNOWN } from './range.ts';
import { type Sized, sizedAt } from './sized.ts';

/** What a variable of a macro stands for. */
interface Local {
  readonly path: Path;
  readonly size: Range | undefined;
  readonly entry: EntrySize | undefined;
}

export class Known {
  readonly #checked: Checked;
  readonly #root: Sized | undefined;
  readonly #paths = new Map<Expr, Path>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, EntrySize>();
  readonly #locals = new Map<string, Local[]>();

  /** @param root how large the variables can be; without it, nothing is known of them */
  constructor(checked: Checked, root: Sized | undefined) {
    this.#checked = checked;
    this.#root = root;
  }

  type(expr: Expr): Type {
    return this.#checked.types.get(expr) ?? DYN;
  }

  path(expr: Expr): Path {
    const local = expr.kind === 'name' ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr) ?? Path.EMPTY;
  }

  setPath(expr: Expr, path: Path): void {
    this.#paths.set(expr, path);
  }

  pathOfName(name: string): Path {
    return this.#local(name)?.path ?? Path.of(name);
  }

  size(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known !== undefined) return known;
    const declared = this.#declaredSize(this.path(expr));
    if (declared !== undefined) {
      this.#sizes.set(expr, declared);
      return declared;
    }
    if (isScalar(this.type(expr))) return ONE;
    return expr.kind === 'name' ? this.#local(expr.name)?.size : undefined;
  }

  setSize(expr: Expr, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expr, size);
  }

  entry(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'name' ? this.#local(expr.name)?.entry : undefined);
  }

  setEntry(expr: Expr, entry: EntrySize | undefined): void {
    if (entry !== undefined) this.#entries.set(expr, entry);
  }

  /** The one is as large as the other. */
  copy(to: Expr, from: Expr): void {
    this.setSize(to, this.size(from));
    this.setEntry(to, this.entry(from));
  }

  /** A part as functions see it. */
  node(expr: Expr): CostNode {
    const path = this.path(expr);
    const isAccumulator = path.steps[0] === '@result' || path.steps[0] === '__result__';
    return {
      path: isAccumulator ? Path.EMPTY : path,
      type: this.type(expr),
      expr,
      size: this.size(expr),
    };
  }

  /** Handed on as it is. */
  readonly sizeOf = (node: CostNode): Range => node.size ?? this.#declaredSize(node.path) ?? UNKNOWN;

  /** From here until `leave`, the name stands for the part. */
  enter(name: string, part: Expr): void {
    this.#push(name, { path: this.path(part), size: this.size(part), entry: this.entry(part) });
  }

  /** As `enter`, for the variables of a loop over the range. */
  enterLoop([first = '', second]: readonly string[], range: Expr): void {
    this.#push(first, this.#partOf(range, second === undefined ? 'only' : 'key'));
    if (second !== undefined) this.#push(second, this.#partOf(range, 'value'));
  }

  leave(name: string): void {
    this.#locals.get(name)?.pop();
  }

  /** A variable that is the only one is an item of a list, and a key of a map. */
  #partOf(range: Expr, what: 'only' | 'key' | 'value'): Local {
    const entry = this.entry(range);
    const isList = (entry?.container ?? this.type(range).kind) === 'list';
    const isKey = what === 'only' ? !isList : what === 'key';
    const step = isKey ? (isList ? '@indices' : '@keys') : isList ? '@items' : '@values';
    return { path: this.path(range).with(step), size: isKey ? entry?.key : entry?.value, entry: undefined };
  }

  #push(name: string, local: Local): void {
    const stack = this.#locals.get(name);
    if (stack === undefined) this.#locals.set(name, [local]);
    else stack.push(local);
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #declaredSize({ length, steps }: Path): Range | undefined {
    if (length === 0 || this.#root === undefined) return undefined;
    const sized = sizedAt(this.#root, steps);
    return sized === undefined ? undefined : { min: 0n, max: sized.most };
  }
}
