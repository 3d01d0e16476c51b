import { arrayAt, isObject, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { kubectl } from '../command.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type Entry, entriesOf, ownerOf } from './entries.ts';
import { type Backend, type ClusterFacts, isEmbedded } from './facts.ts';

/** Somebody stands behind each Service that a webhook configuration names; each is told once. */
export function backends(facts: ClusterFacts): Verdict[] {
  const byService = new Map<string, Entry[]>();
  for (const entry of entriesOf(facts)) {
    if (entry.service !== undefined) byService.set(entry.service, [...(byService.get(entry.service) ?? []), entry]);
  }
  return [...byService]
    .sort(([left, of], [right, others]) => rank(of) - rank(others) || (left < right ? -1 : 1))
    .flatMap(([place, entries]) => {
      const backend = facts.backends.get(place);
      return backend === undefined ? [] : verdictOn(place, entries, backend, facts);
    });
}

const RANKS = ['weir', 'knative', 'other'];

function rank(entries: readonly Entry[]): number {
  return RANKS.indexOf(ownerOf(entries[0]?.configuration ?? ''));
}

function verdictOn(place: string, entries: readonly Entry[], backend: Backend, facts: ClusterFacts): Verdict[] {
  const owner = ownerOf(entries[0]?.configuration ?? '');
  // Weir's own API server reaches its webhook without endpoints
  if ((owner === 'weir' && isEmbedded(facts)) || hasAnswered(entries, facts)) return [];

  const why = whyNobody(place, backend);
  if (owner === 'other') return why === undefined ? [] : ofOthers(why, place, entries);
  const check = `webhooks/${owner}-service`;
  if (why !== undefined) return [wrong(check, consequence(why, entries), ...next(place))];
  const { service, slices } = backend;
  const hidden =
    blind(check, `Service ${place}`, service) ?? blind(check, `what stands behind Service ${place}`, slices);
  return [hidden ?? well(check, `Service ${place} leads to pods that are ready`)];
}

/** To have answered says more than what stands in the cluster. */
function hasAnswered(entries: readonly Entry[], { answers }: ClusterFacts): boolean {
  const asked = answers.filter(({ outcome }) => outcome === 'denied').map(({ of }) => of);
  return entries.some(({ configuration }) =>
    ownerOf(configuration) === 'weir'
      ? asked.includes('weir')
      : configuration.endsWith('webhook.serving.knative.dev') && asked.includes('knative'),
  );
}

/** Of no concern to Weir, but where everything waits for it. */
function ofOthers(why: string, place: string, entries: readonly Entry[]): Verdict[] {
  if (!entries.some(({ failsClosed }) => failsClosed)) return [];
  return [note('webhooks/others', consequence(why, entries), ...next(place))];
}

function consequence(why: string, entries: readonly Entry[]): string {
  const closed = entries.filter(({ failsClosed }) => failsClosed).map(({ name }) => name);
  const effect =
    closed.length === 0
      ? 'what they are for gets in unjudged'
      : `every change that ${listed(closed)} ${closed.length === 1 ? 'is' : 'are'} asked about is refused`;
  const names = [...new Set(entries.map(({ configuration }) => configuration))];
  return `${why}, which ${listed(names)} ${names.length === 1 ? 'names' : 'name'}: ${effect}`;
}

function next(place: string): string[] {
  const [namespace = '', name = ''] = place.split('/');
  return [
    kubectl('get endpointslices', namespace, '--selector', `kubernetes.io/service-name=${name}`),
    kubectl('get pods', namespace),
  ];
}

/** Why nobody stands behind the Service; undefined where somebody does, and where it cannot be seen. */
function whyNobody(place: string, { service, slices }: Backend): string | undefined {
  if (service.is === 'absent') return `there is no Service ${place}`;
  // a name elsewhere has no endpoints in the cluster
  if (stringAt(seenIn(service), 'spec', 'type') === 'ExternalName' || slices.is === 'unseen') return undefined;
  const endpoints = itemsOf(slices).flatMap((slice) => arrayAt(slice, 'endpoints'));
  const isServed = endpoints.some((endpoint) => isObject(endpoint) && isReady(endpoint));
  return isServed ? undefined : `no pod behind Service ${place} is ready`;
}

/** No condition means ready (k8s.io/api discovery/v1 types.go). */
function isReady({ conditions }: JsonObject): boolean {
  return !isObject(conditions) || conditions.ready !== false;
}
