/**
 * Weir's reading of autoscaling annotations, of config-autoscaler and of Go's numbers and durations, compared with
 * Knative Serving v0.50.0 itself, text by text (tools/knative-reference).
 */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AUTOSCALING_ANNOTATIONS, AUTOSCALING_GROUP } from '../../src/knative/autoscaling/annotations.ts';
import { AUTOSCALER_CONFIG_KEYS, readAutoscalerConfig } from '../../src/knative/autoscaling/config.ts';
import {
  annotationErrors,
  validateAnnotations,
  validateObjectMetadataAnnotations,
} from '../../src/knative/autoscaling/validate.ts';
import { formatDuration, parseDuration } from '../../src/knative/duration.ts';
import {
  formatFixed,
  formatFloat,
  type Parsed,
  parseBool,
  parseFloat64,
  parseInt32,
  parseInt64,
} from '../../src/knative/goNumbers.ts';
import { numberError, quote } from '../../src/knative/goStrings.ts';
import { parsePeriod } from '../../src/knative/period.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { buildReference } from '../../tools/knative-reference/run.ts';
import { describeWithReference, differences, errorsOf, mergeErrors, REFERENCE_TIMEOUT_MS } from './referenceRun.ts';
import {
  CLASSES,
  CONFIGS,
  DURATIONS,
  EDGE_CASES,
  FLOATS,
  INTEGERS,
  METRICS,
  PERIODS,
  TEXTS,
} from './referenceValues.ts';

/** The same cases every time; change it to look elsewhere: `WEIR_SEED=7 npm test -- test/knative/reference`. */
const SEED = Number(process.env.WEIR_SEED ?? 20260821);
const SHOWN = 5;

interface GoFunction {
  readonly func: string;
  readonly texts: readonly string[];
  readonly ours: (text: string) => unknown;
}

const GO_FUNCTIONS: readonly GoFunction[] = [
  { func: 'ParseInt', texts: INTEGERS, ours: (text) => spelt('ParseInt', text, parseInt32(text)) },
  { func: 'ParseFloat', texts: FLOATS, ours: (text) => spelt('ParseFloat', text, parseFloat64(text)) },
  { func: 'ParseBool', texts: TEXTS, ours: (text) => spelt('ParseBool', text, parseBool(text)) },
  { func: 'FormatFloat', texts: FLOATS, ours: printedFloat },
  { func: 'Quote', texts: TEXTS, ours: quote },
  { func: 'ParseDuration', texts: DURATIONS, ours: ourDuration },
  { func: 'ParsePeriod', texts: PERIODS, ours: ourPeriod },
];

interface AnnotationCase {
  readonly annotations: Record<string, string>;
  readonly config: Record<string, string>;
}

