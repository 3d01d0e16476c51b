/** What tests of admission are built from: requests, and the two sides of one admission put together. */
import jsonpatch from 'jsonpatch';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { namespace as namespaceKind } from '../../../src/kubernetes/kinds.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { type Inventory, inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import type { PolicyStore } from '../../../webhooks/dependencies.ts';
import type { AdmissionRequest } from '../../../webhooks/review/request.ts';
import { type Door, type Reviewed, review, type Sight } from '../../../webhooks/review/review.ts';
import { NOW } from '../../policy/builders.ts';

export type Asked = Partial<AdmissionRequest>;

/** A CREATE, or an UPDATE where there is an old object; a DELETE where there is only that. */
export function aRequest(asked: Asked): AdmissionRequest {
  const { object, oldObject } = asked;
  const operation = object === undefined ? 'DELETE' : oldObject === undefined ? 'CREATE' : 'UPDATE';
  return {
    uid: '7',
    operation,
    namespace: 'shop',
    user: { name: 'jane', groups: ['team-shop', 'system:authenticated'] },
    isDryRun: false,
    ...asked,
  };
}

export function aStore(...policies: readonly EffectivePolicy[]): PolicyStore {
  return {
    policyFor: (environment) => policies.find(({ name }) => name === environment),
    environments: () => policies.map(({ name }) => name).sort(),
    hash: () => '0123456789ab',
  };
}

export interface Around {
  readonly beside?: readonly JsonObject[];
  readonly inventory?: Inventory;
  readonly now?: Date;
  readonly by?: Catalogue;
  readonly isSelected?: Sight['isSelected'];
}

export function aSight(policies: readonly EffectivePolicy[], around: Around = {}): Sight {
  return {
    policies: aStore(...policies),
    inventory: around.inventory ?? inventoryOf(around.beside ?? []),
    now: around.now ?? NOW,
    catalogue: around.by ?? catalogue,
    isSelected: around.isSelected,
  };
}

/** One review by one policy. */
export function reviewed(door: Door['door'], asked: Asked, policy: EffectivePolicy, around: Around = {}): Reviewed {
  const where: Door = door === 'validate-namespace' ? { door } : { door, environment: policy.name };
  return review(where, aRequest(asked), aSight([policy], around));
}

/** The object after /mutate, patched by a library of somebody else's, as the API server would. */
export function mutated(
  asked: Asked & { readonly object: JsonObject },
  policy: EffectivePolicy,
  around: Around = {},
): JsonObject {
  const { response } = reviewed('mutate', asked, policy, around);
  if (!response.allowed) throw new Error('/mutate denied');
  if (response.patch === undefined) return asked.object;
  const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'));
  return jsonpatch.apply_patch(JSON.parse(JSON.stringify(asked.object)), operations);
}

/** The operations of /mutate. */
export function patchOf(asked: Asked, policy: EffectivePolicy, around: Around = {}): { op: string; path: string }[] {
  const { patch } = reviewed('mutate', asked, policy, around).response;
  return patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
}

export function aNamespace(name: string, environment?: string, rest: JsonObject = {}): JsonObject {
  const labels = environment === undefined ? {} : { 'weir.dev/environment': environment };
  return { apiVersion: 'v1', kind: namespaceKind.kind, metadata: { name, labels }, ...rest };
}
