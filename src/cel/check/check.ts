/**
 * What is wrong with an expression before it runs: unknown names and fields, and calls that fit no function
 * (github.com/google/cel-go checker/checker.go, whose sentences these are). Macros are checked as what they stand for.
 */
import { callKey, type FunctionTable } from '../functions/function.ts';
import type { Overload } from '../functions/signatures.ts';
import type {
  CallExpr,
  Expr,
  FoldExpr,
  IndexExpr,
  ListExpr,
  LoopExpr,
  MapExpr,
  NameExpr,
  SelectExpr,
} from '../syntax/expr.ts';
import { CORE_OVERLOADS, dottedName, TYPE_NAMES } from './core.ts';
import { literalProblems, typeOfLiteral } from './literals.ts';
import { callableNames, fittingOverloads } from './overloads.ts';
import type { About, CheckProblem } from './problem.ts';
import { BOOL, DYN, ERROR, INT, isDyn, isError, showType, type Type, typeOf } from './types.ts';
import { mostGeneral, Substitutions, showArguments } from './unify.ts';

export interface Checked {
  readonly type: Type;
  /** In the order in which they stand in the text. */
  readonly problems: readonly CheckProblem[];
  /** Variables that the expression uses. */
  readonly used: ReadonlySet<string>;
  /** Of each part, those of macros' expansions among them. */
  readonly types: ReadonlyMap<Expr, Type>;
  /** Of each call and index, every overload that fits: of values of any type there may be several. */
  readonly overloads: ReadonlyMap<Expr, readonly Overload[]>;
}

/** @param variables types by name */
export function check(expr: Expr, variables: ReadonlyMap<string, Type>, functions: FunctionTable): Checked {
  const checker = new Checker(functions);
  checker.visit(expr, variables);
  const types = new Map<Expr, Type>();
  for (const [part, type] of checker.types) types.set(part, checker.substitutions.resolved(type, true));
  const problems = checker.problems.length > 0 ? checker.problems : literalProblems(expr, types);
  return {
    type: types.get(expr) ?? DYN,
    problems: problems.toSorted((left, right) => left.at - right.at),
    used: checker.used,
    types,
    overloads: checker.overloads,
  };
}

type Names = ReadonlyMap<string, Type>;

class Checker {
  readonly problems: CheckProblem[] = [];
  readonly used = new Set<string>();
  readonly types = new Map<Expr, Type>();
  readonly overloads = new Map<Expr, readonly Overload[]>();
  readonly substitutions = new Substitutions();
  readonly #functions: FunctionTable;
  readonly #names: ReadonlySet<string>;

  constructor(functions: FunctionTable) {
    this.#functions = functions;
    this.#names = callableNames(functions);
  }

  visit(expr: Expr, names: Names): Type {
    const type = this.#typeOf(expr, names);
    this.types.set(expr, type);
    return type;
  }

