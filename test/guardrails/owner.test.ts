/** Whose an object is, by what the API server says of who wrote its marks. */
import { describe, expect, it } from '@jest/globals';
import { ADOPTED, APPLIED, ARGO_LABEL, MANAGED_BY } from '../../src/guardrails/marks.ts';
import {
  ADOPTING_MANAGER,
  adopterOf,
  asAdopted,
  asOurs,
  FIELD_MANAGER,
  isOurs,
  wasMadeByUs,
} from '../../src/guardrails/owner.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../src/kubernetes/object.ts';

const WANTED: JsonObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'weir-quota', namespace: 'shop', labels: { [MANAGED_BY]: 'weir', 'weir.dev/guard-rail': 'quota' } },
};
const MADE = asOurs(WANTED, WANTED);
const TAKEN_ON = asAdopted(WANTED, WANTED);
const STAMPED_AS_MADE = {
  annotations: { [APPLIED]: 'shop.made.0', [ADOPTED]: null },
  labels: { [MANAGED_BY]: 'weir' },
};

/** As the server gives what Weir applied and somebody patched afterwards: who changes a field has it alone. */
function live(
  applied: JsonObject,
  patch: { labels?: JsonObject; annotations?: JsonObject; namespace?: string } = {},
  manager: string = FIELD_MANAGER,
) {
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
    labels: present({ ...labelsOf(applied), ...labels }),
    annotations: present({ ...annotationsOf(applied), ...annotations }),
    managedFields: [{ manager, operation: 'Apply', fieldsV1 }],
  };
  return { ...applied, metadata };
}

function present(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}

/** As an older Weir applied: one stamp, whosever it was. */
function older(applied: JsonObject): JsonObject {
  const annotations = { ...annotationsOf(applied), [APPLIED]: 'shop.0123456789abcdef' };
  return { ...applied, metadata: { ...objectAt(applied, 'metadata'), annotations } };
}

describe('what Weir made', () => {
  it.each<[what: string, object: JsonObject, byMarks: boolean, byWriters: boolean]>([
    ['is ours', live(MADE), true, true],
    ['is ours where it is marked as adopted', live(MADE, { annotations: { [ADOPTED]: 'true' } }), false, true],
    ['is ours where its stamp is another', live(MADE, { annotations: { [APPLIED]: 'other.0' } }), false, true],
    ['is ours where it is managed by another', live(MADE, { labels: { [MANAGED_BY]: 'me' } }), true, true],
    [
      'is ours where it is marked as adopted and managed by another',
      live(MADE, { annotations: { [ADOPTED]: 'true' }, labels: { [MANAGED_BY]: 'me' } }),
      false,
      true,
    ],
    [
      'is ours where its stamp is another and nobody manages it',
      live(MADE, { annotations: { [APPLIED]: 'mine' }, labels: { [MANAGED_BY]: null } }),
      false,
      true,
    ],
    ['is ours as an older Weir made it', live(older(MADE)), true, true],
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
  it.each<[what: string, patch: Parameters<typeof live>[1], byMarks?: boolean]>([
    ["is a team's", {}],
    ["is a team's where the mark is another", { annotations: { [ADOPTED]: 'no' } }],
    ["is a team's where the stamp is another", { annotations: { [APPLIED]: 'shop.made.0' } }],
    ["is a team's where it says that Weir manages it", { labels: { [MANAGED_BY]: 'weir' } }],
    ["is a team's where all marks are as ours", STAMPED_AS_MADE, true],
  ])('%s', (_, patch, byMarks = false) => {
    const object = live(TAKEN_ON, patch, ADOPTING_MANAGER);
    expect([isOurs(object), wasMadeByUs(object), adopterOf(object)]).toEqual([byMarks, false, ADOPTING_MANAGER]);
  });

  it.each<[what: string, patch: Parameters<typeof live>[1]]>([
    ["is a team's", {}],
    ["is a team's without the mark", { annotations: { [ADOPTED]: null } }],
    ["is a team's where the stamp is another", { annotations: { [APPLIED]: 'shop.made.0' } }],
  ])('%s, as an older Weir adopted it', (_, patch) => {
    const object = live(older(TAKEN_ON), patch);
    expect([wasMadeByUs(object), adopterOf(object)]).toEqual([false, FIELD_MANAGER]);
  });

  it('is theirs by its stamp alone', () => {
    const { [ADOPTED]: _, ...annotations } = annotationsOf(TAKEN_ON);
    const unmarked = { ...TAKEN_ON, metadata: { ...objectAt(TAKEN_ON, 'metadata'), annotations } };
    expect([isOurs(unmarked), wasMadeByUs(live(unmarked))]).toEqual([false, false]);
  });
});

it('has nothing of Weir where Weir applied nothing, whatever its marks say', () => {
  const object = live(MADE, {}, 'kubectl');
  expect([isOurs(object), wasMadeByUs(object), adopterOf(object)]).toEqual([true, false, undefined]);
});
