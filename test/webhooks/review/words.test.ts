import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../../src/policy/engine/judge.ts';
import { auditAnnotations } from '../../../webhooks/review/audit.ts';
import { denial, warnings } from '../../../webhooks/review/words.ts';

function aFinding(message: string, path = '/spec'): Finding {
  const resource = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' };
  return { rule: 'images/tag', action: 'deny', environment: 'prod', resource, path, message };
}

const many = Array.from({ length: 300 }, (_, index) => aFinding(`image ${index} has no tag; name the version`));
const bytes = (text: string) => Buffer.byteLength(text);
/** Texts with everything that breaks terminals and headers. */
const texts = fc.array(fc.string({ unit: 'binary', maxLength: 1500, size: 'max' }), { maxLength: 12, size: 'max' });
const RUNS = { numRuns: 40 };

/** Those of a denial, which begins on a line of its own. */
function linesOf(text: string): string[] {
  const [before, ...lines] = text.split('\n');
  expect(before).toBe('');
  return lines;
}

describe('denial', () => {
  it('says rule, place, what would be right and where there is more, one finding a line', () => {
    expect(denial([aFinding('no tag'), aFinding('no name', '')])).toBe(
      '\nimages/tag at /spec: no tag. More: weir explain images/tag\nimages/tag: no name. More: weir explain images/tag',
    );
  });

  it('ends no sentence twice', () => {
    expect(denial([aFinding('no policy prd; did you mean "prod"?')])).toBe(
      '\nimages/tag at /spec: no policy prd; did you mean "prod"? More: weir explain images/tag',
    );
  });

  it('stays within 8 KiB and counts what it leaves out', () => {
    const text = denial(many);
    const told = linesOf(text).length - 1;
    expect(bytes(text)).toBeLessThanOrEqual(8000);
    expect(told).toBeGreaterThan(60);
    expect(text.endsWith(`… and ${300 - told} more; run weir check on the manifest to see all`)).toBe(true);
  });

  it('writes no more than it shows of a hundred thousand, and counts the rest of them once each', () => {
    let written = 0;
    const findings = Array.from({ length: 100_000 }, (_, index) => {
      const { message, ...rest } = aFinding(`entry ${index % 50_000} holds a credential`, `/data/${index % 50_000}`);
      return Object.defineProperty(rest, 'message', { get: read }) as Finding;

      function read(): string {
        written++;
        return message;
      }
    });
    for (const [left, told] of [
      [denial(findings), linesOf(denial(findings)).length - 1],
      [warnings(findings).at(-1) ?? '', warnings(findings).length - 1],
    ] as const) {
      expect(told).toBeGreaterThan(20);
      expect(left).toContain(`… and ${50_000 - told} more`);
    }
    // what stands twice at a place is compared, and a few are written
    expect(written).toBeLessThan(4 * (100_000 + 1000));
  });

  it('does not look through a text of megabytes for what it shows of it', () => {
    const began = performance.now();
    for (let time = 0; time < 50; time++) denial([aFinding(' a'.repeat(1_000_000))]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('cuts one sentence that is too long, and still says where there is more', () => {
    const lines = linesOf(denial([aFinding('ü'.repeat(20_000)), aFinding('no tag')]));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/ü…\. More: weir explain images\/tag$/);
    expect(bytes(lines[0] ?? '')).toBeLessThanOrEqual(1000);
  });

  it('stays bounded, plain and a line a finding, whatever a message holds', () => {
    fc.assert(
      fc.property(texts, texts, (messages, paths) => {
        const findings = messages.map((message, index) => aFinding(`${index} ${message}`, `/${paths[index] ?? ''}`));
        const text = denial(findings);
        expect(bytes(text)).toBeLessThanOrEqual(8000);
        expect(text.isWellFormed()).toBe(true);
        expect(linesOf(text).length).toBeLessThanOrEqual(Math.max(1, findings.length));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
      }),
      RUNS,
    );
  });
});

describe('warnings', () => {
  it('are one line each, whatever the message holds', () => {
    expect(warnings([aFinding('first\n  second')])).toEqual(['images/tag at /spec: first second']);
    expect(warnings([aFinding('red \u001b[31m, bell \u0007')])).toEqual([
      'images/tag at /spec: red \\u001b[31m, bell \\u0007',
    ]);
  });

  it('stay together under 4,096 bytes and count what they leave out', () => {
    const told = warnings(many);
    expect(bytes(told.join(''))).toBeLessThan(4096);
    expect(told.at(-1)).toBe(`… and ${300 - (told.length - 1)} more warnings; weir check tells all`);
  });

  it('count the backslashes of the header, and write no half of a character', () => {
    const told = warnings(many.map((_, index) => aFinding(`${index} ${'"'.repeat(50)}`)));
    expect(bytes(told.join('').replaceAll('"', '\\"'))).toBeLessThan(4096);
    expect(warnings([aFinding('half \ud83d of it')])).toEqual(['images/tag at /spec: half \ufffd of it']);
    expect(denial([aFinding('half \ud83d of it')]).isWellFormed()).toBe(true);
  });

  it('are told once where they say the same, as the API server does', () => {
    expect(warnings([aFinding('no tag'), aFinding('no tag')])).toHaveLength(1);
  });

  it('are none where nothing is wrong', () => {
    expect(warnings([])).toEqual([]);
  });

  it('pass the API server, whatever a message holds: well-formed, without control characters, under its bound', () => {
    fc.assert(
      fc.property(texts, (messages) => {
        const told = warnings(messages.map((message, index) => aFinding(`${index} "${message}\\`)));
        const header = told.map((text) => text.replaceAll(/["\\]/g, '\\$&'));
        expect(bytes(header.join(''))).toBeLessThan(4096);
        for (const text of told) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toMatch(/\p{Cc}/u);
          expect(text).not.toBe('');
        }
        if (messages.length > 0) expect(told.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });
});

describe('audit annotations', () => {
  it('have keys that the API server accepts and values that are bounded, whatever is in them', () => {
    fc.assert(
      fc.property(texts, (names) => {
        const until = new Date(0);
        const excused = names.map((name) => ({
          finding: aFinding(name),
          exception: { name, namespace: '', rules: [], kinds: [], names: [], reason: '', owner: '', until },
        }));
        const annotations = auditAnnotations({
          policy: names.join(),
          hash: '0123456789ab',
          excused,
          audited: names.map((name) => aFinding('', name)),
          breakGlass: { group: names[0] ?? 'emergency', rules: names },
        });
        for (const [key, value] of Object.entries(annotations)) {
          // k8s.io/apimachinery pkg/util/validation IsQualifiedName, behind `<webhook>/`
          expect(key).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
          expect(bytes(value)).toBeLessThanOrEqual(1024);
          expect(value.isWellFormed()).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
