import { arrayAt, isObject, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { kubectl } from '../command.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type Answer, type Backend, type ClusterFacts, configurationNamed, MUTATING, VALIDATING } from './facts.ts';

const KNATIVE = ['webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'];

/** The webhooks are configured, something stands behind them, and they answer. */
export function webhooks(facts: ClusterFacts): Verdict[] {
  const hidden = blind(
    'webhooks/weir',
    'the webhook configurations',
    facts.validating.is === 'unseen' ? facts.validating : facts.mutating,
  );
  return [...(hidden === undefined ? configured(facts) : [hidden]), ...backends(facts), ...answers(facts)];
}

function configured({ mutating, validating }: ClusterFacts): Verdict[] {
  const missing = [
    ...(configurationNamed(mutating, MUTATING) === undefined ? [`MutatingWebhookConfiguration ${MUTATING}`] : []),
    ...(configurationNamed(validating, VALIDATING) === undefined
      ? [`ValidatingWebhookConfiguration ${VALIDATING}`]
      : []),
  ];
  if (missing.length === 0) return [];
  const found = `the cluster has no ${missing.join(' and no ')}: ${missing.length === 2 ? 'Weir judges and fills in nothing' : missing[0]?.startsWith('M') ? 'Weir fills in nothing' : 'Weir judges nothing'}`;
  return [wrong('webhooks/weir', found, 'kubectl apply --server-side -k .')];
}

export interface Entry {
  readonly configuration: string;
  readonly name: string;
  readonly failsClosed: boolean;
  /** `namespace/name` of its Service; undefined for one with a URL. */
  readonly service: string | undefined;
  readonly caBundle: string;
}

/** Every entry of every configuration. */
export function entriesOf({ mutating, validating }: Pick<ClusterFacts, 'mutating' | 'validating'>): Entry[] {
  return [...itemsOf(mutating), ...itemsOf(validating)].flatMap((configuration) =>
    arrayAt(configuration, 'webhooks')
      .filter(isObject)
      .map((entry) => entryOf(configuration, entry)),
  );
}

function entryOf(configuration: JsonObject, entry: JsonObject): Entry {
  const namespace = stringAt(entry, 'clientConfig', 'service', 'namespace');
  const name = stringAt(entry, 'clientConfig', 'service', 'name');
  return {
    configuration: nameOf(configuration),
    name: stringAt(entry, 'name') ?? '',
    failsClosed: (stringAt(entry, 'failurePolicy') ?? 'Fail') === 'Fail',
    service: namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`,
    caBundle: stringAt(entry, 'clientConfig', 'caBundle') ?? '',
  };
}

/** Whose webhook it is, as far as the doctor knows them. */
export function ownerOf(configuration: string): Answer['of'] | 'other' {
  if (configuration === MUTATING || configuration === VALIDATING) return 'weir';
  return configuration.endsWith('.knative.dev') ? 'knative' : 'other';
}

/** Each Service once, with the configurations that name it. */
function backends(facts: ClusterFacts): Verdict[] {
  const byService = new Map<string, Entry[]>();
  for (const entry of entriesOf(facts)) {
    if (entry.service !== undefined) byService.set(entry.service, [...(byService.get(entry.service) ?? []), entry]);
  }
  return [...byService]
    .sort(([left], [right]) => rank(byService.get(left)) - rank(byService.get(right)) || (left < right ? -1 : 1))
    .flatMap(([place, entries]) => {
      const backend = facts.backends.get(place);
      return backend === undefined ? [] : backendVerdict(place, entries, backend, facts);
    });
}

const RANKS = ['weir', 'knative', 'other'];

function rank(entries: readonly Entry[] | undefined): number {
  return RANKS.indexOf(ownerOf(entries?.[0]?.configuration ?? ''));
}

function backendVerdict(place: string, entries: readonly Entry[], backend: Backend, facts: ClusterFacts): Verdict[] {
  const owner = ownerOf(entries[0]?.configuration ?? '');
  const check = owner === 'other' ? 'webhooks/others' : `webhooks/${owner}-service`;
  const [namespace = '', name = ''] = place.split('/');
  // to have answered says more than what stands in the cluster
  if (owner !== 'other' && facts.answers.some((answer) => answer.of === owner && answer.outcome === 'denied'))
    return [];

  const why = whyNobody(place, backend);
  if (why === undefined) return owner === 'other' ? [] : [well(check, `Service ${place} leads to pods that are ready`)];
  if (why.verdict !== undefined) return owner === 'other' ? [] : [{ ...why.verdict, check }];

  const closed = entries.filter(({ failsClosed }) => failsClosed).map(({ name: entry }) => entry);
  const effect =
    closed.length === 0
      ? 'what they are for gets in unjudged'
      : `every change that ${listed(closed)} ${closed.length === 1 ? 'is' : 'are'} asked about is refused`;
  const found = `${why.found}, which ${listed([...new Set(entries.map(({ configuration }) => configuration))])} ${entries.length === 1 ? 'names' : 'name'}: ${effect}`;
  const next = [
    kubectl('get endpointslices', namespace, '--selector', `kubernetes.io/service-name=${name}`),
    kubectl('get pods', namespace),
  ];
  if (owner === 'other') return closed.length === 0 ? [] : [note(check, found, ...next)];
  return [wrong(check, found, ...next)];
}

/** Why nobody stands behind the Service; undefined where somebody does. */
function whyNobody(
  place: string,
  { service, slices }: Backend,
): { readonly found: string; readonly verdict?: Verdict } | undefined {
  const hidden = blind('', `Service ${place}`, service) ?? blind('', `what stands behind Service ${place}`, slices);
  if (service.is === 'absent') return { found: `there is no Service ${place}` };
  // a name elsewhere has no endpoints in the cluster
  if (stringAt(seenIn(service), 'spec', 'type') === 'ExternalName') return undefined;
  if (hidden !== undefined) return { found: hidden.found, verdict: hidden };
  const ready = itemsOf(slices)
    .flatMap((slice) => arrayAt(slice, 'endpoints'))
    .filter((endpoint) => isObject(endpoint) && isServing(endpoint));
  return ready.length > 0 ? undefined : { found: `no pod behind Service ${place} is ready` };
}

/** No condition means ready (k8s.io/api discovery/v1 types.go). */
function isServing(endpoint: JsonObject): boolean {
  const { conditions } = endpoint;
  return !isObject(conditions) || conditions.ready !== false;
}

/** What the dry runs brought. */
function answers(facts: ClusterFacts): Verdict[] {
  if (facts.notAsked !== undefined)
    return [note('webhooks/answers', `whether the webhooks answer was not tried: ${facts.notAsked}`)];
  return facts.answers.map((answer) => (answer.of === 'weir' ? weirs(answer) : knatives(answer)));
}

const LOG = kubectl('logs deployment/weir-webhook --tail=50', 'weir-system');

function weirs({ outcome, words }: Answer): Verdict {
  const check = 'webhooks/answers';
  if (outcome === 'denied') return well(check, "Weir's webhook answers: a dry run that it has to deny was denied");
  if (outcome === 'let-in') {
    return wrong(
      check,
      "Weir's webhook does not judge: a dry run that it has to deny was let in. Its entries are missing, or they let everything in while it does not answer",
      kubectl(`get validatingwebhookconfiguration ${VALIDATING} -o yaml`),
      LOG,
    );
  }
  return wrong(check, `Weir's webhook does not answer: ${words}${hintFor(words)}`, LOG);
}

function knatives({ outcome, words }: Answer): Verdict {
  const check = 'webhooks/knative-answers';
  if (outcome === 'denied')
    return well(check, "Knative's webhook answers: a dry run that it has to refuse was refused");
  const log = kubectl('logs deployment/webhook --tail=50', 'knative-serving');
  if (outcome === 'let-in') {
    return wrong(
      check,
      "Knative's webhook does not judge: a Service without an image was let in by a dry run",
      kubectl(`get validatingwebhookconfiguration ${KNATIVE[1] ?? ''} -o yaml`),
      log,
    );
  }
  return wrong(check, `Knative's webhook does not answer: ${words}${hintFor(words)}`, log);
}

/** What an API server's words about a webhook mean (k8s.io/apiserver pkg/admission/plugin/webhook). */
function hintFor(words: string): string {
  if (/x509|certificate/i.test(words))
    return '. The caBundle of its configuration does not belong to its certificate; see the certificates below';
  if (/deadline exceeded|timeout/i.test(words))
    return '. The API server does not reach its pods: look at NetworkPolicies and at the firewall between control plane and nodes (port 9443)';
  if (/no endpoints available|connection refused/i.test(words)) return '. No pod of it is ready';
  if (/not found/i.test(words)) return '. Its Service is not there';
  return '';
}
