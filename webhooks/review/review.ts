/**
 * One admission review: who asks for what, and what stands around it, in; the answer for the API server, and what is
 * worth counting, logging and recording, out. Pure: no I/O and no clock.
 *
 *   const { response, facts } = review({ door: 'validate', environment: 'prod' }, request, sight);
 *   reply.json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
 */
import { keyOf, policyException } from '../../src/kubernetes/kinds.ts';
import { readException } from '../../src/policy/engine/exceptions.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { Catalogue, Excused, Finding } from '../../src/policy/engine/judge.ts';
import type { PolicyStore } from '../dependencies.ts';
import { mutate } from './mutate.ts';
import type { AdmissionRequest } from './request.ts';
import { validate } from './validate.ts';
import { denial, warnings } from './words.ts';

/** Which of the server's paths was asked: `/mutate/prod`, `/validate/prod` or `/validate-namespace`. */
export type Door =
  | { readonly door: 'mutate' | 'validate'; readonly environment: string }
  | { readonly door: 'validate-namespace' };

/** What a review sees beside its request. */
export interface Sight {
  readonly policies: PolicyStore;
  /** The other objects of the cluster, PolicyExceptions and Namespaces among them. */
  readonly inventory: Inventory;
  readonly now: Date;
  readonly catalogue: Catalogue;
}

/** `response` of an AdmissionReview of admission.k8s.io/v1. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  /** Why it was denied; `message` is what people read. */
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly patchType?: 'JSONPatch';
  /** The JSON Patch, in base64. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  /** The API server puts the webhook's name and a slash before each key. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** What happened, for metrics, logs and Events. Holds nothing that a log must not: findings tell no secrets. */
export interface Facts {
  readonly uid: string;
  readonly door: Door['door'];
  /** Empty where the namespace door found none. */
  readonly environment: string;
  /** `serving.knative.dev/Service`; `other` for a kind that no rule knows, so that a metric has few labels. */
  readonly kind: string;
  readonly operation: AdmissionRequest['operation'];
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  /** True where nothing may be written: no Event and no status for this review. */
  readonly isDryRun: boolean;
  /** `break-glass`: let through although the policy denies, since a group that may do so asked. */
  readonly verdict: 'allowed' | 'denied' | 'break-glass';
  /** With the action that each came to: `deny` is what denied (or would have, but for break-glass). */
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  /** How many operations the patch has. */
  readonly patched: number;
  /** Whoever broke the glass: worth an Event and a metric. */
  readonly breakGlass?: { readonly user: string; readonly group: string; readonly rules: readonly string[] };
  /** Mistakes of Weir's or of its installation, each a sentence: worth an error in the log. */
  readonly failures: readonly string[];
}

export interface Reviewed {
  readonly response: AdmissionResponse;
  readonly facts: Facts;
}

export function review(door: Door, request: AdmissionRequest, sight: Sight): Reviewed {
  const environment = door.door === 'validate-namespace' ? '' : door.environment;
  const { policies, inventory, now, catalogue } = sight;
  const policy = policies.policyFor(environment);
  const facts: Facts = {
    uid: request.uid,
    door: door.door,
    environment,
    kind: keyOf(request.object ?? request.oldObject),
    operation: request.operation,
    namespace: request.namespace,
    name: '',
    user: request.user.name,
    isDryRun: request.isDryRun,
    verdict: 'allowed',
    findings: [],
    excused: [],
    patched: 0,
    failures: [],
  };
  if (policy === undefined) return { response: { uid: request.uid, allowed: true }, facts };

  const exceptions = inventory
    .inNamespace(policyException, request.namespace)
    .flatMap((object) => readException(object, policy) ?? []);
  const context = { policy, inventory, now, exceptions };
  if (door.door === 'mutate') {
    const patch = mutate(request, context, catalogue);
    if (patch.length === 0) return { response: { uid: request.uid, allowed: true }, facts };
    const encoded = Buffer.from(JSON.stringify(patch)).toString('base64');
    return {
      response: { uid: request.uid, allowed: true, patchType: 'JSONPatch', patch: encoded },
      facts: { ...facts, patched: patch.length },
    };
  }
  const { allowed, denied, warned, audited } = validate(request, context, catalogue);
  const told = warnings(warned);
  return {
    response: {
      uid: request.uid,
      allowed,
      ...(allowed ? {} : { status: { code: 403, reason: 'Forbidden', message: denial(denied) } }),
      ...(told.length === 0 ? {} : { warnings: told }),
      auditAnnotations: { policy: policy.name, 'policy-hash': policies.hash() },
    },
    facts: { ...facts, verdict: allowed ? 'allowed' : 'denied', findings: [...denied, ...warned, ...audited] },
  };
}
