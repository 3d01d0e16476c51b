/** Whose an object is, by what the API server says of who wrote its marks. */
import { describe, expect, it } from '@jest/globals';
import { ADOPTED, APPLIED, ARGO_LABEL, MANAGED_BY } from '../../src/guardrails/marks.ts';
import { asAdopted, asOurs, FIELD_MANAGER, isOurs, wasMadeByUs } from '../../src/guardrails/owner.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../src/kubernetes/object.ts';

const WANTED: JsonObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'weir-quota', namespace: 'shop', labels: { [MANAGED_BY]: 'weir', 'weir.dev/guard-rail': 'quota' } },
};
const MADE = asOurs(WANTED, WANTED);
const TAKEN_ON = asAdopted(WANTED, WANTED);

/** As the server gives what Weir applied and somebody patched afterwards: who changes a field has it alone. */
function live(applied: JsonObject, patch: { labels?: JsonObject; annotations?: JsonObject; namespace?: string } = {}) {
  const { labels = {}, annotations = {}, namespace = 'shop' } = patch;
  const wrote = (before: JsonObject, after: JsonObject): JsonObject => {
    const kept = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return Object.fromEntries(kept.map((key) => [`f:${key}`, {}]));
  };
  const fieldsV1 = {
    'f:metadata': {
      'f:labels': wrote(labelsOf(applied), labels),
      'f:annotations': wrote(annotationsOf(applied), annotations),
    },
  };
  const metadata = {
    ...objectAt(applied, 'metadata'),
    namespace,
    labels: { ...labelsOf(applied), ...labels },
    annotations: { ...annotationsOf(applied), ...annotations },
    managedFields: [{ manager: FIELD_MANAGER, operation: 'Apply', fieldsV1 }],
  };
  return { ...applied, metadata };
}

describe('what Weir made', () => {
  it.each<[what: string, object: JsonObject, byMarks: boolean, byWriters: boolean]>([
    ['is ours', live(MADE), true, true],
    ['is ours where it is marked as adopted', live(MADE, { annotations: { [ADOPTED]: 'true' } }), false, true],
    ['is ours where its stamp is another', live(MADE, { annotations: { [APPLIED]: 'other.0' } }), false, true],
    ['is ours where it is managed by another', live(MADE, { labels: { [MANAGED_BY]: 'me' } }), true, true],
    ["is not where it is Argo CD's", live(MADE, { labels: { [ARGO_LABEL]: 'shop' } }), false, false],
    ['is not where it was restored into another namespace', live(MADE, { namespace: 'copy' }), false, false],
  ])('%s', (_, object, byMarks, byWriters) => {
    expect([isOurs(object), wasMadeByUs(object)]).toEqual([byMarks, byWriters]);
  });

  it('is not where nobody says that Weir wrote it', () => {
    expect(wasMadeByUs(MADE)).toBe(false);
  });
});

describe('what Weir adopted', () => {
  it.each<[what: string, object: JsonObject]>([
    ["is a team's", live(TAKEN_ON)],
    ["is a team's where the mark is another", live(TAKEN_ON, { annotations: { [ADOPTED]: 'no' } })],
    ["is a team's where the stamp is another", live(TAKEN_ON, { annotations: { [APPLIED]: 'shop.0' } })],
    ["is a team's where it says that Weir manages it", live(TAKEN_ON, { labels: { [MANAGED_BY]: 'weir' } })],
  ])('%s', (_, object) => {
    expect([isOurs(object), wasMadeByUs(object)]).toEqual([false, false]);
  });

  it('is theirs by its stamp alone', () => {
    const { [ADOPTED]: _, ...annotations } = annotationsOf(TAKEN_ON);
    const unmarked = { ...TAKEN_ON, metadata: { ...objectAt(TAKEN_ON, 'metadata'), annotations } };
    expect([isOurs(unmarked), wasMadeByUs(live(unmarked))]).toEqual([false, false]);
  });
});
