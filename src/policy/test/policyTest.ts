/**
 * Tests that people write for their policies (docs/policy-tests.md): objects in, expected findings and defaults out.
 * What belongs in this folder: the document, its reading and its run; printing and exit codes are the command's.
 */
import type { JsonObject, JsonValue } from '../../kubernetes/json.ts';
import { type JsonSchema, section, textList } from '../model/bounds.ts';
import { API_VERSION } from '../model/schema.ts';

export interface PolicyTestSpec {
  readonly environment: string;
  /** Only findings of these rules count (`images/tag`, `autoscaling/*`); all of them where it is left out. */
  readonly rules?: readonly string[];
  /** The moment of judgement, by which exceptions expire. */
  readonly now?: string;
  readonly objects?: readonly JsonObject[];
  /** Manifests, by their path from the test's own file. */
  readonly files?: readonly string[];
  /** Objects as they were before an update, found by kind, namespace and name. */
  readonly old?: readonly JsonObject[];
  readonly expect: readonly ExpectedFinding[];
  readonly defaults?: readonly ExpectedDefault[];
}

/** What is left out may be anything; `object` and `message` may have `*` for any text. */
export interface ExpectedFinding {
  readonly rule: string;
  readonly action?: 'deny' | 'warn' | 'audit';
  /** `Service/cart`. */
  readonly object?: string;
  readonly path?: string;
  readonly message?: string;
}

export interface ExpectedDefault {
  readonly object?: string;
  readonly path: string;
  /** Left out, any value will do; `null` means that nothing is filled in there. */
  readonly value?: JsonValue;
}

/** A test as it is run. */
export interface PolicyTest {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly spec: PolicyTestSpec;
  /** `spec.objects` and what `spec.files` hold. */
  readonly objects: readonly JsonObject[];
}

const text: JsonSchema = { type: 'string', minLength: 1 };
const path: JsonSchema = { type: 'string', format: 'json-pointer-or-empty' };
const objects: JsonSchema = {
  type: 'array',
  items: { type: 'object', required: ['apiVersion', 'kind'], properties: { apiVersion: text, kind: text } },
};

const expectedFinding: JsonSchema = {
  ...section('A finding', {
    rule: text,
    action: { enum: ['deny', 'warn', 'audit'] },
    object: text,
    path,
    message: text,
  }),
  required: ['rule'],
};

const expectedDefault: JsonSchema = {
  ...section('A value that the policy fills in', {
    object: text,
    path,
    value: {},
  }),
  required: ['path'],
};

export const policyTestSchema: JsonSchema = {
  ...section('A test of a policy', {
    apiVersion: { const: API_VERSION },
    kind: { const: 'PolicyTest' },
    metadata: { ...section('Who it is', { name: text }), required: ['name'] },
    spec: {
      ...section('What goes in and what comes out', {
        environment: text,
        rules: textList('rules whose findings count'),
        now: { type: 'string', format: 'moment' },
        objects,
        files: textList('manifests, by their path from this file'),
        old: objects,
        expect: { type: 'array', items: expectedFinding },
        defaults: { type: 'array', items: expectedDefault },
      }),
      required: ['environment', 'expect'],
    },
  }),
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
};