describeWithReference(`Knative's own code agrees (seed ${SEED})`, () => {
  beforeAll(async () => {
    await buildReference();
  }, REFERENCE_TIMEOUT_MS);

  it('on every value of every annotation, alone, under each configuration', async () => {
    expect(await annotationDifferences(singleAnnotations())).toEqual([]);
  }, 60_000);

  it('on annotations that speak of each other', async () => {
    expect(await annotationDifferences(EDGE_CASES)).toEqual([]);
    expect(await annotationDifferences(sample(ANNOTATION_CASE, 20_000))).toEqual([]);
  }, 60_000);

  it('and every place that Weir names leads to an annotation', () => {
    for (const { annotations, config } of [...EDGE_CASES, ...sample(ANNOTATION_CASE, 2_000)]) {
      const object = { metadata: { annotations } };
      for (const { path } of validateAnnotations(
        annotations,
        '/metadata/annotations',
        readAutoscalerConfig(config).config,
      )) {
        expect(typeof resolve(object, path)).toBe('string');
      }
    }
  });

  it("on autoscaling annotations on a Service's own metadata", async () => {
    const cases = sample(fc.dictionary(fc.oneof(KEY, fc.string({ unit: 'grapheme' })), fc.string()), 2_000);
    const found = await differences(
      cases,
      (annotations) => ({ op: 'annotations', metadata: true, annotations }),
      (annotations) =>
        mergeErrors(validateObjectMetadataAnnotations(annotations, '').map((one) => ({ ...one, paths: [''] }))),
      errorsOf,
    );
    expect(found.slice(0, SHOWN)).toEqual([]);
  }, 60_000);

  it('on config-autoscaler: each value, and the first complaint about an invalid one', async () => {
    const cases = [...singleSettings(), ...sample(CONFIG_DATA, 20_000)];
    const found = await differences(
      cases,
      (config) => ({ op: 'autoscaler-config', config }),
      ourConfig,
      ({ config, configError }) => configError?.replace(/^failed to parse data: /, '') ?? inOrder(config ?? {}),
    );
    expect(found.slice(0, SHOWN)).toEqual([]);
  }, 60_000);

  it.each(GO_FUNCTIONS)(
    'on $func',
    async ({ func, texts, ours }) => {
      const found = await differences(
        [...texts, ...sample(mutated(texts), 10_000)],
        (value) => ({ op: 'go', func, value, bits: 32 }),
        ours,
        (answer) => (func === 'ParsePeriod' ? knativePeriod(answer) : (answer.error ?? answer.value)),
      );
      expect(found.slice(0, SHOWN)).toEqual([]);
    },
    60_000,
  );

  it('on ParseInt of 64 bits', async () => {
    const found = await differences(
      [...INTEGERS, ...sample(mutated(INTEGERS), 5_000)],
      (value) => ({ op: 'go', func: 'ParseInt', value, bits: 64 }),
      (text) => spelt('ParseInt', text, parseInt64(text)),
      (answer) => answer.error ?? answer.value,
    );
    expect(found.slice(0, SHOWN)).toEqual([]);
  }, 60_000);
});

const KEY = fc.constantFrom(...AUTOSCALING_ANNOTATIONS.flat(), `${AUTOSCALING_GROUP}/stable-window`, 'example.com/x');
const ANY_VALUE = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...INTEGERS) },
  { weight: 2, arbitrary: fc.integer({ min: -1, max: 6 }).map(String) },
  { weight: 3, arbitrary: fc.constantFrom(...FLOATS) },
  { weight: 3, arbitrary: fc.constantFrom(...DURATIONS) },
  { weight: 1, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string() },
);

/** Mostly values of the key's own sort, so that the rules behind the parsing are reached. */
function valueFor(key: string): fc.Arbitrary<string> {
  const usual = usualValues(key);
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: ANY_VALUE });
}

function usualValues(key: string): fc.Arbitrary<string> {
  const name = key.slice(AUTOSCALING_GROUP.length + 1).toLowerCase();
  if (name === 'class') return fc.constantFrom(...CLASSES);
  if (name.startsWith('metric')) return fc.constantFrom(...METRICS);
  if (name.endsWith('scale')) return fc.integer({ min: -1, max: 6 }).map(String);
  if (/window$|delay|period/.test(name)) return fc.constantFrom(...DURATIONS);
  return fc.constantFrom(...FLOATS);
}

const ANNOTATION_CASE: fc.Arbitrary<AnnotationCase> = fc.record({
  annotations: fc
    .array(
      KEY.chain((key) => valueFor(key).map((value) => [key, value] as const)),
      { maxLength: 10 },
    )
    .map((entries) => Object.fromEntries(entries)),
  config: fc.constantFrom(...CONFIGS),
});

const CONFIG_DATA = fc
  .array(
    fc
      .constantFrom<string>(...AUTOSCALER_CONFIG_KEYS, 'tick-interval')
      .chain((key) =>
        fc
          .oneof({ weight: 4, arbitrary: usualSetting(key) }, { weight: 1, arbitrary: ANY_VALUE })
          .map((value) => [key, value] as const),
      ),
    { maxLength: 8 },
  )
  .map((entries): Record<string, string> => Object.fromEntries(entries));

/** The values with a mark changed, doubled or taken away: where a parser and its copy part ways. */
function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const mark = fc.constantFrom(...'0123456789+-._eExXpPaAfFnNtTsSmMhHdDwWyY ,µ\u0000"');
  return fc
    .tuple(
      fc.constantFrom(...texts),
      fc.nat(),
      fc.constantFrom('insert', 'replace', 'remove', 'join'),
      mark,
      fc.constantFrom(...texts),
    )
    .map(([text, at, how, character, other]) => {
      const index = at % (text.length + 1);
      if (how === 'join') return text + other;
      if (how === 'insert') return text.slice(0, index) + character + text.slice(index);
      return text.slice(0, index) + (how === 'replace' ? character : '') + text.slice(index + 1);
    })
    .map((text) => text.toWellFormed());
}

