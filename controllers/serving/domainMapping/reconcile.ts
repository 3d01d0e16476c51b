/** One DomainMapping: its domain leads to what it refers to, where its namespace may have it. */
import { domainMappings } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Happening } from '../../../src/kubernetes/client/events.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import type { StatusDraft } from '../../status/draft.ts';
import {
  domainMappingStatus,
  markCertificate,
  markClaimed,
  markClaimNotOwned,
  markNotResolved,
  markResolved,
  propagateReach,
} from '../lifecycle/domainMapping.ts';
import { keyOf, namespaceOf } from '../read.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { happening, writeStatus } from '../write.ts';
import { claim, whyRefused } from './claim.ts';
import { resolve, type Targets } from './resolve.ts';

export interface Found extends Targets {
  readonly mapping: JsonObject;
  /** The ClusterDomainClaim of its name. */
  readonly claim: JsonObject | undefined;
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: Pick<Settings, 'network'>;
  readonly runtime: Pick<Runtime, 'mapDomain'>;
  /** In URLs; undefined leaves it out. */
  readonly ingressPort: number | undefined;
  readonly now: Date;
  record(happening: Happening): void;
}

/** Level-based, as Knative's (knative/serving pkg/reconciler/domainmapping/reconciler.go), without an Ingress and certificates. */
export async function reconcileDomainMapping(found: Found, dependencies: Dependencies): Promise<void> {
  const { mapping } = found;
  const { client, now, runtime } = dependencies;
  const status = domainMappingStatus(mapping);
  let leadsTo: string | undefined;
  try {
    leadsTo = await direct(status, found, dependencies);
  } finally {
    const reach = runtime.mapDomain?.(keyOf(mapping), leadsTo) ?? { status: 'True' };
    if (leadsTo !== undefined) propagateReach(status, reach);
    await writeStatus(client, domainMappings, mapping, status.toJson(now));
  }
}

/** @returns the host inside of the cluster; undefined where it leads nowhere */
async function direct(
  status: StatusDraft,
  found: Found,
  { client, settings, ingressPort, record }: Dependencies,
): Promise<string | undefined> {
  const { mapping } = found;
  const domain = nameOf(mapping);
  const port = ingressPort === undefined ? '' : `:${ingressPort}`;
  const url = `${settings.network.defaultExternalScheme}://${domain}${port}`;
  status.set('url', url);
  status.set('address', { url });

  const isMade = settings.network.isClaimAutocreated;
  const wanted = { domain, namespace: namespaceOf(mapping) };
  const claimed = await claim(wanted, found.claim, { client, isMade });
  if (claimed !== 'ours') {
    markClaimNotOwned(status);
    record(happening(mapping, 'Warning', 'DomainNotClaimed', 'Reconcile', whyRefused(wanted, claimed)));
    return undefined;
  }
  markClaimed(status);
  markCertificate(status, objectAt(mapping, 'spec', 'tls') !== undefined);
  const resolved = resolve(mapping, found);
  if ('problem' in resolved) {
    markNotResolved(status, resolved.problem);
    return undefined;
  }
  markResolved(status);
  return resolved.host;
}
