import { describe, expect, it } from '@jest/globals';
import { type JsonArray, type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import { apply } from '../../../../src/platform/apiserver/patch/apply/apply.ts';
import { applyScale, trackScale } from '../../../../src/platform/apiserver/patch/apply/scale.ts';
import { KINDS } from './sequences/kinds.ts';

const now = new Date('2026-01-01T00:00:01Z');
const resource = KINDS.Deployment;
const scaling = { resource, replicasPath: '.spec.replicas', now };
const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'it' },
  spec,
});
const scale = (replicas: number): JsonObject => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'it' },
  spec: { replicas },
});

describe('the number of replicas', () => {
  const owned = applied({ replicas: 1, paused: true });

  it('goes to who scales, in an entry without a time as in kube-apiserver', () => {
    const next = { ...owned, spec: { replicas: 3, paused: true } };
    const entries = managedFieldsOf(trackScale({ old: owned, next, manager: 's', ...scaling }));
    expect(entries).toEqual([
      expect.objectContaining({
        manager: 'a',
        time: '2026-01-01T00:00:01Z',
        fieldsV1: { 'f:spec': { 'f:paused': {} } },
      }),
      {
        manager: 's',
        operation: 'Update',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        subresource: 'scale',
      },
    ]);
  });

  it('stays where the number stays', () => {
    expect(managedFieldsOf(trackScale({ old: owned, next: owned, manager: 's', ...scaling }))).toEqual(
      managedFieldsOf(owned),
    );
  });

  it("is nobody's where nobody has owned it", () => {
    const old = applied({ paused: true });
    const next = deployment({ replicas: 3, paused: true });
    expect(managedFieldsOf(trackScale({ old, next, manager: 's', ...scaling }))).toEqual(managedFieldsOf(old));
  });

  it('is applied by force alone where another owns it', () => {
    const next = { ...owned, spec: { replicas: 3, paused: true } };
    const old = trackScale({ old: owned, next, manager: 's', ...scaling });
    const application = { old, config: scale(4), manager: 'z', ...scaling };
    expect(() => applyScale({ ...application, force: false })).toThrow(
      'Apply failed with 1 conflict: conflict with "s" with subresource "scale" using autoscaling/v1: .spec.replicas',
    );
    const { scale: after, managedFields } = applyScale({ ...application, force: true });
    expect(after.spec).toEqual({ replicas: 4 });
    expect(managedFields?.map((entry) => objectAt(entry)?.manager)).toEqual(['z', 'a']);
  });
});

function applied(spec: JsonObject): JsonObject {
  return apply({
    live: undefined,
    config: deployment(spec),
    manager: 'a',
    force: false,
    resource,
    subresource: '',
    now,
  });
}

function managedFieldsOf(object: JsonObject): JsonArray {
  const entries = objectAt(object, 'metadata')?.managedFields;
  return Array.isArray(entries) ? entries : [];
}
