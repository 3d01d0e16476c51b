/** Conditions of a Route (knative/serving pkg/apis/serving/v1/route_lifecycle.go). */
import { quote } from '../../../src/knative/goStrings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { StatusDraft } from '../../status/draft.ts';
import { isOfNow } from '../read.ts';
import type { BadTarget } from '../route/traffic.ts';
import type { Reach } from '../runtime.ts';

const ALL_TRAFFIC_ASSIGNED = 'AllTrafficAssigned';
const INGRESS_READY = 'IngressReady';
const CERTIFICATE_PROVISIONED = 'CertificateProvisioned';

/** A Route with a new spec is not reached as it says until the ingress has followed. */
export function routeStatus(route: JsonObject): StatusDraft {
  const status = new StatusDraft(route, [ALL_TRAFFIC_ASSIGNED, INGRESS_READY, CERTIFICATE_PROVISIONED]);
  if (!isOfNow(route)) markNotConfigured(status);
  return status;
}

function markNotConfigured({ conditions }: StatusDraft): void {
  conditions.markUnknown(INGRESS_READY, 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
}

export function markTrafficAssigned({ conditions }: StatusDraft): void {
  conditions.markTrue(ALL_TRAFFIC_ASSIGNED);
}

export function markBadTarget({ conditions }: StatusDraft, { isFailure, reason, message }: BadTarget): void {
  if (isFailure) conditions.markFalse(ALL_TRAFFIC_ASSIGNED, reason, message);
  else conditions.markUnknown(ALL_TRAFFIC_ASSIGNED, reason, message);
}

export function markDomainError({ conditions }: StatusDraft, message: string): void {
  conditions.markFalse(ALL_TRAFFIC_ASSIGNED, 'ErrorConfig', message);
}

export function markPlaceholderNotOwned({ conditions }: StatusDraft, name: string): void {
  const message = `There is an existing placeholder Service ${quote(name)} that we do not own.`;
  conditions.markFalse(INGRESS_READY, 'NotOwned', message);
}

/** No certificate is provisioned here, which is what Knative says where external-domain-tls is off. */
export function markTlsNotEnabled({ conditions }: StatusDraft): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, 'TLSNotEnabled', 'external-domain-tls is not enabled');
}

export function propagateReach(status: StatusDraft, { status: is, reason, message }: Reach): void {
  if (is === 'Unknown' && reason === undefined) markNotConfigured(status);
  else status.conditions.mark({ type: INGRESS_READY, status: is, reason: reason ?? '', message: message ?? '' });
}
