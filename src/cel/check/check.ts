/** What is wrong with an expression before it runs: unknown names and fields, and calls that fit no function. */
import { callKey, type FunctionTable, type Overload } from '../functions/function.ts';
import { compilePattern, PatternProblem } from '../patterns.ts';
import type { CallExpr, Expr, IndexExpr, ListExpr, Literal, LoopExpr, MapExpr, SelectExpr } from '../syntax/expr.ts';
import { parseDuration, parseTimestamp } from '../values/time.ts';
import { BOOL, bound, DYN, fits, INT, isDyn, NULL, STRING, showType, type Type, typeOf } from './types.ts';

export interface CheckProblem {
  /** In UTF-16 code units. */
  readonly at: number;
  /** As cel-go says it. */
  readonly message: string;
}

export interface Checked {
  readonly type: Type;
  readonly problems: readonly CheckProblem[];
  /** Variables that the expression uses. */
  readonly used: ReadonlySet<string>;
}

const TYPE_NAMES: ReadonlySet<string> = new Set(
  'bool bytes double dyn int list map null_type string type uint'.split(' '),
);

/** @param variables types by name */
export function check(expr: Expr, variables: ReadonlyMap<string, Type>, functions: FunctionTable): Checked {
  const checker = new Checker(functions);
  const type = checker.typeOf(expr, variables);
  return { type, problems: checker.problems, used: checker.used };
}

class Checker {
  readonly problems: CheckProblem[] = [];
  readonly used = new Set<string>();
  readonly #functions: FunctionTable;
  /** How many calls are around that take lists of different things. */
  #mixing = 0;

  constructor(functions: FunctionTable) {
    this.#functions = functions;
  }

