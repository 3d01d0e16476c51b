/** The webhooks that stand in the store, in the order in which they are asked. */
import type { Reader, Stored } from '../store/store.ts';
import type { ConditionCompiler } from './conditions.ts';
import { readWebhooks, type Webhook } from './webhook.ts';

const MUTATING = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';
const VALIDATING = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

export interface Configurations {
  /** By the names of their configurations, and within one as they stand. */
  mutating(): Webhook[];
  validating(): Webhook[];
}

/** A configuration is read once: the store gives another object after each change of it. */
export function configurationsOf(store: Reader, compile: ConditionCompiler): Configurations {
  const read = new WeakMap<Stored, readonly Webhook[]>();

  function webhooks(resource: string): Webhook[] {
    return store.list({ resource, namespace: '' }).items.flatMap((stored) => {
      const known = read.get(stored);
      if (known !== undefined) return known;
      const fresh = readWebhooks(stored.object(), resource === MUTATING, compile);
      read.set(stored, fresh);
      return fresh;
    });
  }
  return { mutating: () => webhooks(MUTATING), validating: () => webhooks(VALIDATING) };
}
