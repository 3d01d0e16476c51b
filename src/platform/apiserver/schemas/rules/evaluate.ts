/** Holds a value to the rules of its schema (k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go). */
import { CALL_LIMIT, type Outcome } from '../../../../cel/program.ts';
import { type CelValue, NONE, Optional } from '../../../../cel/values/value.ts';
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../../../kubernetes/json.ts';
import { duplicateValue, forbiddenValue, invalidValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { memberSchema } from '../embedded.ts';
import { childPath, indexPath, keyPath, WHOLE } from '../paths.ts';
import type { Schema, ValidationRule } from '../schema.ts';
import { type Correlated, isMapList, itemWithKeysOf } from '../validate/correlation.ts';
import { type CompiledRule, compiledRules } from './compile.ts';
import { hasRules } from './hasRules.ts';
import { celValue } from './values.ts';

/** What all rules together may cost for one object (k8s.io/apiserver pkg/apis/cel/config.go, RuntimeCELCostBudget). */
const BUDGET = 10_000_000;
const LONGEST_MESSAGE = 5 * 1024;

/** A value, what it was, and whether what is wrong with it may stay. */
interface Place {
  readonly value: JsonValue;
  readonly old: JsonValue | undefined;
  readonly path: string;
  readonly correlated: Correlated | undefined;
  /** The nearest place above with an old value. */
  readonly above: Correlated | undefined;
}

/** @param schema of the whole object @param correlated where an update may keep what was wrong before */
export function ruleCauses(
  value: JsonValue,
  schema: Schema,
  old: JsonValue | undefined,
  correlated: Correlated | undefined,
  path = '',
): Cause[] {
  const run = new Run();
  run.visit({ value, old, path, correlated, above: undefined }, schema);
  return run.causes;
}

class Run {
  readonly causes: Cause[] = [];
  #left = BUDGET;
  #isOver = false;

  visit(place: Place, schema: Schema): void {
    if (this.#isOver || place.value === null || !hasRules(schema)) return;
    this.#rules(place, schema);
    if (isArray(place.value)) this.#items(place, place.value, schema);
    else if (isObject(place.value)) this.#members(place, place.value, schema);
  }

  #items(place: Place, list: JsonArray, schema: Schema): void {
    const { items } = schema;
    if (items === undefined) return;
    const old = isArray(place.old) && isMapList(schema) ? place.old : undefined;
    for (const [index, value] of list.entries()) {
      const below = {
        value,
        old: old === undefined ? undefined : itemWithKeysOf(old, value, schema),
        path: indexPath(place.path, index),
        correlated: place.correlated?.index(index),
        above: place.correlated ?? place.above,
      };
      this.visit(below, items);
    }
  }

  #members(place: Place, object: JsonObject, schema: Schema): void {
    const old = isObject(place.old) ? place.old : undefined;
    for (const key of Object.keys(object)) {
      const value = object[key];
      const member = memberSchema(schema, key);
      if (value === undefined || member === undefined) continue;
      const isTypeMeta = place.above === undefined && (key === 'apiVersion' || key === 'kind');
      const isProperty = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
      const below = {
        value,
        old: old === undefined ? undefined : ownMember(old, key),
        path: isProperty ? childPath(place.path, key) : keyPath(place.path, key),
        correlated: isTypeMeta ? undefined : place.correlated?.key(key),
        above: isTypeMeta ? undefined : (place.correlated ?? place.above),
      };
      this.visit(below, member);
    }
  }

  #rules(place: Place, schema: Schema): void {
    const rules = compiledRules(schema);
    if (rules.length === 0) return;
    const self = lazily(() => celValue(place.value, schema));
    const oldSelf = lazily((): CelValue | undefined => {
      return place.old === undefined || place.old === null ? undefined : celValue(place.old, schema);
    });
    for (const rule of rules) {
      if (this.#isOver) return;
      this.#rule(rule, place, schema, self, oldSelf);
    }
  }

  #rule(
    compiled: CompiledRule,
    place: Place,
    schema: Schema,
    self: () => CelValue,
    oldSelf: () => CelValue | undefined,
  ): void {
    const { rule, program, error, usesOldSelf } = compiled;
    const type = schema.type ?? '';
    const path = place.path === '' ? WHOLE : place.path;
    if (error !== undefined) this.causes.push(invalidValue(path, type, `rule compile error: ${error}`));
    if (program === undefined) return;
    const isOptional = rule.optionalOldSelf === true;
    const hasOld = place.old !== undefined && place.old !== null;
    if (usesOldSelf && !hasOld && !isOptional) return;

    const bindings = {
      self,
      oldSelf: (): CelValue => {
        const old = oldSelf();
        if (isOptional) return old === undefined ? NONE : new Optional(old);
        return old ?? null;
      },
    };
    const outcome = program.run(bindings, CALL_LIMIT);
    if (this.#isSpent(outcome, path, type)) return;
    if (!outcome.ok) {
      this.#failed(outcome, rule, path, type);
      return;
    }
    if (outcome.value === true) return;
    if (!usesOldSelf && (place.correlated ?? place.above)?.isUnchanged === true) return;

    const field = compiled.fieldPath === '' ? path : childPath(place.path, compiled.fieldPath);
    const detail = this.#message(compiled, bindings, field, type) ?? defaultMessage(rule);
    if (this.#isOver) return;
    this.causes.push(causeFor(rule, field, type, place.value, detail));
  }

  /** @returns true where the rule was the one that cost too much in all */
  #isSpent({ cost }: Outcome, path: string, type: string): boolean {
    this.#left -= cost;
    if (this.#left >= 0) return false;
    const detail = 'validation failed due to running out of cost budget, no further validation rules will be run';
    this.causes.push(invalidValue(path, type, detail));
    this.#isOver = true;
    return true;
  }

  #failed(outcome: Outcome & { ok: false }, rule: ValidationRule, path: string, type: string): void {
    const { message, isCostExceeded } = outcome;
    if (isCostExceeded) {
      const detail = `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleName(rule)}`;
      this.causes.push(invalidValue(path, type, detail));
      this.#isOver = true;
    } else if (message === 'no such overload') {
      const detail = `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleName(rule)}`;
      this.causes.push(invalidValue(path, type, detail));
    } else this.causes.push(invalidValue(path, type, `${message} evaluating rule: ${ruleName(rule)}`));
  }

  /** What the rule's own expression says; undefined where it says nothing that can be shown. */
  #message(
    { rule, message }: CompiledRule,
    bindings: Parameters<NonNullable<CompiledRule['program']>['run']>[0],
    field: string,
    type: string,
  ): string | undefined {
    if (message === undefined) return undefined;
    const outcome = message.run(bindings, CALL_LIMIT);
    this.#left -= outcome.cost;
    if (this.#left < 0 || (!outcome.ok && outcome.isCostExceeded)) {
      const detail =
        this.#left < 0
          ? 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run'
          : `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(rule.messageExpression)}`;
      this.causes.push(invalidValue(field, type, detail));
      this.#isOver = true;
      return undefined;
    }
    if (!outcome.ok || typeof outcome.value !== 'string') return undefined;
    const text = outcome.value.trim();
    return text === '' || text.includes('\n') || Buffer.byteLength(text) > LONGEST_MESSAGE ? undefined : text;
  }
}

/** Several rules look at one value. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function ruleName({ message = '', rule }: ValidationRule): string {
  return message === '' ? rule.trim() : message.trim();
}

function defaultMessage(rule: ValidationRule): string {
  return rule.message === undefined || rule.message === '' ? `failed rule: ${ruleName(rule)}` : rule.message.trim();
}

/** Of objects and lists the value is not shown. */
function causeFor(rule: ValidationRule, field: string, type: string, value: JsonValue, detail: string): Cause {
  const isLarge = type === 'object' || type === 'array';
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbiddenValue(field, detail);
    case 'FieldValueRequired':
      return requiredValue(field, detail);
    case 'FieldValueDuplicate':
      return isLarge ? { reason: rule.reason, field, message: 'Duplicate value' } : duplicateValue(field, value);
    default:
      if (!isLarge) return invalidValue(field, value, detail);
      return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` };
  }
}
