/**
 * What an expression costs at least and at most, before it runs (github.com/google/cel-go checker/cost.go). Kubernetes
 * refuses definitions by this number, so that it has to be the same one: macros count as what they stand for, and sizes
 * come from the schema of the variable.
 */
import type { Checked } from '../check/check.ts';
import { dottedName, TYPE_NAMES } from '../check/core.ts';
import type { CallExpr, Expr, FoldExpr, IndexExpr, ListExpr, MapExpr, SelectExpr } from '../syntax/expr.ts';
import { Known } from './known.ts';
import { kubernetesEstimate } from './kubernetes.ts';
import { languageEstimate } from './language.ts';
import { listEstimate } from './lists.ts';
import type { Call, CostNode, Estimate } from './node.ts';
import { type EntrySize, emptyRange, INDEXES, isBinding, joined, qualified, SUMS, withCost } from './parts.ts';
import { exactly, LARGEST, NOTHING, ONE, plus, type Range, scaled, times, UNKNOWN, union } from './range.ts';
import type { Sized } from './sized.ts';

const TEXT_FACTOR = 0.1;
const LIST_COST = exactly(10n);
const MAP_COST = exactly(30n);

/** @param root how large the variables can be; without it, nothing is known */
export function estimateCost(expr: Expr, checked: Checked, root?: Sized): Range {
  return new Coster(checked, root).cost(expr);
}

class Coster {
  readonly #checked: Checked;
  readonly #known: Known;

  constructor(checked: Checked, root: Sized | undefined) {
    this.#checked = checked;
    this.#known = new Known(checked, root);
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
        this.#known.copy(expr, expr.expansion);
        return cost;
      }
      case 'fold':
        return isBinding(expr) ? this.#binding(expr) : this.#fold(expr);
      case 'call':
        return this.#called(expr);
    }
  }

  #name(expr: Expr, name: string): Range {
    this.#known.setPath(expr, this.#known.pathOfName(name));
    return ONE;
  }

  #select(expr: SelectExpr): Range {
    const name = dottedName(expr);
    if (name !== undefined && TYPE_NAMES.has(name)) return this.#name(expr, name);
    const operand = this.cost(expr.operand);
    // Kubernetes asks nothing for has()
    if (expr.isTest) return operand;
    if (expr.isOptional) return plus(operand, ONE);
    const { kind } = this.#known.type(expr.operand);
    this.#known.setPath(expr, this.#known.path(expr.operand).with(expr.field));
    return kind === 'map' || kind === 'object' ? plus(operand, ONE) : operand;
  }

  #called(expr: CallExpr): Range {
    const [first] = expr.args;
    if (expr.name === 'dyn' && expr.target === undefined && first !== undefined) {
      const cost = this.cost(first);
      this.#known.copy(expr, first);
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
      nodes.push(this.#known.node(arg));
    }
    if (name === '_&&_' || name === '_||_') {
      const [left = NOTHING, right = NOTHING] = costs;
      this.#known.setSize(expr, this.#known.size(expr));
      return { min: left.min, max: plus(left, right).max };
    }
    const before = target === undefined ? NOTHING : this.cost(target);
    const owner = target === undefined ? undefined : this.#known.node(target);
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
        size = this.#known.entry(range)?.value;
        this.#known.setPath(expr, this.#known.path(range).with(step));
      }
      size ??= this.#known.size(expr);
    }
    this.#known.setSize(expr, size);
    return plus(before, total);
  }

  #function(call: Call, costs: readonly Range[]): Estimate {
    const sum = costs.reduce(plus, NOTHING);
    const special = listEstimate(call, this.#known.sizeOf) ?? kubernetesEstimate(call, this.#known.sizeOf);
    if (special !== undefined) return withCost(special, sum);
    if (call.name === '_?_:_') return this.#condition(call, costs);
    const added = this.#sum(call);
    return withCost(added ?? languageEstimate(call) ?? { cost: ONE }, sum);
  }

  #condition({ expr, args: [, then, otherwise] }: Call, costs: readonly Range[]): Estimate {
    const [condition = NOTHING, first = NOTHING, second = NOTHING] = costs;
    this.#known.setEntry(expr, joined(this.#entryOf(then), this.#entryOf(otherwise)));
    const size = union(then?.size ?? UNKNOWN, otherwise?.size ?? UNKNOWN);
    return { cost: plus(condition, union(first, second)), size };
  }

  /** Texts, bytes and lists that are added. */
  #sum({ expr, name, overload, args: [left, right] }: Call): Estimate | undefined {
    const [type = ''] = overload.args;
    if (name !== '_+_' || !SUMS.has(type) || overload.args[1] !== type) return undefined;
    const size = plus(left?.size ?? UNKNOWN, right?.size ?? UNKNOWN);
    this.#known.setEntry(expr, joined(this.#entryOf(left), this.#entryOf(right)));
    return { cost: type.startsWith('list') ? ONE : scaled(size, TEXT_FACTOR), size };
  }

  #entryOf(node: CostNode | undefined): EntrySize | undefined {
    return node?.expr === undefined ? undefined : this.#known.entry(node.expr);
  }

  #list(expr: ListExpr): Range {
    const items = expr.items.map(({ value }) => value);
    const costs = items.map((item) => {
      const cost = this.cost(item);
      return { cost, size: this.#known.size(item) ?? UNKNOWN };
    });
    const value = costs.reduce((size, item) => union(size, item.size), emptyRange(items.length));
    this.#known.setEntry(expr, { container: 'list', key: ONE, value });
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
      key = union(key, this.#known.size(entry.key) ?? UNKNOWN);
      value = union(value, this.#known.size(entry.value) ?? UNKNOWN);
    }
    this.#known.setEntry(expr, { container: 'map', key, value });
    return plus(sum, MAP_COST);
  }

  #fold(expr: FoldExpr): Range {
    let sum = plus(this.cost(expr.range), this.cost(expr.init));
    this.#known.enter(expr.accumulator, expr.init);
    this.#known.enterLoop(expr.variables, expr.range);
    const turn = plus(this.cost(expr.condition), this.cost(expr.step));
    for (const name of expr.variables) this.#known.leave(name);
    sum = plus(sum, this.cost(expr.result));
    this.#known.leave(expr.accumulator);

    const count = this.#known.size(expr.range) ?? UNKNOWN;
    sum = plus(sum, times(count, turn));
    if (expr.init.kind === 'literal') this.#known.setSize(expr, this.#known.size(expr.init));
    if (expr.init.kind === 'list' || expr.init.kind === 'map') {
      this.#known.setSize(expr, count);
      this.#known.setEntry(expr, this.#known.entry(expr.step));
    }
    return sum;
  }

  #binding(expr: FoldExpr): Range {
    let sum = plus(this.cost(expr.range), this.cost(expr.init));
    this.#known.enter(expr.accumulator, expr.init);
    sum = plus(sum, this.cost(expr.result));
    this.#known.leave(expr.accumulator);
    this.#known.copy(expr, expr.result);
    return sum;
  }
}
