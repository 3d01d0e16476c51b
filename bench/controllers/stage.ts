/** What the controllers work on: a kube-apiserver with Knative's and Weir's kinds, and objects as Knative would have made them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { applyAll } from '../../src/cli/up/apply.ts';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import { connect } from '../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../src/platform/crds/knative.ts';
import { reportCrds } from '../../src/platform/crds/reports.ts';
import type { Loader } from '../apiserver/load.ts';
import type { Sizes } from './sizes.ts';
import * as workload from './workload.ts';

/** As many as the schedules' controller has workers. */
export const AT_ONCE = 8;
export const HOUR_MS = 3_600_000;
/** When the controllers begin: an hour before every schedule's window. */
export const BEFORE = new Date(workload.TRANSITION.getTime() - HOUR_MS);
/** Where no window is: eight hours after each began. */
export const AFTER = new Date(workload.TRANSITION.getTime() + 8 * HOUR_MS);
/** What the schedules' default holds. */
export const DEFAULT = 2;

const KNATIVE_VERSION = '1.23.0';

export type Tell = (text: string) => void;

export async function install(kubeconfig: string): Promise<void> {
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  const client = clientOver(connection);
  const knative = (await knativeServingCrds()).map((definition) => withLabel(definition));
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const find = discoveryOf(client);
  const eventing = await knativeEventingCrds();
  await applyAll([...knative, ...eventing, ...foreignCrds(), ...reportCrds(), ...weirsCrds()], { client, find, wait });
  connection.close();
}

/** As a release labels them. */
function withLabel(definition: JsonObject): JsonObject {
  const metadata = objectAt(definition, 'metadata');
  const labels = { ...objectAt(metadata, 'labels'), 'app.kubernetes.io/version': KNATIVE_VERSION };
  return { ...definition, metadata: { ...metadata, labels } };
}

function weirsCrds(): JsonObject[] {
  return ['policyexceptions.yaml', 'scalingschedules.yaml', 'trafficrollouts.yaml'].flatMap((name) =>
    readManifests(readFileSync(path.join('overlays/base', name), 'utf8'), name).documents.map(({ object }) => object),
  );
}

/** Namespaces, Services with what Knative makes of them, and their schedules. */
export async function fill(loader: Loader, sizes: Sizes, tell: Tell): Promise<void> {
  const steps = {
    namespaces: workload.namespaces(sizes),
    Services: workload.services(sizes),
    Revisions: workload.revisions(sizes),
    'ready Revisions': workload.readyRevisions(sizes),
    PodAutoscalers: workload.podAutoscalers(sizes),
    schedules: workload.schedules(sizes),
  };
  for (const [title, calls] of Object.entries(steps)) {
    tell(`making ${calls.length} ${title}`);
    await loader.all(calls, AT_ONCE * 2);
  }
}

/** Every object of a list, as somebody reads them who does nothing else. */
export async function* pages(loader: Loader, list: string): AsyncIterable<JsonObject> {
  for (let next = ''; ; ) {
    const page = JSON.parse(
      await loader.ask({ method: 'GET', path: `${list}?limit=500${next && `&continue=${next}`}` }),
    );
    for (const item of arrayAt(page, 'items')) {
      const object = objectAt(item);
      if (object !== undefined) yield object;
    }
    next = encodeURIComponent(stringAt(page, 'metadata', 'continue') ?? '');
    if (next === '') return;
  }
}

const REVISIONS = '/apis/serving.knative.dev/v1/revisions';

/** How many Revisions are at that min-scale. */
export async function countHeld(loader: Loader, value: number): Promise<number> {
  let held = 0;
  for await (const revision of pages(loader, REVISIONS)) {
    const there = stringAt(revision, 'metadata', 'annotations', 'autoscaling.knative.dev/min-scale');
    if (there === String(value)) held++;
  }
  return held;
}
