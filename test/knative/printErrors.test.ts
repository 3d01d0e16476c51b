import { describe, expect, it } from '@jest/globals';
import type { FieldError } from '../../src/knative/fieldError.ts';
import { printFieldErrors } from '../../src/knative/printErrors.ts';

describe('errors as Knative prints them', () => {
  it.each<[what: string, errors: FieldError[], printed: string]>([
    ['nothing', [], ''],
    [
      'a place in a list',
      [{ path: '/spec/traffic/0/percent', message: 'expected 0 <= 101 <= 100' }],
      'expected 0 <= 101 <= 100: spec.traffic[0].percent',
    ],
    [
      'details on a line of their own',
      [{ path: '/metadata/name', message: 'invalid value: A', details: 'why' }],
      'invalid value: A: metadata.name\nwhy',
    ],
    [
      'a key with a slash',
      [{ path: '/metadata/annotations/serving.knative.dev~1creator', message: 'annotation value is immutable' }],
      'annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
    ],
    [
      'the same of several places, once each, in order',
      [
        { path: '/spec/b', message: 'missing field(s)' },
        { path: '/spec/a', message: 'missing field(s)' },
        { path: '/spec/b', message: 'missing field(s)' },
      ],
      'missing field(s): spec.a, spec.b',
    ],
    [
      'several, in the order of their sentences and details',
      [
        { path: '/c', message: 'second', details: 'two' },
        { path: '/b', message: 'second', details: 'one' },
        { path: '/a', message: 'first' },
      ],
      'first: a\nsecond: b\none\nsecond: c\ntwo',
    ],
    [
      'fields of one object, with a place each',
      [{ path: '/spec/traffic/0', message: 'expected exactly one, got both: revisionName, configurationName' }],
      'expected exactly one, got both: spec.traffic[0].configurationName, spec.traffic[0].revisionName',
    ],
  ])('%s', (_, errors, printed) => {
    expect(printFieldErrors(errors)).toBe(printed);
  });
});
