/** Copies of the Secrets that pull images. */

import { dockerConfigKey } from '../kubernetes/dockerConfig.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../kubernetes/json.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { JOINED } from './marks.ts';

export interface PullSecrets {
  /** The namespace that holds the Secrets which are copied. */
  readonly from: string;
  readonly names: readonly string[];
  /** ServiceAccounts whose imagePullSecrets name the copies. */
  readonly serviceAccounts: readonly string[];
}

/** Undefined where the policy copies none, and in the namespace that holds the Secrets themselves. */
export function pullSecretsFor(namespace: string, policy: EffectivePolicy): PullSecrets | undefined {
  const { from, names = [], serviceAccounts = [] } = policy.namespace?.pullSecrets ?? {};
  if (from === undefined || names.length === 0 || from === namespace) return undefined;
  return { from, names: [...new Set(names)], serviceAccounts: [...new Set(serviceAccounts)] };
}

/** The copy, without labels; undefined for a Secret that pulls no image. */
export function copyOf(source: JsonObject): JsonObject | undefined {
  const type = stringAt(source, 'type') ?? '';
  if (dockerConfigKey(type) === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: stringAt(source, 'metadata', 'name') ?? '' },
    type,
    data: objectAt(source, 'data') ?? {},
  };
}

/** The ServiceAccounts that Weir wrote the name into, as the copy says. */
export function joinedOn(copy: JsonObject | undefined): string[] {
  const text = stringAt(copy, 'metadata', 'annotations', JOINED) ?? '';
  return text.split(',').filter((name) => name !== '');
}

export function namesSecret(account: JsonObject, secret: string): boolean {
  return arrayAt(account, 'imagePullSecrets').some((reference) => stringAt(reference, 'name') === secret);
}

/** Why nothing can be copied from there; undefined where it can. */
export function sourceProblem(source: JsonObject | undefined, from: string, name: string): string | undefined {
  if (source === undefined) return `the policy's pull secret ${from}/${name} is not there`;
  const type = stringAt(source, 'type') ?? '';
  if (dockerConfigKey(type) !== undefined) return undefined;
  return `the policy's pull secret ${from}/${name} has the type ${type}, which pulls no image: kubernetes.io/dockerconfigjson does`;
}
