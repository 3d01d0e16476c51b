/** Macros that go through a list or a map, and those that look into an optional. */
import type { LoopExpr } from '../syntax/expr.ts';
import { compare } from '../values/compare.ts';
import { CostFailure, EvaluationFailure, failedAt, noSuchOverload } from '../values/failure.ts';
import {
  type CelValue,
  isList,
  isMap,
  keyOf,
  listOf,
  type MapKey,
  mapOf,
  NONE,
  Optional,
  typeNameOf,
} from '../values/value.ts';
import { type Frame, type Scope, type Step, truth } from './frame.ts';

interface Loop {
  readonly range: Step;
  readonly filter: Step | undefined;
  readonly body: Step;
  readonly written: LoopExpr;
  /** Slots of the variables. */
  readonly first: number;
  readonly second: number | undefined;
}

const PLANS: Readonly<Record<LoopExpr['macro'], (loop: Loop) => Step>> = {
  all: (loop) => (frame) => quantified(loop, frame, false),
  exists: (loop) => (frame) => quantified(loop, frame, true),
  existsOne: (loop) => (frame) => existsOne(loop, frame),
  filter: (loop) => (frame) => {
    const kept: CelValue[] = [];
    eachTurn(loop, frame, (item) => {
      if (truth(loop.body(frame), loop.written.body)) kept.push(item);
      return false;
    });
    return listOf(kept);
  },
  map: (loop) => (frame) => collected(loop, frame),
  transformList: (loop) => (frame) => collected(loop, frame),
  transformMap: (loop) => (frame) => transformMap(loop, frame),
  transformMapEntry: (loop) => (frame) => transformMapEntry(loop, frame),
  sortBy: (loop) => (frame) => sortBy(loop, frame),
  optMap: (loop) => (frame) => looked(loop, frame, (value) => new Optional(value)),
  optFlatMap: (loop) => (frame) => looked(loop, frame, (value) => value),
};

export function planLoop(written: LoopExpr, scope: Scope): Step {
  const { macro, range, variables, filter, body } = written;
  const slots = new Map(scope.slots);
  const [first, second] = variables.map((name) => {
    const slot = scope.count.value++;
    slots.set(name, slot);
    return slot;
  });
  const inner = { ...scope, slots };
  return PLANS[macro]({
    range: scope.plan(range, scope),
    filter: filter === undefined ? undefined : scope.plan(filter, inner),
    body: scope.plan(body, inner),
    first: first ?? 0,
    second,
    written,
  });
}

/** Binds the variables for each turn. A turn that gives true ends the loop. */
function eachTurn(
  { range, filter, first, second, written }: Loop,
  frame: Frame,
  turn: (item: CelValue, key: CelValue) => boolean,
): void {
  const over = range(frame);
  const { slots, meter } = frame;
  const visit = (key: CelValue, item: CelValue): boolean => {
    meter.charge(1);
    if (second === undefined) slots[first] = isList(over) ? item : key;
    else {
      slots[first] = key;
      slots[second] = item;
    }
    if (filter !== undefined && !truth(filter(frame), written.filter ?? written.body)) return false;
    return turn(isList(over) ? item : key, key);
  };
  if (isList(over)) {
    for (let index = 0; index < over.length; index++) {
      if (visit(BigInt(index), over.at(index))) return;
    }
  } else if (isMap(over)) {
    const keys = over.keys();
    // all of them are there before the first turn, which may be the last
    meter.charge(keys.length);
    for (const key of keys) {
      if (visit(key, over.get(key) ?? null)) return;
    }
  } else throw failedAt(noRange(over), written, [over]);
}

/** cel-go names the type as Go does. */
function noRange(value: CelValue): EvaluationFailure {
  const name = typeNameOf(value);
  if (!/^[a-z]+$/.test(name)) return noSuchOverload();
  return new EvaluationFailure(`got 'types.${name.charAt(0).toUpperCase()}${name.slice(1)}', expected iterable type`);
}

/** `all` and `exists` take the turn that decides, whatever is wrong with those before. */
function quantified(loop: Loop, frame: Frame, decisive: boolean): boolean {
  let failure: unknown;
  let isDecided = false;
  eachTurn(loop, frame, () => {
    try {
      isDecided = truth(loop.body(frame), loop.written.body) === decisive;
    } catch (error) {
      if (error instanceof CostFailure) throw error;
      failure ??= error;
    }
    return isDecided;
  });
  if (isDecided) return decisive;
  if (failure !== undefined) throw failure;
  return !decisive;
}

function existsOne(loop: Loop, frame: Frame): boolean {
  let count = 0;
  eachTurn(loop, frame, () => {
    if (truth(loop.body(frame), loop.written.body)) count++;
    return false;
  });
  return count === 1;
}

function collected(loop: Loop, frame: Frame): CelValue {
  const values: CelValue[] = [];
  eachTurn(loop, frame, () => {
    values.push(loop.body(frame));
    return false;
  });
  return listOf(values);
}

function transformMap(loop: Loop, frame: Frame): CelValue {
  const entries = new Map<MapKey, CelValue>();
  eachTurn(loop, frame, (_, key) => {
    const name = keyOf(key);
    if (name !== undefined) entries.set(name, loop.body(frame));
    return false;
  });
  return mapOf(entries);
}

function transformMapEntry(loop: Loop, frame: Frame): CelValue {
  const entries = new Map<MapKey, CelValue>();
  eachTurn(loop, frame, () => {
    const made = loop.body(frame);
    if (!isMap(made)) throw noSuchOverload();
    for (const key of made.keys()) {
      if (entries.has(key)) throw new EvaluationFailure(`insert failed: key ${String(key)} already exists`);
      entries.set(key, made.get(key) ?? null);
    }
    return false;
  });
  return mapOf(entries);
}

function sortBy(loop: Loop, frame: Frame): CelValue {
  const pairs: { readonly item: CelValue; readonly by: CelValue }[] = [];
  eachTurn(loop, frame, (item) => {
    pairs.push({ item, by: loop.body(frame) });
    return false;
  });
  frame.meter.charge(pairs.length * Math.log2(pairs.length + 1));
  pairs.sort((left, right) => compare(left.by, right.by));
  return listOf(pairs.map(({ item }) => item));
}

function looked({ range, body, first }: Loop, frame: Frame, wrap: (value: CelValue) => CelValue): CelValue {
  const optional = range(frame);
  if (!(optional instanceof Optional)) throw noSuchOverload();
  if (optional.value === undefined) return NONE;
  frame.slots[first] = optional.value;
  return wrap(body(frame));
}
