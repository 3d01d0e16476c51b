/**
 * One engine, two doors: what `weir check` says of a manifest, `kubectl apply` says under admission, and what Knative
 * itself refuses, check has refused before.
 *
 * Of another folder than the fixtures:
 *
 *   WEIR_MANIFESTS=/some/folder npm run test:cluster -- test/cluster/admission/verdicts
 */
import { describe, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { entriesOf, objectsAt, objectsOf, only, textsAt } from '../../overlays/read.ts';
import { cluster } from '../harness/cluster.ts';
import { useWeir } from './harness/weir.ts';
import { askingWithoutWeir, type Compared, compare } from './verdicts/compare.ts';
import { documentsIn } from './verdicts/documents.ts';

const given = process.env.WEIR_MANIFESTS;
const FIXTURES = 'test/cluster/fixtures';
const folder = given ?? FIXTURES;
const { documents, unreadable } = documentsIn(folder);
const controlPlane = cluster();
const GRADE = 'prod';
const MINUTES = 10;

describe(`the ${documents.length} documents of ${folder}`, () => {
  const weir = useWeir(controlPlane, { grade: GRADE });
  const withoutWeir = askingWithoutWeir(controlPlane);

  it.each(['dev', 'staging', 'prod'])(
    'get the same verdict twice in %s',
    async (environment) => {
      const options = { environment, grade: GRADE, withoutWeir, isDryRun: given === undefined };
      const compared = await compare(controlPlane, weir().server(), documents, options);
      if (given !== undefined) process.stdout.write(figures(environment, compared));
      const different = compared.filter(({ differences }) => differences.length > 0);
      expect(different.map(({ title, kind, differences }) => ({ title, kind, differences }))).toEqual([]);
    },
    MINUTES * 60_000,
  );
});

describe('the fixtures', () => {
  it('have every kind that the API server asks Weir to judge', async () => {
    const configurations = objectsOf('overlays/base/validating-webhooks.yaml');
    const entry = entriesOf(only(configurations, 'ValidatingWebhookConfiguration')).get('prod.policy.weir.dev') ?? {};
    const asked = objectsAt(entry, 'rules').flatMap((rule) =>
      textsAt(rule, 'apiGroups').flatMap((group) =>
        textsAt(rule, 'resources').map((resource) => `${resource}${group === '' ? '' : `.${group}`}`),
      ),
    );
    const kinds = documentsIn(FIXTURES).documents.map(({ object }) => pluralOf(object));
    expect(asked.filter((resource) => !kinds.includes(resource))).toEqual([]);
  });
});

/** The kinds of the fixtures are regular, but for those that end in y. */
function pluralOf(object: JsonObject): string {
  const kind = (stringAt(object, 'kind') ?? '').toLowerCase();
  const group = groupOf(stringAt(object, 'apiVersion') ?? '');
  return `${kind.endsWith('y') ? `${kind.slice(0, -1)}ie` : kind}s${group === '' ? '' : `.${group}`}`;
}

/** For whoever runs it by hand. */
function figures(environment: string, compared: readonly Compared[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, without } of compared) {
    const key = `${outcome} (without Weir: ${without})`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [
    `${environment}: ${compared.length} documents`,
    ...[...counts].map(([key, count]) => `  ${count} ${key}`),
  ];
  for (const { title, kind, outcome, differences, remarks } of compared) {
    const told = [...differences.map((each) => `DIFFERS ${each}`), ...remarks];
    if (told.length > 0) lines.push(`  ${title} ${kind}: ${outcome}`, ...told.map((each) => `    ${each}`));
  }
  return `${[...lines, ...unreadable.map((each) => `  unreadable: ${each}`)].join('\n')}\n`;
}
