/** Sets of fields as managedFields hold them (sigs.k8s.io/structured-merge-diff/v6 fieldpath/serialize.go). */
import { isObject, type JsonObject, type JsonValue, setOwn } from '../../../../kubernetes/json.ts';
import { readElement } from './element.ts';
import { FieldSet } from './set.ts';

/** @returns `{"f:spec":{"f:replicas":{}}}`, where `.` says that what holds it is a member too */
export function writeFields(set: FieldSet): JsonObject {
  return write(set, false);
}

function write(set: FieldSet, isMember: boolean): JsonObject {
  const fields: { [key: string]: JsonValue | undefined } = {};
  if (isMember) fields['.'] = {};
  for (const { element, isMember: isSelf, children } of set.entries()) {
    setOwn(fields, element.text, children === undefined ? {} : write(children, isSelf));
  }
  return fields;
}

/** @throws where it is no set of fields */
export function readFields(fields: JsonValue): FieldSet {
  return read(fields).children ?? new FieldSet();
}

function read(fields: JsonValue): { children: FieldSet | undefined; isMember: boolean } {
  if (fields !== null && !isObject(fields)) throw new Error('fieldsV1 holds what is no object');

  const children = new FieldSet();
  let isMember = false;
  let isAny = false;
  for (const key of Object.keys(fields ?? {})) {
    if (key === '.') {
      isMember = true;
      continue;
    }
    const element = readElement(key);
    if (element === undefined) continue; // a later version may know what it is
    const inner = read(fields?.[key] ?? null);
    children.add(element, inner.isMember, inner.children);
    isAny = true;
  }
  return isAny ? { children, isMember } : { children: undefined, isMember: true };
}
