import type { JsonObject } from '../../kubernetes/json.ts';

/** The CustomResourceDefinitions of Knative Serving 1.23 (v0.50.0 in Go), in the order of their names. */
export async function knativeServingCrds(): Promise<readonly JsonObject[]> {
  const { default: definitions } = await import('./knative.generated.json', { with: { type: 'json' } });
  return definitions;
}

/** Those of Knative Eventing 1.23 (v0.50.0 in Go) that something here acts on, and EventPolicies, in the order of their names. */
export async function knativeEventingCrds(): Promise<readonly JsonObject[]> {
  const { default: definitions } = await import('./knativeEventing.generated.json', { with: { type: 'json' } });
  return definitions;
}
