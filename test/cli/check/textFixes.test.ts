/** The fixes of `-o sarif`: carried out as an editor would, they do to the text what the JSON Patch does to the object. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';
import { rules } from '../../../src/policy/rules/index.ts';
import { folderWith, weir } from '../harness.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const schemaFile = path.join(ROOT, 'test/report/testdata/sarif-schema-2.1.0.json');
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
const isSarif = new Ajv({ strict: false, validateFormats: false }).compile(schema);

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Result {
  readonly ruleId: string;
  readonly properties: { readonly fix?: readonly PatchOperation[]; readonly resource: { readonly name: string } };
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly artifactLocation: { readonly uri: string };
      readonly replacements: readonly { readonly deletedRegion: Region; readonly insertedContent?: { text: string } }[];
    }[];
  }[];
}

async function resultsOf(text: string, environment: string): Promise<readonly Result[]> {
  const cwd = folderWith({ '.git/HEAD': '', 'a b.yaml': text });
  const args = ['check', '.', '--env', environment, '--policies', path.join(ROOT, 'policies'), '-o', 'sarif'];
  const { stdout } = await weir([...args, '--allow-empty'], { cwd });
  const sarif = JSON.parse(stdout);
  expect(isSarif(sarif) ? [] : isSarif.errors).toEqual([]);
  return sarif.runs[0].results;
}

/** From behind, so that no replacement moves the place of another. */
function carriedOut(text: string, { fixes = [] }: Result): string {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const offsetOf = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  let result = lines.join('\n');
  for (const { artifactChanges } of fixes) {
    for (const { artifactLocation, replacements } of artifactChanges) {
      expect(artifactLocation).toEqual({ uri: 'a%20b.yaml', uriBaseId: 'SRCROOT' });
      for (const { deletedRegion, insertedContent } of replacements.toReversed()) {
        const start = offsetOf(deletedRegion.startLine, deletedRegion.startColumn);
        const end = offsetOf(deletedRegion.endLine, deletedRegion.endColumn);
        expect(end).toBeGreaterThanOrEqual(start);
        result = result.slice(0, start) + (insertedContent?.text ?? '') + result.slice(end);
      }
    }
  }
  return result;
}

function documentsIn(text: string): readonly JsonValue[] {
  return readYaml(text, '-').documents.map(({ value }) => value);
}

/** One of the documents with the patch carried out, the others as they were: which one, the text has to show. */
function expectPatched(before: string, after: string, fix: readonly PatchOperation[]): void {
  const old = documentsIn(before);
  const found = documentsIn(after);
  expect(found).toHaveLength(old.length);
  const changed = old.flatMap((value, index) =>
    JSON.stringify(value) === JSON.stringify(found[index]) ? [] : [index],
  );
  for (const index of changed) {
    let expected = old[index] ?? null;
    for (const operation of fix) expected = applyPatchOperation(expected, operation);
    expect(found[index]).toEqual(expected);
  }
  expect(changed).toHaveLength(1);
}

describe('the text fixes of -o sarif', () => {
  it.each(rules.map((rule) => [rule.id, rule] as const))('do what the patches do: %s', async (_id, { examples }) => {
    for (const ending of ['\n', '\r\n']) {
      const text = `\ufeff# before\n${examples.bad}# behind\n`.replaceAll('\n', ending);
      for (const result of await resultsOf(text, examples.environment ?? 'prod')) {
        const { fix } = result.properties;
        const removesAll = fix?.some(({ path: at }) => at === '') === true;
        expect(result.fixes !== undefined).toBe(fix !== undefined && !removesAll);
        if (fix === undefined || removesAll) continue;
        const after = carriedOut(text, result);
        expectPatched(text.slice(1), after, fix);
        expect(after).toMatch(/^# before\r?\n/);
        expect(after).toMatch(/# behind\r?\n$/);
      }
    }
  });

  const cart = (image: string) => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: ${image} # built by CI
        imagePullSecrets: [{name: regcred}]
        env: [{name: DB_PASSWORD, value: hunter2-hunter2}]
        securityContext: {privileged: true}
`;

  it('name the places that change, and repeat nothing that stays', async () => {
    const results = await resultsOf(cart('registry.example.com/shop/cart:1.4.2'), 'prod');
    const moved = results.find(({ ruleId }) => ruleId === 'images/pull-secret-misplaced');
    expect(moved?.fixes?.[0]?.artifactChanges[0]?.replacements).toEqual([
      { deletedRegion: { startLine: 9, startColumn: 1, endLine: 10, endColumn: 1 } },
      {
        deletedRegion: { startLine: 11, startColumn: 44, endLine: 11, endColumn: 44 },
        insertedContent: { text: '\n      imagePullSecrets:\n      - name: regcred' },
      },
    ]);
    expect(JSON.stringify(results.map(({ fixes }) => fixes))).not.toContain('hunter2');
  });

  it('are left out for standard input', async () => {
    const args = ['check', '-', '--env', 'prod', '--policies', path.join(ROOT, 'policies'), '-o', 'sarif'];
    const { stdout } = await weir(args, { stdin: cart('registry.example.com/shop/cart:1.4.2'), cwd: folderWith({}) });
    const results: readonly Result[] = JSON.parse(stdout).runs[0].results;
    expect(results.some(({ properties }) => properties.fix !== undefined)).toBe(true);
    expect(results.filter(({ fixes }) => fixes !== undefined)).toEqual([]);
  });

  it('come for the first two hundred', async () => {
    const text = Array.from({ length: 210 }, (_, index) =>
      cart('nginx:1').replace('name: cart', `name: cart-${index}`),
    ).join('---\n');
    const results = await resultsOf(text, 'prod');
    expect(results.filter(({ fixes }) => fixes !== undefined)).toHaveLength(200);
  });
});
