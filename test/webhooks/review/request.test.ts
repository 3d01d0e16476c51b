import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { readRequest } from '../../../webhooks/review/request.ts';

function aReview(request: JsonObject): JsonObject {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: '7', operation: 'CREATE', object: { kind: 'Service' }, ...request },
  };
}

describe('readRequest', () => {
  it('reads what the API server sends', () => {
    const userInfo = { username: 'dev', groups: ['team-shop', 7] };
    expect(readRequest(aReview({ namespace: 'shop', userInfo, dryRun: true }))).toEqual({
      uid: '7',
      operation: 'CREATE',
      object: { kind: 'Service' },
      namespace: 'shop',
      user: { name: 'dev', groups: ['team-shop'] },
      isDryRun: true,
    });
  });

  it.each<[string, unknown, string]>([
    ['no review', { kind: 'Pod' }, 'the body is no AdmissionReview'],
    ['an old version', { ...aReview({}), apiVersion: 'admission.k8s.io/v1beta1' }, 'set admissionReviewVersions: [v1]'],
    ['no request', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }, 'no request with a uid'],
    [
      'an operation without an end',
      aReview({ operation: 'x'.repeat(1000) }),
      `the operation ${'x'.repeat(20)}; CREATE, UPDATE and DELETE are judged`,
    ],
    [
      'another operation',
      aReview({ operation: 'CONNECT' }),
      'the operation CONNECT; CREATE, UPDATE and DELETE are judged',
    ],
    ['no object', aReview({ object: null }), 'the request to CREATE has no object'],
  ])('says what is wrong with %s', (_, body, sentence) => {
    expect(readRequest(body)).toContain(sentence);
  });

  it('answers any JSON with a request or a sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (body, request) => {
        for (const value of [body, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }]) {
          expect(['string', 'object']).toContain(typeof readRequest(value));
        }
      }),
    );
  });
});
