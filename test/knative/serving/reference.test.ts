/**
 * Our defaults and our validation beside Knative's own, on thousands of objects. Needs Go to build the reference program
 * once; the differences that are wanted are listed in canonical.ts.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FieldError } from '../../../src/knative/fieldError.ts';
import { applyKnativeDefaults, validate } from '../../../src/knative/serving/index.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../../src/knative/settings.ts';
import { arrayAt, isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { steps } from '../../../src/kubernetes/pointer.ts';
import { type Answer, buildReference, runReference, whyUnavailable } from '../../../tools/knative-reference/run.ts';
import { defaultsDifferences, knatives, ours } from './canonical.ts';
import { bases, settings } from './cases.ts';
import { type Mutation, mutations } from './mutations.ts';

const SEED = 20260728;
const RUNS = 3000;
const BUILD_LIMIT_MS = 15 * 60_000;

interface Case {
  readonly object: JsonObject;
  readonly settings: KnativeSettings;
  readonly old?: JsonObject;
}

const unavailable = whyUnavailable();
const isSkipped = unavailable !== undefined && process.env.CI !== 'true';
const suite = isSkipped ? describe.skip : describe;

suite(`Knative Serving's own webhook${isSkipped ? ` (skipped: ${unavailable})` : ''}`, () => {
  beforeAll(async () => {
    await buildReference();
  }, BUILD_LIMIT_MS);

  it('answers every single mutation as we do', async () => {
    const cases = bases.flatMap((base) =>
      settings
        .filter((_, index) => SETTINGS_FOR_ALL.includes(index))
        .flatMap((one) => mutations.map((mutation) => ({ object: mutate(base, mutation), settings: one }))),
    );
    expect(await disagreements(cases)).toEqual([]);
  }, 60_000);

  it(`answers ${RUNS} objects with one to three mutations as we do (seed ${SEED})`, async () => {
    expect(await disagreements(fc.sample(mutatedCase, { numRuns: RUNS, seed: SEED }))).toEqual([]);
  }, 60_000);

  it(`reads ${RUNS} texts as we do, be they images, names or paths (seed ${SEED})`, async () => {
    expect(await disagreements(fc.sample(textCase, { numRuns: RUNS, seed: SEED }))).toEqual([]);
  }, 60_000);

  it(`answers ${RUNS} updates as we do (seed ${SEED})`, async () => {
    expect(await disagreements(await withStoredObjects(fc.sample(update, { numRuns: RUNS, seed: SEED })))).toEqual([]);
  }, 60_000);
});

/** The built-in settings and every feature; the random cases take the others too. */
const SETTINGS_FOR_ALL = [0, 2];

const mutatedCase: fc.Arbitrary<Case> = fc
  .record({
    base: fc.constantFrom(...bases),
    settings: fc.constantFrom(...settings),
    changes: fc.array(fc.constantFrom(...mutations), { minLength: 1, maxLength: 3 }),
  })
  .map(({ base, settings: one, changes }) => ({ object: changes.reduce(mutate, base), settings: one }));

/** Texts out of what images, names, paths and quantities are made of, with what does not belong there. */
const text = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        'a',
        'b-c',
        '0',
        'x1',
        '.',
        '/',
        ':',
        '@',
        '-',
        '_',
        'A',
        '[',
        ']',
        '~',
        ' ',
        'é',
        '%',
        '..',
        '//',
        'sha256:',
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(`${'a'.repeat(254)}/b`, `a.b/${'c'.repeat(64)}`),
  fc.constantFrom(
    '1',
    '1.5',
    '+1',
    '-1',
    '.5',
    '5.',
    '1e3',
    '1E',
    '1Ki',
    '1ki',
    '1m',
    '0x10',
    '1 ',
    ' 1',
    '1e+3',
    '12E6',
    '1KiB',
    '1_0',
    'Inf',
  ),
  fc.constantFrom(63, 64, 128, 129, 253, 254, 255, 256).map((length) => 'a'.repeat(length)),
);

