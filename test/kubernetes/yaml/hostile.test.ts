import { describe, expect, it } from '@jest/globals';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';

const DEEP = 100_000;
const HEAD = 'apiVersion: v1\nkind: A\n';

/** Ten to the power of `levels` nodes from a few lines. */
function laughs(levels: number): string {
  let text = 'l0: &l0 [lol]\n';
  for (let level = 1; level <= levels; level++) {
    text += `l${level}: &l${level} [${Array(10)
      .fill(`*l${level - 1}`)
      .join(', ')}]\n`;
  }
  return HEAD + text;
}

function nestedBlocks(depth: number): string {
  let text = HEAD;
  for (let level = 0; level < depth; level++) text += `${' '.repeat(level)}a:\n`;
  return text;
}

describe('hostile input', () => {
  it.each<[name: string, text: () => string, reason: string, message: RegExp]>([
    [
      'deep brackets',
      () => `${HEAD}a: ${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
      'limit',
      /nest more than 1000 levels deep/,
    ],
    [
      'deep braces that never close',
      () => `${HEAD}a: ${'{a: '.repeat(DEEP)}`,
      'limit',
      /nest more than 1000 levels deep/,
    ],
    ['deep JSON', () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, 'limit', /nest more than 1000 levels deep/],
    ['deep blocks', () => nestedBlocks(2000), 'limit', /nest more than 1000 levels deep/],
    ['deep lists on one line', () => `${HEAD}a:\n${'- '.repeat(DEEP)}x`, 'limit', /nest more than 1000 levels deep/],
    ['deep keys', () => '? '.repeat(DEEP), 'limit', /nest more than 1000 levels deep/],
    ['a billion laughs', () => laughs(9), 'limit', /aliases unfold to far more than is written/],
    [
      'many aliases of a long list',
      () => `${HEAD}a: &a [${'x,'.repeat(5000)}]\nb: [${'*a,'.repeat(5000)}]`,
      'limit',
      /aliases unfold to far more than is written/,
    ],
    [
      'merges that double',
      () => `${HEAD}a: &a {x: 1}\n${doublingMerges(25)}`,
      'limit',
      /aliases unfold to far more than is written/,
    ],
    [
      'nothing but values',
      () => `${HEAD}a: [${'0,'.repeat(3_000_000)}]`,
      'limit',
      /more than two million lines and values/,
    ],
    [
      'nothing but values in JSON',
      () => `{"a":[${'0,'.repeat(4_500_000)}0]}`,
      'limit',
      /more than four million values/,
    ],
    ['braces', () => '{{'.repeat(DEEP), 'limit', /nest more than 1000 levels deep/],
    ['a string without an end', () => `${HEAD}a: "${'x\n  '.repeat(DEEP)}`, 'syntax', /double quoted scalar; close it/],
    [
      'a key of a million characters',
      () => `${HEAD}${'k'.repeat(1_000_000)}: 1`,
      'syntax',
      /longer than 1024 characters/,
    ],
    ['lines that go on too far left', () => `${HEAD}a: [\n${'1,\n'.repeat(5000)}]`, 'syntax', /deficient indentation/],
  ])('of %s is one error', (_name, text, reason, message) => {
    const { documents, errors } = readManifests(text(), 'x.yaml');
    expect(documents).toEqual([]);
    expect(errors).toMatchObject([{ reason, message: expect.stringMatching(message) }]);
  });

  it.each<[name: string, value: () => string]>([
    ['a line of a million letters', () => 'x'.repeat(1_000_000)],
    ['a million escapes', () => `"${'\\n'.repeat(1_000_000)}"`],
    ['a million digits', () => '1'.repeat(1_000_000)],
    ['a million underscores', () => '1_'.repeat(1_000_000)],
    ['900 levels', () => `${'['.repeat(900)}${']'.repeat(900)}`],
    ['a thousand laughs', () => '&a [1,2,3,4,5,6,7,8,9,10]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]'],
  ])('may be %s', (_name, value) => {
    const { documents, errors } = readManifests(`${HEAD}a: ${value()}\n`, 'x.yaml');
    expect(errors).toEqual([]);
    expect(documents.length).toBe(1);
  });

  it('of many small bombs ends with the budget of the file', () => {
    const bomb = `a: &a [${'1,'.repeat(1000)}]\nb: [${'*a,'.repeat(50)}]\n`;
    const { documents, errors } = readManifests(`${`${HEAD}${bomb}---\n`.repeat(50)}`, 'x.yaml');
    expect(documents.length).toBeGreaterThan(1);
    expect(documents.length).toBeLessThan(50);
    expect(errors[0]).toMatchObject({ reason: 'limit' });
  });

  it('of twenty thousand broken documents ends after a thousand errors', () => {
    const { errors } = readManifests('a: [\n---\n'.repeat(20_000), 'x.yaml');
    expect(errors.length).toBe(1001);
    expect(errors.at(-1)?.message).toBe('the file has 1000 errors; nothing is read from here on');
  });

  it('of more than a hundred thousand documents ends there', () => {
    const { documents, errors } = readManifests('kind: A\napiVersion: v1\n---\n'.repeat(110_000), 'x.yaml');
    expect(documents.length).toBe(100_000);
    expect(errors).toMatchObject([{ line: 300_001, message: expect.stringContaining('more than 100000 documents') }]);
  });

  it('leaves the documents beside it readable', () => {
    const text = `${HEAD}---\n${laughs(9)}---\n${HEAD}---\n${'['.repeat(DEEP)}\n---\n${HEAD}`;
    const { documents, errors } = readManifests(text, 'x.yaml');
    expect(documents.length).toBe(3);
    expect(errors.map(({ reason }) => reason)).toEqual(['limit', 'limit']);
  });
});

function doublingMerges(levels: number): string {
  let text = 'm0: &m0 {<<: *a}\n';
  for (let level = 1; level < levels; level++) {
    text += `m${level}: &m${level} {<<: [*m${level - 1}, *m${level - 1}]}\n`;
  }
  return text;
}