  typeOf(expr: Expr, scope: ReadonlyMap<string, Type>): Type {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'name':
        return this.#name(expr.name, expr.at, scope);
      case 'select':
        return this.#select(expr, scope);
      case 'index':
        return this.#index(expr, scope);
      case 'list':
        return this.#list(expr, scope);
      case 'map':
        return this.#map(expr, scope);
      case 'loop':
        return this.#loop(expr, scope);
      case 'call':
        return this.#call(expr, scope);
    }
  }

  #refuse(at: number, message: string): Type {
    this.problems.push({ at, message });
    return DYN;
  }

  #name(name: string, at: number, scope: ReadonlyMap<string, Type>): Type {
    const type = scope.get(name);
    if (type !== undefined) {
      this.used.add(name);
      return type;
    }
    if (TYPE_NAMES.has(name)) return typeOf('type');
    return this.#refuse(at, `undeclared reference to '${name}' (in container '')`);
  }

  #select({ operand, field, at, isOptional, isTest }: SelectExpr, scope: ReadonlyMap<string, Type>): Type {
    const owner = this.typeOf(operand, scope);
    const inner = owner.kind === 'optional' ? owner.of : owner;
    const type = this.#field(inner, field, at);
    if (isTest) return BOOL;
    return isOptional || owner.kind === 'optional' ? optional(type) : type;
  }

  #field(owner: Type, field: string, at: number): Type {
    if (owner.kind === 'map') return owner.value;
    if (isDyn(owner) || owner.kind === 'letter') return DYN;
    if (owner.kind === 'object') return owner.field(field) ?? this.#refuse(at, `undefined field '${field}'`);
    return this.#refuse(at, `type '${showType(owner)}' does not support field selection`);
  }

  #index({ operand, index, at, isOptional }: IndexExpr, scope: ReadonlyMap<string, Type>): Type {
    const owner = this.typeOf(operand, scope);
    const by = this.typeOf(index, scope);
    const inner = owner.kind === 'optional' ? owner.of : owner;
    const name = isOptional ? '_[?_]' : '_[_]';
    const type = indexedType(inner, by) ?? this.#refuse(at, noOverload(name, [owner, by]));
    return isOptional || owner.kind === 'optional' ? optional(type) : type;
  }

  #list({ items }: ListExpr, scope: ReadonlyMap<string, Type>): Type {
    return { kind: 'list', item: this.#common(items, scope) };
  }

  #map({ entries }: MapExpr, scope: ReadonlyMap<string, Type>): Type {
    const keys = entries.map(({ key }) => this.typeOf(key, scope));
    const values = entries.map(({ value, isOptional }) => given(this.typeOf(value, scope), isOptional));
    return { kind: 'map', key: common(keys), value: common(values) };
  }

  /** What stands in a list is of one type. */
  #common(items: ListExpr['items'], scope: ReadonlyMap<string, Type>): Type {
    const types = items.map(({ value, isOptional }) => given(this.typeOf(value, scope), isOptional));
    const type = common(types);
    const [first] = types;
    if (first === undefined || isDyn(first) || !isDyn(type) || this.#mixing > 0) return type;
    const other = types.findIndex((each) => !fits(each, first, new Map()));
    const at = items[other]?.value.at;
    const found = types[other];
    if (at !== undefined && found !== undefined) {
      this.#refuse(at, `expected type '${showType(first)}' but found '${showType(found)}'`);
    }
    return type;
  }

  #loop(expr: LoopExpr, scope: ReadonlyMap<string, Type>): Type {
    const range = this.typeOf(expr.range, scope);
    const inner = new Map(scope);
    const types = variableTypes(range, expr);
    if (types === undefined) {
      const message = `expression of type '${showType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
      this.#refuse(expr.range.at, message);
    }
    for (const [index, name] of expr.variables.entries()) inner.set(name, types?.[index] ?? DYN);
    if (expr.filter !== undefined) this.#needBool(expr.filter, inner);
    const takesBool = PREDICATES.has(expr.macro);
    const body = takesBool ? this.#needBool(expr.body, inner) : this.typeOf(expr.body, inner);
    return resultType(expr, range, body);
  }

  #needBool(expr: Expr, scope: ReadonlyMap<string, Type>): Type {
    const type = this.typeOf(expr, scope);
    if (!fits(type, BOOL, new Map())) this.#refuse(expr.at, `expected type 'bool' but found '${showType(type)}'`);
    return type;
  }

  #call(expr: CallExpr, scope: ReadonlyMap<string, Type>): Type {
    const { name, target, args, at } = expr;
    if (name === '_&&_' || name === '_||_') {
      const types = args.map((arg) => this.typeOf(arg, scope));
      const fit = types.every((type) => fits(type, BOOL, new Map()));
      return fit ? BOOL : this.#refuse(at, noOverload(name, types));
    }
    if (name === '_?_:_') return this.#condition(expr, scope);

    const qualified = target?.kind === 'name' && !scope.has(target.name) ? `${target.name}.${name}` : undefined;
    const isQualified = qualified !== undefined && this.#functions.has(callKey(qualified, false, args.length));
    const isMethod = target !== undefined && !isQualified;
    const operands = isMethod ? [target, ...args] : args;
    const called = isQualified ? qualified : name;
    const found = this.#functions.get(callKey(called, isMethod, operands.length));
    if (found === undefined && !this.#exists(called)) {
      if (isMethod) this.typeOf(target, scope);
      return this.#refuse(at, `undeclared reference to '${called}' (in container '')`);
    }
    const mixes = TAKE_MIXED_LISTS.has(called);
    if (mixes) this.#mixing++;
    const types = operands.map((operand) => this.typeOf(operand, scope));
    if (mixes) this.#mixing--;
    this.#literals(called, operands);
    return resultOf(found?.overloads ?? [], types, isMethod) ?? this.#refuse(at, noOverload(called, types, isMethod));
  }

  /** Texts that stand in the expression are read before it runs. */
  #literals(name: string, operands: readonly Expr[]): void {
    const test = LITERALS[name];
    const literal = operands.at(-1);
    if (test === undefined || literal?.kind !== 'literal' || typeof literal.value !== 'string') return;
    if (!test(literal.value)) this.#refuse(literal.at, `invalid ${name} argument`);
  }

  #exists(name: string): boolean {
    for (const each of this.#functions.values()) {
      if (each.name === name) return true;
    }
    return false;
  }

  #condition({ args, at }: CallExpr, scope: ReadonlyMap<string, Type>): Type {
    const types = args.map((arg) => this.typeOf(arg, scope));
    const [condition = DYN, then = DYN, otherwise = DYN] = types;
    const letters = new Map<string, Type>();
    const fit = fits(condition, BOOL, letters) && (fits(then, otherwise, letters) || fits(otherwise, then, letters));
    if (!fit) return this.#refuse(at, noOverload('_?_:_', types));
    return isDyn(then) || then === NULL ? otherwise : then;
  }
}

const TAKE_MIXED_LISTS: ReadonlySet<string> = new Set(['format', 'flatten']);

const LITERALS: Readonly<Record<string, ((text: string) => boolean) | undefined>> = {
  matches: (text) => !(compilePattern(text) instanceof PatternProblem),
  timestamp: (text) => parseTimestamp(text) !== undefined,
  duration: (text) => parseDuration(text) !== undefined,
};

const PREDICATES: ReadonlySet<LoopExpr['macro']> = new Set(['all', 'exists', 'existsOne', 'filter']);

function literalType(value: Literal): Type {
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number') return typeOf('double');
  return typeOf(value instanceof Uint8Array ? 'bytes' : 'uint');
}

function optional(type: Type): Type {
  return type.kind === 'optional' ? type : { kind: 'optional', of: type };
}

function given(type: Type, isOptional: boolean): Type {
  return isOptional && type.kind === 'optional' ? type.of : type;
}

/** One type where all have it. */
function common(types: readonly Type[]): Type {
  const [first, ...rest] = types;
  if (first === undefined) return { kind: 'letter', letter: 'Z' };
  const isSame = rest.every((type) => fits(type, first, new Map()) && fits(first, type, new Map()));
  return isSame ? first : DYN;
}

function indexedType(owner: Type, index: Type): Type | undefined {
  if (owner.kind === 'list') return fits(index, INT, new Map()) ? owner.item : undefined;
  if (owner.kind === 'map') return fits(index, owner.key, new Map()) ? owner.value : undefined;
  return isDyn(owner) ? DYN : undefined;
}

/** Of the variables of a loop; undefined where nothing can be gone through. */
function variableTypes(range: Type, { macro, variables }: LoopExpr): readonly Type[] | undefined {
  if (macro === 'optMap' || macro === 'optFlatMap') return [range.kind === 'optional' ? range.of : DYN];
  if (range.kind === 'list') return variables.length === 2 ? [INT, range.item] : [range.item];
  if (range.kind === 'map') return [range.key, range.value];
  return isDyn(range) ? [DYN, DYN] : undefined;
}

function resultType({ macro }: LoopExpr, range: Type, body: Type): Type {
  switch (macro) {
    case 'all':
    case 'exists':
    case 'existsOne':
      return BOOL;
    case 'filter':
      return { kind: 'list', item: range.kind === 'list' ? range.item : range.kind === 'map' ? range.key : DYN };
    case 'map':
    case 'transformList':
      return { kind: 'list', item: body };
    case 'transformMap':
      return { kind: 'map', key: range.kind === 'map' ? range.key : DYN, value: body };
    case 'optMap':
      return optional(body);
    case 'sortBy':
      return range;
    default:
      return body;
  }
}

/** What the first overload gives that the types fit; undefined where none does. */
function resultOf(overloads: readonly Overload[], types: readonly Type[], isMethod: boolean): Type | undefined {
  for (const { isMethod: wantsTarget, args, result } of overloads) {
    if (wantsTarget !== isMethod || args.length !== types.length) continue;
    const letters = new Map<string, Type>();
    if (types.every((type, index) => fits(type, typeOf(args[index] ?? 'dyn'), letters))) {
      return bound(typeOf(result), letters);
    }
  }
  return undefined;
}

function noOverload(name: string, types: readonly Type[], isMethod = false): string {
  const [first, ...rest] = types.map(showType);
  const applied = isMethod ? `${first}.(${rest.join(', ')})` : `(${types.map(showType).join(', ')})`;
  return `found no matching overload for '${name}' applied to '${applied}'`;
}
