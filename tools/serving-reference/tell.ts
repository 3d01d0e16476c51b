/** Tells a story to whoever listens at an API server, and writes down what becomes of each step. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { equals, type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { resourceOf } from './resources.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Deed, Story } from './story.ts';

export interface Told {
  readonly what: string;
  readonly snapshot: Snapshot;
}

/** A golden: of each step, the objects that changed since the one before; null where one is gone. */
export interface Golden {
  readonly story: string;
  readonly steps: readonly {
    readonly what: string;
    readonly changed: Readonly<Record<string, JsonObject | null>>;
  }[];
}

export interface TellOptions {
  readonly client: Client;
  /** There already, and empty. */
  readonly namespace: string;
  /** Changes an object before it is created, as webhooks would that are not there. */
  readonly admit?: (object: JsonObject) => JsonObject;
  /** Resolves when everybody has done what there was to do after the step of that index, with what is there where it has looked. */
  settle(step: number): Promise<Snapshot | undefined>;
}

export async function tell(story: Story, options: TellOptions): Promise<Told[]> {
  const told: Told[] = [];
  for (const [index, { what, does }] of story.steps.entries()) {
    for (const deed of does) await perform(deed, options);
    const seen = await options.settle(index);
    told.push({ what, snapshot: seen ?? (await takeSnapshot(options.client, options.namespace)) });
  }
  return told;
}

async function perform(deed: Deed, { client, namespace, admit = (object) => object }: TellOptions): Promise<void> {
  if ('create' in deed) {
    const metadata = { ...objectAt(deed.create, 'metadata'), namespace };
    await client.create(resourceOf(deed.create), admit({ ...deed.create, metadata }));
  } else if ('patch' in deed) {
    const { resource, name } = deed.patch;
    await client.patch(resource, { namespace, name }, { type: 'merge', body: deed.body });
  } else await client.delete(deed.delete.resource, { namespace, name: deed.delete.name });
}

export function goldenOf(story: Story, told: readonly Told[]): Golden {
  let before: Snapshot = {};
  const steps = told.map(({ what, snapshot }) => {
    const changed: Record<string, JsonObject | null> = {};
    for (const [name, object] of Object.entries(snapshot)) if (!equals(object, before[name])) changed[name] = object;
    for (const name of Object.keys(before)) if (!(name in snapshot)) changed[name] = null;
    before = snapshot;
    return { what, changed };
  });
  return { story: story.name, steps };
}

/** The snapshots that a golden holds. */
export function toldIn({ steps }: Golden): Told[] {
  let snapshot: Snapshot = {};
  return steps.map(({ what, changed }) => {
    const now: Record<string, JsonObject> = { ...snapshot };
    for (const [name, object] of Object.entries(changed)) {
      if (object === null) delete now[name];
      else now[name] = object;
    }
    snapshot = now;
    return { what, snapshot };
  });
}
