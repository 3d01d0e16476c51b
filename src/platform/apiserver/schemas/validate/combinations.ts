/** `anyOf`, `oneOf`, `allOf` and `not` (k8s.io/kube-openapi pkg/validation/validate/schema_props.go). */
import type { Schema } from '../schema.ts';
import type { Judged } from './keywords.ts';
import { Result } from './result.ts';

type Judge = (judged: Judged, schema: Schema) => Result;

export function combinations(judged: Judged, schema: Schema, judge: Judge): Result {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const result = new Result();
  const path = JSON.stringify(judged.path);
  if (anyOf.length > 0) judgeAny(judged, anyOf, judge, path, result);
  if (oneOf.length > 0) judgeOne(judged, oneOf, judge, path, result);

  const results = allOf.map((each) => judge(judged, each));
  const count = results.filter(({ isValid }) => isValid).length;
  for (const each of results) result.merge(each);
  if (count !== allOf.length) {
    result.composite(`${path} must validate all the schemas (allOf)${count === 0 ? '. None validated' : ''}`);
  }
  if (not !== undefined && judge(judged, not).isValid) result.composite(`${path} must not validate the schema (not)`);
  result.matches++;
  return result;
}

function judgeAny(judged: Judged, schemas: readonly Schema[], judge: Judge, path: string, result: Result): void {
  let closest: Result | undefined;
  for (const schema of schemas) {
    const each = judge(judged, schema);
    if (each.isValid) {
      result.merge(each);
      return;
    }
    if (closest === undefined || each.matches > closest.matches) closest = each;
  }
  result.composite(`${path} must validate at least one schema (anyOf)`);
  if (closest !== undefined) result.merge(closest);
}

function judgeOne(judged: Judged, schemas: readonly Schema[], judge: Judge, path: string, result: Result): void {
  const results = schemas.map((schema) => judge(judged, schema));
  const valid = results.filter(({ isValid }) => isValid);
  const [first] = valid;
  if (valid.length === 1 && first !== undefined) {
    result.merge(first);
    return;
  }
  const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
  result.composite(`${path} must validate one and only one schema (oneOf). ${found}`);
  if (valid.length > 0) return;
  let closest: Result | undefined;
  for (const each of results) {
    if (closest === undefined || each.matches > closest.matches) closest = each;
  }
  if (closest !== undefined) result.merge(closest);
}