function usualSetting(key: string): fc.Arbitrary<string> {
  if (key === 'pod-autoscaler-class') return fc.constantFrom(...CLASSES, ' hpa.autoscaling.knative.dev\n');
  if (key.startsWith('enable') || key.startsWith('allow')) return fc.constantFrom('true', 'false', 'T', '0', 'yes');
  if (/window$|delay|period/.test(key)) return fc.constantFrom(...DURATIONS);
  if (/scale$|limit$/.test(key)) return fc.integer({ min: -1, max: 6 }).map(String);
  return fc.constantFrom(...FLOATS);
}

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED });
}

function singleAnnotations(): AnnotationCase[] {
  const values = [...new Set([...INTEGERS, ...FLOATS, ...DURATIONS, ...CLASSES, ...METRICS, ...TEXTS])];
  const cases: AnnotationCase[] = [];
  for (const key of AUTOSCALING_ANNOTATIONS.flat()) {
    for (const value of values) {
      for (const config of CONFIGS) cases.push({ annotations: { [key]: value }, config });
    }
  }
  return cases;
}

function singleSettings(): Record<string, string>[] {
  const values = [...INTEGERS, ...FLOATS, ...DURATIONS, ...TEXTS];
  return AUTOSCALER_CONFIG_KEYS.flatMap((key) => values.map((value) => ({ [key]: value })));
}

async function annotationDifferences(cases: readonly AnnotationCase[]): Promise<unknown[]> {
  const found = await differences(
    cases,
    ({ annotations, config }) => ({ op: 'annotations', annotations, config }),
    ({ annotations, config }) => mergeErrors(annotationErrors(annotations, readAutoscalerConfig(config).config)),
    (answer) => answer.configError ?? errorsOf(answer),
  );
  return found.slice(0, SHOWN);
}

const WHOLE_SETTINGS = ['initialScale', 'minScale', 'maxScale', 'maxScaleLimit'];

/** As the reference program spells it: floats and durations as Go prints them. */
function ourConfig(data: Record<string, string>): unknown {
  const { config, problems } = readAutoscalerConfig(data);
  if (problems[0] !== undefined) return problems[0].message;
  return inOrder(
    Object.fromEntries(
      Object.entries(config).map(([name, value]) => {
        if (typeof value === 'bigint') return [name, formatDuration(value)];
        if (typeof value === 'number' && !WHOLE_SETTINGS.includes(name)) return [name, formatFloat(value)];
        return [name, value];
      }),
    ),
  );
}

function inOrder(object: object): unknown {
  return Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function spelt(
  func: 'ParseInt' | 'ParseFloat' | 'ParseBool',
  text: string,
  parsed: Parsed<number | bigint | boolean>,
): string {
  if (!parsed.ok) return numberError(func, text, parsed.reason);
  return typeof parsed.value === 'number' && func === 'ParseFloat' ? formatFloat(parsed.value) : String(parsed.value);
}

function printedFloat(text: string): string {
  const parsed = parseFloat64(text);
  if (!parsed.ok) return numberError('ParseFloat', text, parsed.reason);
  return `${formatFloat(parsed.value)} ${formatFixed(parsed.value)}`;
}

function ourDuration(text: string): string {
  const parsed = parseDuration(text);
  return parsed.ok ? formatDuration(parsed.value) : parsed.reason;
}

function ourPeriod(text: string): unknown {
  const parsed = parsePeriod(text);
  return parsed.ok ? { nanoseconds: String(parsed.nanoseconds), isZero: parsed.isZero } : 'refused';
}

/** Its library panics on a lone sign; the webhook then refuses with a server error, and Weir with a sentence. */
function knativePeriod(answer: { error?: string; panic?: string; nanoseconds?: string; isZero?: boolean }): unknown {
  if (answer.error !== undefined || answer.panic !== undefined) return 'refused';
  return { nanoseconds: answer.nanoseconds, isZero: answer.isZero };
}
