/** What each of these controllers stands on: Knative's settings, and whether it is theirs to act. */

import { configMaps } from '../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Followed, FollowOptions, Tools } from '../manager/controller.ts';
import { followKnative, KNATIVE_NAMESPACE } from './installed.ts';
import { keyOf } from './read.ts';
import type { Runtime } from './runtime.ts';
import { readSettings, type Settings } from './settings.ts';

/** Objects that one controller looks at side by side: a round is mostly waiting for the API server. */
export const WORKERS = 4;

export interface ServingOptions {
  /** What runs the code; unless given, every Revision is ready as soon as it is there. */
  readonly runtime: Runtime;
  /** The domain of Routes where config-domain names none for all of them. */
  readonly domain: string;
  /** At which the ingress takes requests from outside, where that is not the scheme's own: it stands in URLs then. */
  readonly ingressPort?: number;
}

/** What the controllers of one process share. */
export interface Shared extends ServingOptions {
  /** Where Pods really run: what is of the class HPA has a HorizontalPodAutoscaler. Elsewhere it is as all others. */
  readonly areHpasMade: boolean;
  /** What of Knative was seen last: all of them see it, and one says it. */
  readonly aside: { sign: string | undefined };
}

export interface Ground {
  /** The objects that the controller's keys name. */
  readonly main: Followed;
  /** The ConfigMaps as they are now. */
  settings(): Settings;
  /** False where Knative itself is installed: nothing is written then. */
  isOurs(): boolean;
}

/**
 * @param main what the controller's keys name: every one of them is looked at again when Knative comes or goes, or a
 *   ConfigMap of its changes
 */
export function standOn(
  tools: Tools,
  options: Shared,
  main: Pick<FollowOptions, 'resource'> & Partial<FollowOptions>,
): Ground {
  const followed = tools.follow({ keysOf: ({ object, old }) => keysOf(object ?? old), ...main });
  function* everyKey(): Generator<string> {
    for (const object of followed.store.all()) yield keyOf(object);
  }

  const knative = followKnative(tools, everyKey);
  const configs = tools.follow({ resource: configMaps, namespace: KNATIVE_NAMESPACE, keysOf: everyKey });
  let readFrom: readonly JsonObject[] | undefined;
  let settings: Settings | undefined;
  return {
    main: followed,
    settings() {
      const objects = configs.store.inNamespace(KNATIVE_NAMESPACE);
      if (settings === undefined || objects !== readFrom) settings = readSettings(objects, options.domain);
      readFrom = objects;
      return settings;
    },
    isOurs() {
      const sign = knative.sign();
      if (sign !== options.aside.sign) tools.log.info({ sign: sign ?? '' }, told(sign));
      options.aside.sign = sign;
      return sign === undefined;
    },
  };
}

function told(sign: string | undefined): string {
  return sign === undefined
    ? 'Knative Serving is installed no more: its objects are made here'
    : `Knative Serving is installed (${sign}): its own controller makes what belongs to Services`;
}

function keysOf(object: JsonObject | undefined): string[] {
  return object === undefined ? [] : [keyOf(object)];
}
