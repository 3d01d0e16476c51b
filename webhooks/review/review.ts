/**
 * One admission review: who asks for what, and what stands around it, in; the answer for the API server, and what is
 * worth counting, logging and recording, out. Pure: no I/O and no clock.
 *
 *   const { response, facts } = review({ door: 'validate', environment: 'prod' }, request, sight);
 *   reply.json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
 */
import type { PatchOperation } from '../../src/kubernetes/jsonPatch.ts';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { Catalogue, Excused, Finding } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { ClusterView, PolicyStore } from '../dependencies.ts';
import { type Admission, acting, NOTHING_FOUND } from './admission.ts';
import { auditAnnotations } from './audit.ts';
import { type BreakGlass, breakGlassFor, breakGlassWarning } from './breakGlass.ts';
import { admissionCatalogues } from './catalogues.ts';
import { isCarriedOut, validateDeletion } from './deletion.ts';
import { mutate } from './mutate.ts';
import { environmentOf, unknownEnvironment, validateLabel } from './namespace.ts';
import type { AdmissionRequest } from './request.ts';
import { exceptionsIn } from './surroundings.ts';
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
  /** As in ClusterView. */
  readonly isSelected?: ClusterView['isSelected'] | undefined;
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
  readonly breakGlass?: BreakGlass;
  /** Mistakes of Weir's or of its installation, each a sentence: worth an error in the log. */
  readonly failures: readonly string[];
}

export interface Reviewed {
  readonly response: AdmissionResponse;
  readonly facts: Facts;
}

export function review(door: Door, request: AdmissionRequest, sight: Sight): Reviewed {
  if (door.door === 'mutate') return reviewMutation(door.environment, request, sight);
  if (door.door === 'validate') return reviewChange(door.environment, request, sight);
  return reviewNamespace(request, sight);
}

function reviewMutation(environment: string, request: AdmissionRequest, sight: Sight): Reviewed {
  const { policies, inventory, now, catalogue } = sight;
  const { uid } = request;
  const facts = factsOf('mutate', environment, request, sight);
  const policy = policies.policyFor(environment);
  if (policy === undefined) {
    const sentence = `Weir filled in nothing: ${unknownEnvironment(environment, policies)}`;
    const response = { uid, allowed: true, warnings: warnings([], [sentence]) };
    return { response, facts: { ...facts, failures: [sentence] } };
  }

  const patch = mutate(request, { policy, inventory, now }, catalogue);
  const encoded = patch.length === 0 ? undefined : encode(patch);
  const response: AdmissionResponse = {
    uid,
    allowed: true,
    ...(encoded === undefined ? {} : { patchType: 'JSONPatch', patch: encoded }),
    auditAnnotations: auditAnnotations({ policy: policy.name, hash: policies.hash(), excused: [], audited: [] }),
  };
  return { response, facts: { ...facts, patched: patch.length } };
}

/** Objects that are alike get the very same patch. */
const encodings = new WeakMap<readonly PatchOperation[], string>();

function encode(patch: readonly PatchOperation[]): string {
  const text = encodings.get(patch) ?? Buffer.from(JSON.stringify(patch)).toString('base64');
  encodings.set(patch, text);
  return text;
}

function reviewChange(environment: string, request: AdmissionRequest, sight: Sight): Reviewed {
  const { policies, inventory, now, catalogue } = sight;
  const facts = factsOf('validate', environment, request, sight);
  const policy = policies.policyFor(environment);
  if (policy === undefined) return withoutPolicy(environment, request, policies, facts);

  const exceptions = exceptionsIn(request.namespace, policy, inventory);
  const context = { policy, inventory, now, exceptions, hasNoUseForFixes: true };
  const judge = request.operation === 'DELETE' ? validateDeletion : validate;
  return answered(request, judge(request, context, catalogue), [policy], facts, policies.hash());
}

/** Nothing can be judged. What goes may go: a policy that went first must not hold up the emptying of a namespace. */
function withoutPolicy(environment: string, request: AdmissionRequest, policies: PolicyStore, facts: Facts): Reviewed {
  const { uid } = request;
  const sentence = unknownEnvironment(environment, policies);
  const failures = [sentence];
  if (request.operation === 'DELETE') {
    const told = isCarriedOut(request) ? {} : { warnings: warnings([], [sentence]) };
    return { response: { uid, allowed: true, ...told }, facts: { ...facts, failures } };
  }
  const response = { uid, allowed: false, status: forbidden(sentence) };
  return { response, facts: { ...facts, verdict: 'denied', failures } };
}

/** Both environments have their say where a namespace goes from one to the other; a DELETE is judged by its own. */
function reviewNamespace(request: AdmissionRequest, sight: Sight): Reviewed {
  const { policies, inventory, now, catalogue } = sight;
  const names = [environmentOf(request.oldObject), environmentOf(request.object)].filter((name) => name !== undefined);
  const facts = factsOf('validate-namespace', names[0] ?? '', request, sight);
  const concerned: EffectivePolicy[] = [];
  for (const name of new Set(names)) {
    const policy = policies.policyFor(name);
    if (policy !== undefined) concerned.push(policy);
  }

  const [policy] = concerned;
  let judged: Admission = NOTHING_FOUND;
  if (request.operation !== 'DELETE') judged = validateLabel(request, policies, sight.isSelected);
  else if (policy !== undefined) {
    judged = validateDeletion(request, { policy, inventory, now, exceptions: [] }, catalogue);
  }
  return answered(request, judged, concerned, facts, policies.hash());
}

function answered(
  request: AdmissionRequest,
  judged: Admission,
  policies: readonly EffectivePolicy[],
  facts: Facts,
  hash: string,
): Reviewed {
  const { denied, warned, audited, excused, failures } = judged;
  const breakGlass = breakGlassFor(request, judged, policies);
  const allowed = judged.allowed || breakGlass !== undefined;
  const told =
    breakGlass === undefined
      ? warnings(warned, allowed ? failures : [])
      : warnings(
          [...denied.map((finding) => acting(finding, 'warn')), ...warned],
          [breakGlassWarning(breakGlass, request.isDryRun)],
        );
  const policy = policies.map(({ name }) => name).join(', ');
  return {
    response: {
      uid: request.uid,
      allowed,
      ...(allowed ? {} : { status: forbidden(denial(denied, failures)) }),
      ...(told.length === 0 ? {} : { warnings: told }),
      auditAnnotations: auditAnnotations({ policy, hash, excused, audited, ...(breakGlass && { breakGlass }) }),
    },
    facts: {
      ...facts,
      verdict: breakGlass !== undefined ? 'break-glass' : allowed ? 'allowed' : 'denied',
      findings: [...denied, ...warned, ...audited],
      excused,
      failures,
      ...(breakGlass && { breakGlass }),
    },
  };
}

function forbidden(message: string): NonNullable<AdmissionResponse['status']> {
  return { code: 403, reason: 'Forbidden', message };
}

function factsOf(door: Door['door'], environment: string, request: AdmissionRequest, { catalogue }: Sight): Facts {
  const object = request.object ?? request.oldObject;
  const key = keyOf(object);
  return {
    uid: request.uid,
    door,
    environment,
    kind: admissionCatalogues(catalogue).kinds.has(key) ? key : 'other',
    operation: request.operation,
    namespace: request.namespace,
    name: object === undefined ? '' : referenceTo(object).name,
    user: request.user.name,
    isDryRun: request.isDryRun,
    verdict: 'allowed',
    findings: [],
    excused: [],
    patched: 0,
    failures: [],
  };
}
