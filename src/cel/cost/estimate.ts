/**
 * What an expression costs at least and at most, before it runs (github.com/google/cel-go checker/cost.go). Kubernetes
 * refuses definitions by this number, so that it has to be the same one: macros count as what they stand for, and sizes
 * come from the schema of the variable.
 */
import type { Checked } from '../check/check.ts';
import { dottedName, TYPE_NAMES } from '../check/core.ts';
import { DYN, type Type } from '../check/types.ts';
import type { CallExpr, Expr, FoldExpr, IndexExpr, ListExpr, MapExpr, SelectExpr } from '../syntax/expr.ts';
import { kubernetesEstimate } from './kubernetes.ts';
import { languageEstimate } from './language.ts';
import { listEstimate } from './lists.ts';
import type { Call, CostNode, Estimate } from './node.ts';
import {
  type EntrySize,
  emptyRange,
  INDEXES,
  isBinding,
  isScalar,
  joined,
  literalSize,
  qualified,
  SUMS,
  withCost,
} from './parts.ts';
import { Path } from './path.ts';
import { exactly, LARGEST, NOTHING, ONE, plus, type Range, scaled, times, UNKNOWN, union } from './range.ts';
import { type Sized, sizedAt } from './sized.ts';

const TEXT_FACTOR = 0.1;
const LIST_COST = exactly(10n);
const MAP_COST = exactly(30n);

/** @param root how large the variables can be; without it, nothing is known */
export function estimateCost(expr: Expr, checked: Checked, root?: Sized): Range {
  return new Coster(checked, root).cost(expr);
}

interface Local {
  readonly path: Path;
  readonly size: Range | undefined;
  readonly entry: EntrySize | undefined;
}

class Coster {
  readonly #checked: Checked;
  readonly #root: Sized | undefined;
  readonly #paths = new Map<Expr, Path>();
  readonly #locals = new Map<string, Local[]>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, EntrySize>();

