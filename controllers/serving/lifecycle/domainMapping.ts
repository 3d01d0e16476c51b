/** Conditions of a DomainMapping (knative/serving pkg/apis/serving/v1beta1/domainmapping_lifecycle.go). */
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { StatusDraft } from '../../status/draft.ts';
import { isOfNow } from '../read.ts';
import type { Reach } from '../runtime.ts';

const DOMAIN_CLAIMED = 'DomainClaimed';
const REFERENCE_RESOLVED = 'ReferenceResolved';
const INGRESS_READY = 'IngressReady';
const CERTIFICATE_PROVISIONED = 'CertificateProvisioned';

export function domainMappingStatus(mapping: JsonObject): StatusDraft {
  const dependents = [DOMAIN_CLAIMED, REFERENCE_RESOLVED, INGRESS_READY, CERTIFICATE_PROVISIONED];
  const status = new StatusDraft(mapping, dependents);
  if (!isOfNow(mapping)) markNotConfigured(status);
  return status;
}

export function markClaimed({ conditions }: StatusDraft): void {
  conditions.markTrue(DOMAIN_CLAIMED);
}

export function markClaimNotOwned({ conditions }: StatusDraft): void {
  const message = 'The domain name is already in use by another DomainMapping';
  conditions.markFalse(DOMAIN_CLAIMED, 'DomainAlreadyClaimed', message);
}

/** Nothing here speaks TLS, which is what Knative says where external-domain-tls is off. */
export function markCertificate({ conditions }: StatusDraft, isOwn: boolean): void {
  if (isOwn) {
    const message = 'TLS certificate was provided externally';
    conditions.markTrue(CERTIFICATE_PROVISIONED, 'CertificateExternallyProvided', message);
  } else conditions.markTrue(CERTIFICATE_PROVISIONED, 'TLSNotEnabled', 'external-domain-tls is not enabled');
}

export function markResolved({ conditions }: StatusDraft): void {
  conditions.markTrue(REFERENCE_RESOLVED);
}

export function markNotResolved({ conditions }: StatusDraft, why: string): void {
  conditions.markFalse(REFERENCE_RESOLVED, 'ResolveFailed', why);
}

export function propagateReach(status: StatusDraft, { status: is, reason, message }: Reach): void {
  if (is === 'Unknown' && reason === undefined) markNotConfigured(status);
  else status.conditions.mark({ type: INGRESS_READY, status: is, reason: reason ?? '', message: message ?? '' });
}

function markNotConfigured({ conditions }: StatusDraft): void {
  conditions.markUnknown(INGRESS_READY, 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
}