/** Places for texts, with the values that hold them. */
const textPlaces: readonly ((value: string) => Mutation)[] = [
  ...[
    '/metadata/name',
    '/metadata/generateName',
    '/spec/template/metadata/name',
    '/spec/template/spec/serviceAccountName',
    '/spec/template/spec/containers/0/image',
    '/spec/template/spec/containers/0/image',
    '/spec/template/spec/containers/0/image',
    '/spec/template/spec/containers/0/name',
    '/spec/template/spec/containers/0/volumeMounts/1/mountPath',
    '/spec/template/spec/volumes/0/name',
    '/spec/ref/name',
  ].map((path) => (value: string) => ({ path, value })),
  (value) => ({ path: '/spec/traffic', value: [{ tag: value, percent: 100 }] }),
  (value) => ({ path: '/spec/traffic', value: [{ revisionName: value, percent: 100 }] }),
  (value) => ({ path: '/spec/template/spec/containers/0/env', value: [{ name: value, value }] }),
  (value) => ({ path: '/spec/template/spec/containers/0/resources', value: { limits: { cpu: withDigit(value) } } }),
  (value) => ({ path: '/spec/template/spec/containers/0/ports', value: [{ name: value, containerPort: 80 }] }),
  (value) => ({
    path: '/spec/template/metadata/annotations',
    value: { 'queue.sidecar.serving.knative.dev/cpu-resource-limit': withDigit(value) },
  }),
  (value) => ({
    path: '/spec/template/metadata/annotations',
    value: { 'queue.sidecar.serving.knative.dev/resource-percentage': value },
  }),
];

/** Difference: a quantity without a digit, such as "m" or "-", is nought to Kubernetes; to us it is a mistake. */
function withDigit(value: string): string {
  return /\d/.test(value) ? value : `1${value}`;
}

const textCase: fc.Arbitrary<Case> = fc
  .record({ base: fc.constantFrom(...bases), place: fc.constantFrom(...textPlaces), value: text })
  .map(({ base, place, value }) => ({ object: mutate(base, place(value)), settings: settings[0] ?? DEFAULT_SETTINGS }));

