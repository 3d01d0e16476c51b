/** One Revision: its PodAutoscaler is there with its annotations, and its status tells of its instances. */

import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Happening } from '../../../src/kubernetes/client/events.ts';
import { equals, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import {
  hasFailed,
  markDeploying,
  markNotOwned,
  propagateAutoscaler,
  propagateInstances,
  revisionStatus,
  setContainerStatuses,
} from '../lifecycle/revision.ts';
import { isControlledBy, isReady } from '../read.ts';
import { makePodAutoscaler, podAutoscalerSpec, syncedAnnotations } from '../resources/podAutoscaler.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { happening, writeStatus } from '../write.ts';

export interface Found {
  readonly revision: JsonObject;
  /** The one with the Revision's name, whoever owns it. */
  readonly podAutoscaler: JsonObject | undefined;
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: Pick<Settings, 'autoscaler'>;
  readonly runtime: Pick<Runtime, 'instancesOf'>;
  readonly now: Date;
  record(happening: Happening): void;
}

/** Level-based, as Knative's (knative/serving pkg/reconciler/revision/{revision,reconcile_resources}.go), without a Deployment. */
export async function reconcileRevision(found: Found, dependencies: Dependencies): Promise<void> {
  const { revision, podAutoscaler } = found;
  const { client, settings, runtime, now, record } = dependencies;
  if (isBeingDeleted(revision)) return;

  const status = revisionStatus(revision);
  setContainerStatuses(status, revision);
  const options = { podAutoscalerClass: settings.autoscaler.podAutoscalerClass, hasFailed: false };
  try {
    if (podAutoscaler === undefined) {
      markDeploying(status);
      propagateAutoscaler(status, await client.create(podAutoscalers, makePodAutoscaler(revision, options)));
      return;
    }
    if (!isControlledBy(podAutoscaler, revision)) {
      markNotOwned(status, nameOf(revision));
      return;
    }

    const instances = runtime.instancesOf(revision, podAutoscaler, settings.autoscaler);
    propagateInstances(status, instances);
    propagateAutoscaler(status, podAutoscaler);
    const spec = podAutoscalerSpec(revision, { ...options, hasFailed: hasFailed(status, instances) });
    await keep(client, podAutoscaler, spec, syncedAnnotations(podAutoscaler, revision));
    if (isReady(revision) || !status.conditions.is('Ready', 'True')) return;
    const note = 'Revision becomes ready upon all resources being ready';
    record(happening(revision, 'Normal', 'RevisionReady', 'Reconcile', note));
  } finally {
    await writeStatus(client, revisions, revision, status.toJson(now));
  }
}

/** Brings a PodAutoscaler back to what its Revision says. */
async function keep(
  client: Client,
  podAutoscaler: JsonObject,
  spec: JsonObject,
  annotations: JsonObject,
): Promise<void> {
  if (equals(podAutoscaler.spec, spec) && equals(annotationsOf(podAutoscaler), annotations)) return;
  const metadata = { ...objectAt(podAutoscaler, 'metadata'), annotations };
  await client.update(podAutoscalers, { ...podAutoscaler, metadata, spec });
}
