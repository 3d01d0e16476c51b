/** What the platform holds from its first start on, beside what Kubernetes and Weir bring. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { foreignCrds } from '../../platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../platform/crds/knative.ts';
import { reportCrds } from '../../platform/crds/reports.ts';
import { PLATFORM_CONFIG } from '../platformConfig.ts';

/** The environments that get a namespace, each with the policy that Weir ships for it. */
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

export function namespaceOf(environment: string): string {
  return `shop-${environment}`;
}

/** One namespace for each environment, told apart by their label. */
export function namespaces(): JsonObject[] {
  return ENVIRONMENTS.map((environment) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespaceOf(environment), labels: { 'weir.dev/environment': environment } },
  }));
}

/** The kinds of Knative, those of KEDA and Istio that Weir judges, and those of the reports that its audit writes. */
export async function kinds(): Promise<readonly JsonObject[]> {
  return [...(await knativeServingCrds()), ...(await knativeEventingCrds()), ...foreignCrds(), ...reportCrds()];
}

/** Says to other commands what else listens: `weir top` reads it. */
export function platformConfig(data: Readonly<Record<string, string>>): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...PLATFORM_CONFIG }, data };
}