  #typeOf(expr: Expr, names: Names): Type {
    switch (expr.kind) {
      case 'literal':
        return typeOfLiteral(expr.value);
      case 'name':
        return this.#name(expr.name, names) ?? this.#refuseName(expr, names);
      case 'select':
        return this.#select(expr, names);
      case 'index':
        return this.#index(expr, names);
      case 'list':
        return this.#list(expr, names);
      case 'map':
        return this.#map(expr, names);
      case 'loop':
        return this.#loop(expr, names);
      case 'fold':
        return this.#fold(expr, names);
      case 'call':
        return this.#call(expr, names);
    }
  }

  #refuse(at: number, message: string, about?: About): Type {
    this.problems.push(about === undefined ? { at, message } : { at, message, about });
    return ERROR;
  }

  #refuseName({ name, at }: NameExpr, names: Names): Type {
    return this.#refuse(at, undeclared(name), { kind: 'name', name, known: [...names.keys()] });
  }

  #name(name: string, names: Names): Type | undefined {
    const type = names.get(name);
    if (type !== undefined) {
      this.used.add(name);
      return type;
    }
    const named = TYPE_NAMES.get(name);
    return named === undefined
      ? undefined
      : { kind: 'type', of: this.substitutions.instance(typeOf(named), new Map()) };
  }

  #select(expr: SelectExpr, names: Names): Type {
    const name = dottedName(expr);
    const named = name === undefined ? undefined : this.#name(name, names);
    if (named !== undefined) return named;

    const owner = this.substitutions.resolved(this.visit(expr.operand, names), false);
    const field = this.#field(owner.kind === 'optional' ? owner.of : owner, expr);
    if (expr.isTest) return BOOL;
    return this.substitutions.resolved(
      expr.isOptional || owner.kind === 'optional' ? { kind: 'optional', of: field } : field,
      false,
    );
  }

  #field(owner: Type, { field, at }: SelectExpr): Type {
    if (owner.kind === 'map') return owner.value;
    if (owner.kind === 'object') {
      const about: About = { kind: 'field', name: field, known: owner.fields ?? [] };
      return owner.field(field) ?? this.#refuse(at, `undefined field '${field}'`, about);
    }
    if (owner.kind === 'letter') this.substitutions.isAssignable(DYN, owner);
    else if (!isDyn(owner) && !isError(owner)) {
      this.#refuse(at, `type '${showType(owner)}' does not support field selection`);
    }
    return DYN;
  }

  #index(expr: IndexExpr, names: Names): Type {
    const types = [this.visit(expr.operand, names), this.visit(expr.index, names)];
    const name = expr.isOptional ? '_[?_]' : '_[_]';
    return this.#resolve(expr, name, CORE_OVERLOADS.get(name) ?? [], types, false);
  }

  #list({ items }: ListExpr, names: Names): Type {
    let common: Type | undefined;
    for (const { value, isOptional } of items) common = this.#joined(common, this.#given(value, isOptional, names));
    return { kind: 'list', item: common ?? this.substitutions.fresh() };
  }

  #map({ entries }: MapExpr, names: Names): Type {
    let [keys, values]: (Type | undefined)[] = [];
    for (const { key, value, isOptional } of entries) {
      keys = this.#joined(keys, this.visit(key, names));
      values = this.#joined(values, this.#given(value, isOptional, names));
    }
    return {
      kind: 'map',
      key: keys ?? this.substitutions.fresh(),
      value: values ?? this.substitutions.fresh(),
    };
  }

  /** Of `[?value]`, what the optional holds. */
  #given(value: Expr, isOptional: boolean, names: Names): Type {
    const type = this.visit(value, names);
    if (!isOptional) return type;
    if (type.kind === 'optional') return type.of;
    if (!isDyn(type)) this.#mismatch(value, { kind: 'optional', of: type }, type);
    return type;
  }

  /** Literals may be of mixed types here: what may not is told afterwards. */
  #joined(before: Type | undefined, type: Type): Type {
    if (before === undefined) return type;
    return this.substitutions.isAssignable(before, type) ? mostGeneral(before, type) : DYN;
  }

  #loop(expr: LoopExpr, names: Names): Type {
    return this.visit(expr.expansion, names);
  }

  #fold(expr: FoldExpr, names: Names): Type {
    this.visit(expr.range, names);
    const carried = this.visit(expr.init, names);
    const range = this.substitutions.resolved(this.#known(expr.range), false);
    const around = new Map(names).set(expr.accumulator, carried);
    const inside = new Map(around);
    const types = this.#variableTypes(range, expr);
    for (const [index, name] of expr.variables.entries()) inside.set(name, types[index] ?? DYN);
    this.visit(expr.condition, inside);
    this.#needs(expr.condition, BOOL);
    this.visit(expr.step, inside);
    this.#needs(expr.step, carried);
    return this.substitutions.resolved(this.visit(expr.result, around), false);
  }

  #variableTypes(range: Type, { range: expr, variables }: FoldExpr): readonly Type[] {
    const hasTwo = variables.length === 2;
    if (range.kind === 'list') return hasTwo ? [INT, range.item] : [range.item];
    if (range.kind === 'map') return [range.key, range.value];
    if (range.kind === 'letter' || isDyn(range) || isError(range)) {
      this.substitutions.isAssignable(DYN, range);
      return [DYN, DYN];
    }
    const message = `expression of type '${showType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    this.#refuse(expr.at, message);
    return [ERROR, ERROR];
  }

  #needs(expr: Expr, wanted: Type): void {
    const type = this.#known(expr);
    if (!this.substitutions.isAssignable(wanted, type)) this.#mismatch(expr, wanted, type);
  }

  #mismatch(expr: Expr, wanted: Type, found: Type): void {
    const message = `expected type '${showType(wanted)}' but found '${showType(found)}'`;
    this.#refuse(expr.at, message, { kind: 'type', wanted, found });
  }

  #known(expr: Expr): Type {
    return this.types.get(expr) ?? DYN;
  }

  #call(expr: CallExpr, names: Names): Type {
    const { name, target, args } = expr;
    const types = args.map((arg) => this.visit(arg, names));
    if (name === '_&&_' || name === '_||_') return this.#logic(expr);
    if (target === undefined) return this.#resolveNamed(expr, name, types, false);

    const prefix = dottedName(target);
    const qualified = prefix === undefined ? '' : `${prefix}.${name}`;
    if (this.#names.has(qualified)) return this.#resolveNamed(expr, qualified, types, false);
    return this.#resolveNamed(expr, name, [this.visit(target, names), ...types], true);
  }

  #logic({ args }: CallExpr): Type {
    let type = BOOL;
    for (const arg of args) {
      if (this.substitutions.isAssignable(this.#known(arg), BOOL)) continue;
      this.#mismatch(arg, BOOL, this.#known(arg));
      type = ERROR;
    }
    return type;
  }

  #resolveNamed(expr: CallExpr, name: string, types: readonly Type[], isMethod: boolean): Type {
    const core = CORE_OVERLOADS.get(name);
    if (core !== undefined) return this.#resolve(expr, name, core, types, isMethod);
    if (!this.#names.has(name)) {
      return this.#refuse(expr.at, undeclared(name), { kind: 'function', name, expr });
    }
    const known = this.#functions.get(callKey(name, isMethod, types.length));
    return this.#resolve(expr, name, known?.overloads ?? [], types, isMethod);
  }

  #resolve(
    expr: CallExpr | IndexExpr,
    name: string,
    overloads: readonly Overload[],
    types: readonly Type[],
    isMethod: boolean,
  ): Type {
    const fitting = fittingOverloads(overloads, types, isMethod, this.substitutions);
    if (fitting === undefined) {
      const found = types.map((type) => this.substitutions.resolved(type, true));
      const message = `found no matching overload for '${name}' applied to '${showArguments(found, isMethod)}'`;
      return this.#refuse(expr.at, message, { kind: 'overload', name, types: found, isMethod });
    }
    this.overloads.set(expr, fitting.overloads);
    return fitting.type;
  }
}

function undeclared(name: string): string {
  return `undeclared reference to '${name}' (in container '')`;
}
