/** From the tree of an expression to functions that evaluate it, with each variable in a slot of its own. */
import { dottedName, TYPE_NAMES } from '../check/core.ts';
import { callKey } from '../functions/function.ts';
import type { CallExpr, Expr, IndexExpr, ListExpr, Literal, MapExpr, SelectExpr } from '../syntax/expr.ts';
import { CostFailure, EvaluationFailure, failedAt, noSuchOverload } from '../values/failure.ts';
import {
  type CelMap,
  type CelValue,
  keyOf,
  listOf,
  type MapKey,
  mapOf,
  Optional,
  TypeValue,
  Uint,
} from '../values/value.ts';
import { indexed, selected, tested } from './access.ts';
import { type Scope, type Step, truth } from './frame.ts';
import { planLoop } from './loop.ts';

const LIST_COST = 10;
const MAP_COST = 30;

export function planExpr(expr: Expr, scope: Scope): Step {
  switch (expr.kind) {
    case 'literal': {
      const value = literalValue(expr.value);
      return () => value;
    }
    case 'name':
      return planName(expr.name, scope);
    case 'select':
      return planSelect(expr, scope);
    case 'index':
      return planIndex(expr, scope);
    case 'list':
      return planList(expr, scope);
    case 'map':
      return planMap(expr, scope);
    case 'loop':
      return planLoop(expr, scope);
    case 'call':
      return planCall(expr, scope);
    case 'fold':
      throw new Error('a macro is planned as it is written');
  }
}

function planSelect(expr: SelectExpr, scope: Scope): Step {
  const name = dottedName(expr);
  if (name !== undefined && TYPE_NAMES.has(name)) return planName(name, scope);

  const { field, isTest, isOptional } = expr;
  const operand = planExpr(expr.operand, scope);
  const look = (owner: CelValue): CelValue => (isTest ? tested(owner, field) : selected(owner, field, isOptional));
  return (frame) => {
    const owner = operand(frame);
    frame.meter.charge(1);
    try {
      return look(owner);
    } catch (error) {
      throw failedAt(error, expr, [owner]);
    }
  };
}

function planIndex(expr: IndexExpr, scope: Scope): Step {
  const operand = planExpr(expr.operand, scope);
  const index = planExpr(expr.index, scope);
  const { isOptional } = expr;
  return (frame) => {
    const owner = operand(frame);
    const key = index(frame);
    frame.meter.charge(1);
    try {
      return indexed(owner, key, isOptional);
    } catch (error) {
      throw failedAt(error, expr, [owner, key]);
    }
  };
}

export function literalValue(value: Literal): CelValue {
  return typeof value === 'object' && value !== null && 'unsigned' in value ? new Uint(value.unsigned) : value;
}

function planName(name: string, { slots }: Scope): Step {
  const slot = slots.get(name);
  if (slot !== undefined) {
    return (frame) => {
      frame.meter.charge(1);
      const value = frame.slots[slot];
      if (value === undefined) throw new EvaluationFailure(`no such attribute(s): ${name}`);
      return value;
    };
  }
  const type = TYPE_NAMES.has(name) ? new TypeValue(name) : undefined;
  return () => {
    if (type === undefined) throw new EvaluationFailure(`no such attribute(s): ${name}`);
    return type;
  };
}

function planList({ items }: ListExpr, scope: Scope): Step {
  const steps = items.map(({ value, isOptional }) => ({ step: planExpr(value, scope), isOptional }));
  return (frame) => {
    frame.meter.charge(LIST_COST);
    const values: CelValue[] = [];
    for (const { step, isOptional } of steps) {
      const value = isOptional ? given(step(frame)) : step(frame);
      if (value !== undefined) values.push(value);
    }
    return listOf(values);
  };
}

function planMap(expr: MapExpr, scope: Scope): Step {
  const { entries } = expr;
  const steps = entries.map(({ key, value, isOptional }) => ({
    key: planExpr(key, scope),
    value: planExpr(value, scope),
    isOptional,
  }));
  return (frame): CelMap => {
    frame.meter.charge(MAP_COST);
    const map = new Map<MapKey, CelValue>();
    for (const { key, value, isOptional } of steps) {
      const name = keyOf(key(frame));
      if (name === undefined) throw failedAt(new EvaluationFailure('unsupported key type'), expr, []);
      const member = isOptional ? given(value(frame)) : value(frame);
      if (member !== undefined) map.set(name, member);
    }
    return mapOf(map);
  };
}

/** What an optional holds, for `[?value]`. */
function given(value: CelValue): CelValue | undefined {
  if (!(value instanceof Optional)) throw noSuchOverload();
  return value.value;
}

function planCall(expr: CallExpr, scope: Scope): Step {
  const { name, target, args } = expr;
  const [first, second, third] = args;
  if (name === '_&&_' && first !== undefined && second !== undefined) return planLogic(first, second, false, scope);
  if (name === '_||_' && first !== undefined && second !== undefined) return planLogic(first, second, true, scope);
  if (name === '_?_:_' && first !== undefined && second !== undefined && third !== undefined) {
    return planCondition(first, second, third, scope);
  }
  const qualified = qualifiedName(expr, scope);
  const isMethod = target !== undefined && qualified === undefined;
  const operands = isMethod ? [target, ...args] : args;
  const found = scope.functions.get(callKey(qualified ?? name, isMethod, operands.length));
  if (found === undefined) {
    return () => {
      throw noSuchOverload();
    };
  }
  const steps = operands.map((operand) => planExpr(operand, scope));
  return (frame) => {
    const values = steps.map((step) => step(frame));
    frame.meter.charge(1);
    try {
      return found.run(values, frame.meter);
    } catch (error) {
      throw failedAt(error, expr, values);
    }
  };
}

/** `optional.of`: a function whose name has a dot, called on a name that stands for nothing. */
export function qualifiedName(
  { name, target, args }: CallExpr,
  { functions }: Pick<Scope, 'functions'>,
): string | undefined {
  const prefix = target === undefined ? undefined : dottedName(target);
  if (prefix === undefined) return undefined;
  const qualified = `${prefix}.${name}`;
  return functions.has(callKey(qualified, false, args.length)) ? qualified : undefined;
}

/** `&&` and `||` take the side that decides, whatever is wrong with the other. */
function planLogic(first: Expr, second: Expr, decisive: boolean, scope: Scope): Step {
  const [left, right] = [planExpr(first, scope), planExpr(second, scope)];
  return (frame) => {
    let failure: unknown;
    try {
      if (truth(left(frame), first) === decisive) return decisive;
    } catch (error) {
      if (error instanceof CostFailure) throw error;
      failure = error;
    }
    if (truth(right(frame), second) === decisive) return decisive;
    if (failure !== undefined) throw failure;
    return !decisive;
  };
}

function planCondition(condition: Expr, then: Expr, otherwise: Expr, scope: Scope): Step {
  const asked = planExpr(condition, scope);
  const [first, second] = [planExpr(then, scope), planExpr(otherwise, scope)];
  return (frame) => (truth(asked(frame), condition) ? first(frame) : second(frame));
}
