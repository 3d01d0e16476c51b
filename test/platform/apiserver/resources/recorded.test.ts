/** The built-in kinds beside what a real kube-apiserver said: tools/resources-reference/record.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { mergePatch } from '../../../../src/platform/apiserver/patch/mergePatch.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import type { Resource } from '../../../../src/platform/apiserver/resources/resource.ts';

const NOW = new Date('2026-11-21T20:00:00Z');
const UID = '5f2bb2a8-6d3c-4e1e-9a52-4b0c0b0a7f11';
const recorded: JsonObject = JSON.parse(
  readFileSync('test/platform/apiserver/resources/testdata/recorded.json', 'utf8'),
);
const creates = arrayAt(recorded, 'creates').filter(isObject);
const updates = arrayAt(recorded, 'updates').filter(isObject);
const resources = builtinResources();

/** What is another thing here, by design: docs/platform.md. */
const OTHERWISE: Readonly<Record<string, string>> = {
  's-docker2': 'the words of Go about faulty JSON',
};

describe('creating', () => {
  it.each(creates.map((one) => [nameOf(one), one] as const).filter(([name]) => OTHERWISE[name] === undefined))(
    '%s',
    (_name, { object, answer, causes }) => {
      const { made, found } = create(isObject(object) ? object : {});
      if (answer === undefined) {
        expect(sorted(found)).toEqual(sorted(causes));
        return;
      }
      expect(found).toEqual([]);
      expect(comparable(made)).toEqual(comparable(answer));
    },
  );
});

describe('changing', () => {
  it.each(updates.map((one) => [`${String(one.name)} by ${JSON.stringify(one.patch)}`, one] as const))(
    '%s',
    (_name, { old, patch, answer, causes }) => {
      const before = isObject(old) ? old : {};
      const { strategy } = resourceOf(before);
      const change = { now: NOW, subresource: '' };
      const next = strategy.beforeUpdate(
        strategy.withDefaults(asObject(mergePatch(before, patch ?? {}))),
        before,
        change,
      );
      const found = strategy.validate(next, before, change);
      if (answer === undefined) {
        expect(sorted(found.map(shortened))).toEqual(sorted(arrayAt({ causes }, 'causes').map(shortened)));
        return;
      }
      expect(found).toEqual([]);
      expect(comparable(next)).toEqual(comparable(answer));
    },
  );
});

function create(object: JsonObject) {
  const resource = resourceOf(object);
  const change = { now: NOW, subresource: '' };
  const metadata = {
    ...objectAt(object, 'metadata'),
    uid: UID,
    ...(resource.isNamespaced && { namespace: 'reference' }),
  };
  const made = resource.strategy.beforeCreate(resource.strategy.withDefaults({ ...object, metadata }), change);
  return { made, found: resource.strategy.validate(made, undefined, change) };
}

function resourceOf(object: JsonObject): Resource {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const found = resources.find(
    ({ group, version, kind }) =>
      kind === object.kind && apiVersion === (group === '' ? version : `${group}/${version}`),
  );
  if (found === undefined) throw new Error(`nothing serves ${apiVersion} ${String(object.kind)}`);
  return found;
}

function nameOf({ object }: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Go walks its maps in any order, so that causes come in any order. */
function sorted(causes: unknown): string[] {
  return arrayAt({ causes: JSON.parse(JSON.stringify(causes)) }, 'causes')
    .map((cause) => JSON.stringify(cause, ['reason', 'field', 'message']))
    .sort();
}

/** Without the difference of two structs that Go prints. */
function shortened(cause: unknown): unknown {
  const text = JSON.stringify(cause);
  const end = text.indexOf('\\n');
  return end < 0 ? cause : { ...asObject(cause), message: stringAt(asObject(cause), 'message')?.split('\n')[0] };
}

/** Without what the server chooses, and what only controllers there can take away again. */
function comparable(object: unknown): unknown {
  const text = JSON.stringify(object)
    .replaceAll(/"10\.(?:0|96)\.[0-9]+\.[0-9]+"/g, '"<address>"')
    .replaceAll(UID, '<uid>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/"lastPhaseTransitionTime":"[^"]*"/g, '"lastPhaseTransitionTime":"<time>"')
    .replaceAll(/,?"finalizers":\["kubernetes.io\/pvc?-protection"\]/g, '')
    .replaceAll(/"taints":\[\{"key":"node.kubernetes.io\/not-ready","effect":"NoSchedule"\}\]/g, '');
  const value: unknown = JSON.parse(text);
  const { uid: _uid, creationTimestamp: _time, ...metadata } = asObject(objectAt(asObject(value), 'metadata'));
  return { ...asObject(value), metadata };
}