  constructor(checked: Checked, root: Sized | undefined) {
    this.#checked = checked;
    this.#root = root;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return NOTHING;
      case 'name':
        return this.#name(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'index':
        return this.#call(expr, expr.isOptional ? '_[?_]' : '_[_]', undefined, [expr.operand, expr.index]);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'loop': {
        const cost = this.cost(expr.expansion);
        this.#copy(expr, expr.expansion);
        return cost;
      }
      case 'fold':
        return isBinding(expr) ? this.#binding(expr) : this.#fold(expr);
      case 'call':
        return this.#called(expr);
    }
  }

  #name(expr: Expr, name: string): Range {
    this.#paths.set(expr, this.#local(name)?.path ?? Path.of(name));
    return ONE;
  }

  #select(expr: SelectExpr): Range {
    const name = dottedName(expr);
    if (name !== undefined && TYPE_NAMES.has(name)) return this.#name(expr, name);
    const operand = this.cost(expr.operand);
    // Kubernetes asks nothing for has()
    if (expr.isTest) return operand;
    if (expr.isOptional) return plus(operand, ONE);
    const { kind } = this.#type(expr.operand);
    this.#paths.set(expr, this.#path(expr.operand).with(expr.field));
    return kind === 'map' || kind === 'object' ? plus(operand, ONE) : operand;
  }

  #called(expr: CallExpr): Range {
    const [first] = expr.args;
    if (expr.name === 'dyn' && expr.target === undefined && first !== undefined) {
      const cost = this.cost(first);
      this.#copy(expr, first);
      return plus(ONE, cost);
    }
    const isMethod = this.#checked.overloads.get(expr)?.[0]?.isMethod ?? false;
    return this.#call(expr, expr.name, isMethod ? expr.target : undefined, expr.args);
  }

  #call(expr: CallExpr | IndexExpr, name: string, target: Expr | undefined, args: readonly Expr[]): Range {
    const nodes: CostNode[] = [];
    const costs: Range[] = [];
    for (const arg of args) {
      costs.push(this.cost(arg));
      nodes.push(this.#node(arg));
    }
    if (name === '_&&_' || name === '_||_') {
      const [left = NOTHING, right = NOTHING] = costs;
      this.#setSize(expr, this.#computedSize(expr));
      return { min: left.min, max: plus(left, right).max };
    }
    const before = target === undefined ? NOTHING : this.cost(target);
    const owner = target === undefined ? undefined : this.#node(target);
    let total: Range = { min: LARGEST, max: 0n };
    let size: Range | undefined;
    for (const overload of this.#checked.overloads.get(expr) ?? []) {
      const call = { expr, name: qualified(expr, name, overload), overload, target: owner, args: nodes };
      const estimate = this.#function(call, costs);
      total = union(total, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size);
      const [range] = args;
      const step = INDEXES[`${name} ${overload.args[0]}`];
      if (step !== undefined && range !== undefined) {
        size = this.#entry(range)?.value;
        this.#paths.set(expr, this.#path(range).with(step));
      }
      size ??= this.#computedSize(expr);
    }
    this.#setSize(expr, size);
    return plus(before, total);
  }

  #function(call: Call, costs: readonly Range[]): Estimate {
    const sum = costs.reduce(plus, NOTHING);
    const special = listEstimate(call, this.#sizeOf) ?? kubernetesEstimate(call, this.#sizeOf);
    if (special !== undefined) return withCost(special, sum);
    if (call.name === '_?_:_') return this.#condition(call, costs);
    const added = this.#sum(call);
    return withCost(added ?? languageEstimate(call) ?? { cost: ONE }, sum);
  }

  #condition({ expr, args: [, then, otherwise] }: Call, costs: readonly Range[]): Estimate {
    const [condition = NOTHING, first = NOTHING, second = NOTHING] = costs;
    this.#setEntry(expr, joined(this.#entryOf(then), this.#entryOf(otherwise)));
    const size = union(then?.size ?? UNKNOWN, otherwise?.size ?? UNKNOWN);
    return { cost: plus(condition, union(first, second)), size };
  }

  /** Texts, bytes and lists that are added. */
  #sum({ expr, name, overload, args: [left, right] }: Call): Estimate | undefined {
    const [type = ''] = overload.args;
    if (name !== '_+_' || !SUMS.has(type) || overload.args[1] !== type) return undefined;
    const size = plus(left?.size ?? UNKNOWN, right?.size ?? UNKNOWN);
    this.#setEntry(expr, joined(this.#entryOf(left), this.#entryOf(right)));
    return { cost: type.startsWith('list') ? ONE : scaled(size, TEXT_FACTOR), size };
  }

  #entryOf(node: CostNode | undefined): EntrySize | undefined {
    return node?.expr === undefined ? undefined : this.#entry(node.expr);
  }

  #list(expr: ListExpr): Range {
    const items = expr.items.map(({ value }) => value);
    const costs = items.map((item) => {
      const cost = this.cost(item);
      return { cost, size: this.#computedSize(item) ?? UNKNOWN };
    });
    const value = costs.reduce((size, item) => union(size, item.size), emptyRange(items.length));
    this.#entries.set(expr, { container: 'list', key: ONE, value });
    return plus(
      costs.reduce((sum, { cost }) => plus(sum, cost), NOTHING),
      LIST_COST,
    );
  }

  #map(expr: MapExpr): Range {
    let sum = NOTHING;
    let [key, value] = [emptyRange(expr.entries.length), emptyRange(expr.entries.length)];
    for (const entry of expr.entries) {
      sum = plus(plus(sum, this.cost(entry.key)), this.cost(entry.value));
      key = union(key, this.#computedSize(entry.key) ?? UNKNOWN);
      value = union(value, this.#computedSize(entry.value) ?? UNKNOWN);
    }
    this.#entries.set(expr, { container: 'map', key, value });
    return plus(sum, MAP_COST);
  }

  #fold(expr: FoldExpr): Range {
    let sum = plus(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accumulator, this.#localOf(expr.init));
    const [first = '', second] = expr.variables;
    if (second === undefined) this.#push(first, this.#single(expr.range));
    else {
      this.#push(first, this.#part(expr.range, true));
      this.#push(second, this.#part(expr.range, false));
    }
    const turn = plus(this.cost(expr.condition), this.cost(expr.step));
    this.#pop(first);
    if (second !== undefined) this.#pop(second);
    sum = plus(sum, this.cost(expr.result));
    this.#pop(expr.accumulator);

    const count = this.#computedSize(expr.range) ?? UNKNOWN;
    sum = plus(sum, times(count, turn));
    if (expr.init.kind === 'literal') this.#setSize(expr, this.#computedSize(expr.init));
    if (expr.init.kind === 'list' || expr.init.kind === 'map') {
      this.#setSize(expr, count);
      this.#setEntry(expr, this.#entry(expr.step));
    }
    return sum;
  }

  #binding(expr: FoldExpr): Range {
    let sum = plus(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accumulator, this.#localOf(expr.init));
    sum = plus(sum, this.cost(expr.result));
    this.#pop(expr.accumulator);
    this.#copy(expr, expr.result);
    return sum;
  }

  #localOf(expr: Expr): Local {
    return { path: this.#path(expr), size: this.#computedSize(expr), entry: this.#entry(expr) };
  }

  /** The variable of a loop that has one: an item of a list, a key of a map. */
  #single(range: Expr): Local {
    const entry = this.#entry(range);
    const isList = (entry?.container ?? this.#type(range).kind) === 'list';
    const size = isList ? entry?.value : entry?.key;
    return { path: this.#path(range).with(isList ? '@items' : '@keys'), size, entry: undefined };
  }

  #part(range: Expr, isKey: boolean): Local {
    const entry = this.#entry(range);
    const isList = (entry?.container ?? this.#type(range).kind) === 'list';
    const step = isKey ? (isList ? '@indices' : '@keys') : isList ? '@items' : '@values';
    return { path: this.#path(range).with(step), size: isKey ? entry?.key : entry?.value, entry: undefined };
  }

  #type(expr: Expr): Type {
    return this.#checked.types.get(expr) ?? DYN;
  }

  #path(expr: Expr): Path {
    const local = expr.kind === 'name' ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr) ?? Path.EMPTY;
  }

  #node(expr: Expr): CostNode {
    const path = this.#path(expr);
    const isAccumulator = path.steps[0] === '@result' || path.steps[0] === '__result__';
    return {
      path: isAccumulator ? Path.EMPTY : path,
      type: this.#type(expr),
      expr,
      size: this.#computedSize(expr),
    };
  }

  readonly #sizeOf = (node: CostNode): Range => node.size ?? this.#declaredSize(node.path) ?? UNKNOWN;

  #declaredSize({ length, steps }: Path): Range | undefined {
    if (length === 0 || this.#root === undefined) return undefined;
    const sized = sizedAt(this.#root, steps);
    return sized === undefined ? undefined : { min: 0n, max: sized.most };
  }

  #computedSize(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known !== undefined) return known;
    const declared = this.#declaredSize(this.#path(expr));
    if (declared !== undefined) {
      this.#sizes.set(expr, declared);
      return declared;
    }
    if (isScalar(this.#type(expr))) return ONE;
    return expr.kind === 'name' ? this.#local(expr.name)?.size : undefined;
  }

  #setSize(expr: Expr, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expr, size);
  }

  #entry(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'name' ? this.#local(expr.name)?.entry : undefined);
  }

  #setEntry(expr: Expr, entry: EntrySize | undefined): void {
    if (entry !== undefined) this.#entries.set(expr, entry);
  }

  #copy(to: Expr, from: Expr): void {
    this.#setSize(to, this.#computedSize(from));
    this.#setEntry(to, this.#entry(from));
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    const stack = this.#locals.get(name);
    if (stack === undefined) this.#locals.set(name, [local]);
    else stack.push(local);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }
}
