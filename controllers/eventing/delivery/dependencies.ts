/** Follows the sources that Triggers may wait for. */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import type { Tools } from '../../manager/controller.ts';
import { keyOf, namespaceOf } from '../../serving/read.ts';
import { notFound } from '../destination.ts';
import { apiServerSources, containerSources, kafkaSources, pingSources, sinkBindings } from '../resources.ts';
import { type Dependency, dependencyText, readDependency } from './dependency.ts';

const SOURCES: readonly Resource[] = [pingSources, apiServerSources, containerSources, sinkBindings, kafkaSources];

/** @param triggersIn those of a namespace: a Trigger and what it waits for are in the same one */
export function followDependencies(
  { follow }: Pick<Tools, 'follow'>,
  triggersIn: (namespace: string) => readonly JsonObject[],
): { find(text: string, namespace: string): Dependency } {
  function* waitingFor({ kind }: Resource, source: JsonObject | undefined): Generator<string> {
    if (source === undefined) return;
    for (const trigger of triggersIn(namespaceOf(source))) {
      const text = dependencyText(trigger);
      const wanted = text === undefined ? undefined : readDependency(text);
      if (wanted === undefined || 'problem' in wanted) continue;
      if (wanted.kind === kind && wanted.name === nameOf(source)) yield `trigger:${keyOf(trigger)}`;
    }
  }

  const followed = SOURCES.map((resource) =>
    follow({ resource, keysOf: ({ object, old }) => waitingFor(resource, object ?? old) }),
  );
  return {
    find(text, namespace) {
      const wanted = readDependency(text);
      if ('problem' in wanted) return { is: 'unreadable', problem: wanted.problem };
      const { apiVersion, kind, name } = wanted;
      const group = groupOf(apiVersion);
      const found = followed.find(({ resource }) => resource.group === group && resource.kind === kind);
      if (found === undefined) {
        return { is: 'unknown', problem: `${apiVersion}, Kind=${kind} is no source that is looked at here` };
      }
      const object = found.store.find(namespace, name);
      if (object !== undefined) return { is: 'there', object };
      return { is: 'gone', problem: notFound({ apiVersion, name }, found.resource.plural) };
    },
  };
}
