/** How a webhook says no, and how it fails to say anything, as Kubernetes tells it. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { badRequest, type Cause, type Details, Failure } from '../status/failure.ts';

/** A webhook that could not be asked, or answered nothing of use: its `failurePolicy` decides what that means. */
export class CallFailure extends Error {
  constructor(webhook: string, why: string) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`);
    this.name = 'CallFailure';
  }
}

/** The webhook's own Status, with who says it (k8s.io/apiserver pkg/admission/plugin/webhook/errors/statuserror.go). */
export function denied(webhook: string, status: JsonObject | undefined): Failure {
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const message = stringAt(status, 'message') ?? '';
  const reason = stringAt(status, 'reason') ?? '';
  const why = message !== '' ? message : reason;
  const code = numberAt(status, 'code') ?? 0;
  const sentence = why === '' ? `${by} without explanation` : `${by}: ${why}`;
  return new Failure(Math.max(code, 400), reason, sentence, detailsOf(objectAt(status, 'details')));
}

export function withoutDryRun(webhook: string): Failure {
  return badRequest(`admission webhook ${JSON.stringify(webhook)} does not support dry run`);
}

function detailsOf(details: JsonObject | undefined): Details | undefined {
  if (details === undefined) return undefined;
  const name = stringAt(details, 'name');
  const group = stringAt(details, 'group');
  const kind = stringAt(details, 'kind');
  const uid = stringAt(details, 'uid');
  const retryAfterSeconds = numberAt(details, 'retryAfterSeconds');
  const causes: Cause[] = arrayAt(details, 'causes')
    .filter(isObject)
    .map((cause) => ({
      reason: stringAt(cause, 'reason') ?? '',
      message: stringAt(cause, 'message') ?? '',
      field: stringAt(cause, 'field') ?? '',
    }));
  return {
    ...(name !== undefined && { name }),
    ...(group !== undefined && { group }),
    ...(kind !== undefined && { kind }),
    ...(uid !== undefined && { uid }),
    ...(causes.length > 0 && { causes }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}
