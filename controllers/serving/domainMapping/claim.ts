/** Who may use a domain: the namespace that a ClusterDomainClaim of its name says (knative/serving pkg/reconciler/domainmapping). */
import { quote } from '../../../src/knative/goStrings.ts';
import { clusterDomainClaims } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import { labelOf } from '../read.ts';

/** On claims that were made for a DomainMapping: they go with it, and what somebody made by hand stays. */
const MADE_FOR_LABEL = 'serving.knative.dev/domainMappingNamespace';

/** `unclaimed`: nobody has it, and no claim is made by itself. */
export type Claim = 'ours' | 'foreign' | 'unclaimed';

/** @returns `ours` also where the namespace may have the domain by a claim that is made for it now */
export async function claim(
  { domain, namespace }: { readonly domain: string; readonly namespace: string },
  there: JsonObject | undefined,
  { client, isMade }: { readonly client: Client; readonly isMade: boolean },
): Promise<Claim> {
  if (there !== undefined) return stringAt(there, 'spec', 'namespace') === namespace ? 'ours' : 'foreign';
  if (!isMade) return 'unclaimed';
  await client.create(clusterDomainClaims, {
    apiVersion: apiVersionOf(clusterDomainClaims),
    kind: clusterDomainClaims.kind,
    metadata: { name: domain, labels: { [MADE_FOR_LABEL]: namespace } },
    spec: { namespace },
  });
  return 'ours';
}

/** What an Event says where it is not `ours`: the condition's words are Knative's, and the same for both. */
export function whyRefused(
  { domain, namespace }: { readonly domain: string; readonly namespace: string },
  claim: Exclude<Claim, 'ours'>,
): string {
  const whose = `${clusterDomainClaims.kind} ${quote(domain)}`;
  if (claim === 'foreign') return `${whose} is another namespace's: ${quote(namespace)} cannot have the domain`;
  const { kind } = clusterDomainClaims;
  const manifest = `{apiVersion: ${apiVersionOf(clusterDomainClaims)}, kind: ${kind}, metadata: {name: ${domain}}, spec: {namespace: ${namespace}}}`;
  return `there is no ${whose}, and none is made by itself: apply ${manifest}, or set autocreate-cluster-domain-claims to "true" in the ConfigMap config-network of knative-serving`;
}

/** The DomainMapping of that namespace is gone. */
export async function release(namespace: string, there: JsonObject | undefined, client: Client): Promise<void> {
  if (there === undefined || labelOf(there, MADE_FOR_LABEL) !== namespace) return;
  if (stringAt(there, 'spec', 'namespace') !== namespace) return;
  try {
    const options = { preconditions: { uid: uidOf(there) } };
    await client.delete(clusterDomainClaims, { name: nameOf(there) }, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