const annotated = fc.constantFrom<JsonObject>(
  {},
  { 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/lastModifier': 'ann' },
  { 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/lastModifier': 'bob' },
);

interface Update {
  readonly one: Case;
  readonly change: Mutation;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** The author names the Revision. */
  readonly isNamed: boolean;
  /** Nothing but annotations changes. */
  readonly isSame: boolean;
  /** The new object is the one in the cluster, changed, and not the author's. */
  readonly isEdited: boolean;
}

const update: fc.Arbitrary<Update> = fc.record({
  one: mutatedCase,
  change: fc.constantFrom(...mutations),
  before: annotated,
  after: annotated,
  isNamed: fc.boolean(),
  isSame: fc.boolean(),
  isEdited: fc.boolean(),
});

/** What stands in the cluster has been through Knative's webhook once. */
async function withStoredObjects(updates: readonly Update[]): Promise<Case[]> {
  const authored = updates.map(({ one, before, isNamed }) => {
    const name = { path: '/spec/template/metadata/name', value: 'hello-v1' };
    return mutate(isNamed ? mutate(one.object, name) : one.object, { path: '/metadata/annotations', value: before });
  });
  const stored = await runReference(
    updates.map(({ one }, index) => ({ op: 'default', object: authored[index], config: configOf(one.settings) })),
  );

  return updates.flatMap(({ one, change, after, isSame, isEdited }, index) => {
    const old = stored[index]?.object;
    const base = isEdited ? old : authored[index];
    if (old === undefined || base === undefined) return [];
    const changed = isSame ? base : mutate(base, change);
    const object = mutate(changed, { path: '/metadata/annotations', value: after });
    return [{ object: withProtocols(object), old: withProtocols(old), settings: one.settings }];
  });
}

/** The API server fills this in from the schema, and the program that answers for Knative has no API server. */
function withProtocols(object: JsonObject): JsonObject {
  let result = object;
  const way = wayIn(object, '/spec/template/spec/containers');
  for (const [index, container] of arrayAt(object, ...way).entries()) {
    for (const [port, value] of arrayAt(container, 'ports').entries()) {
      const path = `/spec/template/spec/containers/${index}/ports/${port}/protocol`;
      if (isObject(value) && value.protocol === undefined) result = mutate(result, { path, value: 'TCP' });
    }
  }
  return result;
}

function configOf({ features, autoscaler, defaults }: KnativeSettings): object {
  return { features, autoscaler, defaults };
}

/** The cases on which we and Knative differ, as texts that say how; the first few of them. */
async function disagreements(cases: readonly Case[]): Promise<string[]> {
  const questions = cases.flatMap(({ object, old, settings: one }) => {
    const question = { object, ...(old && { old }), config: configOf(one) };
    return [
      { op: 'validate', ...question },
      { op: 'default', ...question },
    ];
  });
  const answers = await runReference(questions);

  const result: string[] = [];
  for (const [index, one] of cases.entries()) {
    const told = disagreement(one, answers[2 * index] ?? {}, answers[2 * index + 1] ?? {});
    const given = JSON.stringify({ ...one, settings: settings.indexOf(one.settings) });
    if (told.length > 0) result.push(`${told.join('\n')}\n${given}`);
    if (result.length >= 5) break;
  }
  return result;
}

function disagreement(one: Case, validated: Answer, defaulted: Answer): string[] {
  const options = one.old === undefined ? {} : { old: one.old };
  const errors = validate(one.object, one.settings, options);
  const isRefused = errors.some(isDecodeError);
  if (validated.badCase ?? validated.configError ?? validated.panic) return [`Knative: ${JSON.stringify(validated)}`];
  if (validated.decodeError !== undefined || isRefused) {
    const isSame = isRefused === (validated.decodeError !== undefined);
    return isSame ? [] : [`decoding: Knative ${validated.decodeError}, we ${JSON.stringify(errors)}`];
  }

  const object = applyKnativeDefaults(one.object, one.settings, options).object;
  // Difference: a template without a spec, or a DomainMapping without a target, is refused: nothing is filled into it,
  // and so it is never the same as what stands in the cluster.
  const specs: Record<string, string[]> = { DomainMapping: ['spec', 'ref'], Revision: ['spec'] };
  const way = specs[String(one.object.kind)] ?? ['spec', 'template', 'spec'];
  const hasSpec = one.object.kind === 'Route' || objectAt(object, ...way) !== undefined;

  const told: string[] = [];
  const our = ours(errors);
  const theirs = knatives(validated).filter((error) => hasSpec || !error.endsWith('/lastModifier'));
  for (const error of theirs) if (!our.includes(error)) told.push(`only Knative: ${error}`);
  for (const error of our) if (!theirs.includes(error)) told.push(`only we: ${error}`);

  const unknown = errors.filter(({ message }) => message.startsWith('unknown field')).map(({ path }) => path);
  if (hasSpec) told.push(...defaultsDifferences(object, defaulted.object, new Set(unknown)));
  if ((validated.strictDecodeError !== undefined) !== unknown.length > 0) {
    told.push(`unknown fields: Knative ${validated.strictDecodeError}`);
  }
  return told;
}

function isDecodeError({ message }: FieldError): boolean {
  return message.startsWith('cannot decode');
}

/** A Revision is the template itself. */
function wayIn({ kind }: JsonObject, path: string): string[] {
  const way = [...steps(path)];
  const isInTemplate = path.startsWith('/spec/template/spec/') || path.startsWith('/spec/template/metadata/');
  return kind === 'Revision' && isInTemplate ? way.slice(2) : way;
}

/** A copy of the object with the value in its place; the object itself where there is no way to that place. */
function mutate(object: JsonObject, { path, value }: Mutation): JsonObject {
  const copy = JSON.parse(JSON.stringify(object)) as JsonObject;
  const way = wayIn(object, path);
  const last = way.pop() ?? '';
  let place: JsonValue | undefined = copy;
  for (const step of way) {
    if (isArray(place)) place = place[Number(step)];
    else if (isObject(place)) place = place[step];
  }
  if (isArray(place)) (place as JsonValue[])[Math.min(Number(last), place.length)] = value ?? null;
  else if (isObject(place)) (place as Record<string, JsonValue | undefined>)[last] = value;
  return JSON.parse(JSON.stringify(copy)) as JsonObject;
}
