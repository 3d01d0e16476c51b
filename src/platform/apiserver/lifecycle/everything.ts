/** Every change of every object that is stored, whatever its kind, custom ones as their definitions come. */
import { stringAt } from '../../../kubernetes/json.ts';
import type { Resources } from '../resources/resource.ts';
import type { Reader, Watch, WatchEvent } from '../store/store.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Tells what is there, and then each change.
 *
 * A custom kind is followed from its definition on and for good: objects of one whose definition goes are told to go,
 * and where there is no definition there is no event.
 */
export function followEverything(
  reader: Reader,
  resources: Resources,
  onEvent: (event: WatchEvent) => void,
): { stop(): void } {
  const watches = new Map<string, Watch>();

  function follow(resource: string): void {
    if (watches.has(resource)) return;
    watches.set(resource, reader.watch({ resource, namespace: '' }, { onEvent }));
  }

  for (const { isCustom, storedAs, verbs } of resources.all()) {
    if (!isCustom && verbs.includes('watch')) follow(storedAs);
  }
  const definitions = reader.watch(
    { resource: DEFINITIONS, namespace: '' },
    {
      onEvent({ stored }) {
        const plural = stringAt(stored.object(), 'spec', 'names', 'plural');
        const group = stringAt(stored.object(), 'spec', 'group');
        if (plural !== undefined && group !== undefined) follow(`${plural}.${group}`);
      },
    },
  );
  return {
    stop() {
      definitions.stop();
      for (const watch of watches.values()) watch.stop();
    },
  };
}
