import { describe, expect, it } from '@jest/globals';
import { aPolicyFile, errorsOfSpec, resolveFiles } from './files.ts';

const section = (inner: string) => `  eventing: {deadLetters: {${inner}}}`;

describe('the dead letters of a policy', () => {
  it.each<[string, string[]]>([
    [section('keep: true'), []],
    [section('keep: true, storage: 64Mi, storageClass: fast, age: 1h'), []],
    [
      section('keep: true, storage: 63Mi'),
      ['policies/prod.yaml:5:49: eventing.deadLetters.storage is "63Mi", and must be 64Mi at least'],
    ],
    [
      section('keep: true, age: 59m'),
      [
        'policies/prod.yaml:5:45: eventing.deadLetters.age is "59m", and must be 1h at least: nobody could look at a letter before it goes',
      ],
    ],
    [
      section('keep: true, age: 87601h'),
      ['policies/prod.yaml:5:45: eventing.deadLetters.age is "87601h", and must be 87600h at most, which is ten years'],
    ],
    [
      section('kept: true'),
      [
        'policies/prod.yaml:5:28: unknown field "kept" in eventing.deadLetters, which has keep, storage, storageClass, age',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(errorsOfSpec(spec)).toEqual(expected);
  });

  it.each<[string, number]>([
    ['a'.repeat(50), 0],
    ['a'.repeat(51), 1],
  ])('fit into the name of a Service: %s', (name, count) => {
    const { errors } = resolveFiles({ [name]: aPolicyFile(name, section('keep: true')) });
    expect(errors).toHaveLength(count);
    for (const { message } of errors) expect(message).toMatch(/has a name of 50 at most$/);
  });
});
