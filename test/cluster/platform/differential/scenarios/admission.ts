/** What webhooks do to requests. `$hook` is the URL of a webhook of this server's own, `$ca` what it is trusted by. */
import { type JsonObject, objectAt } from '../../../../../src/kubernetes/json.ts';
import {
  type Answer,
  APPLY,
  CONFIG_MAPS,
  configMap,
  get,
  MERGE,
  patch,
  post,
  put,
  remove,
  type Scenario,
  type Step,
} from '../scenario.ts';
import { EVENTS, event, NEW_EVENTS, newEvent } from './events.ts';

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1';

function onEvents(group: string, version: string): JsonObject {
  return {
    apiGroups: [group],
    apiVersions: [version],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    resources: ['events'],
  };
}

type Kind = 'Mutating' | 'Validating';

/** What a server is asked in this story is only what is done in the story's namespace. */
function webhook(path: string, more: object = {}): JsonObject {
  return {
    name: `${path.replaceAll('/', '-')}.story.weir.dev`,
    clientConfig: { url: `$hook/${path}`, caBundle: '$ca' },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ':ns' } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
    ...more,
  } as JsonObject;
}

function configuration(kind: Kind, name: string, webhooks: readonly JsonObject[]): Step {
  const plural = `${kind.toLowerCase()}webhookconfigurations`;
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: `:ns-${name}` },
    webhooks,
  };
  return post(`${REGISTRATION}/${plural}`, body, { only: () => null });
}

function gone(kind: Kind, name: string): Step {
  return remove(`${REGISTRATION}/${kind.toLowerCase()}webhookconfigurations/:ns-${name}`, undefined, {
    only: () => null,
  });
}

/** The real server reads configurations by a watch, a moment later: asked until the webhook has its say. */
const settled = (until: number, name = 'probe'): Step =>
  post(`${CONFIG_MAPS}?dryRun=All`, configMap(name), { until, only: () => null });

/** A story around one webhook: it is registered, works, and is taken away. */
function around(name: string, kind: Kind, hook: JsonObject, until: number, steps: readonly Step[]): Scenario {
  return { name, steps: [configuration(kind, 'one', [hook]), settled(until), ...steps, gone(kind, 'one')] };
}

const ONE = `${CONFIG_MAPS}/one`;

/** All three of a story have their say. */
function isSettled({ body, warnings }: Answer): boolean {
  const { labels, annotations } = {
    labels: objectAt(body, 'metadata', 'labels'),
    annotations: objectAt(body, 'metadata', 'annotations'),
  };
  return warnings.length > 0 && labels?.once === 'yes' && annotations?.seen === '2';
}

export const admission: readonly Scenario[] = [
  around('a webhook denies', 'Validating', webhook('deny'), 400, [
    post(CONFIG_MAPS, configMap('one')),
    patch(`${ONE}?fieldManager=a`, APPLY, configMap('one')),
    get(ONE),
  ]),
  around('a webhook denies without a word', 'Validating', webhook('deny-silently'), 400, [
    post(CONFIG_MAPS, configMap('one')),
  ]),
  around('a webhook denies with a code', 'Validating', webhook('deny-with-code'), 422, [
    post(CONFIG_MAPS, configMap('one')),
  ]),
  around('a webhook is broken', 'Validating', webhook('broken'), 500, [post(CONFIG_MAPS, configMap('one'))]),
  around('a webhook answers garbage', 'Validating', webhook('garbage'), 500, [post(CONFIG_MAPS, configMap('one'))]),
  around('a webhook is slow', 'Validating', webhook('slow', { timeoutSeconds: 1 }), 500, [
    post(CONFIG_MAPS, configMap('one')),
  ]),
  around('a patch leads nowhere', 'Mutating', webhook('misplaced'), 500, [post(CONFIG_MAPS, configMap('one'))]),
  around('a patch without its type', 'Mutating', webhook('without-type'), 500, [post(CONFIG_MAPS, configMap('one'))]),
  around('a patch makes the object invalid', 'Mutating', webhook('invalid'), 422, [
    post(CONFIG_MAPS, configMap('one')),
  ]),
  around('a dry run and side effects', 'Validating', webhook('allow', { sideEffects: 'NoneOnDryRun' }), 201, [
    post(`${CONFIG_MAPS}?dryRun=All`, configMap('one')),
  ]),
  {
    name: 'webhooks that change and warn',
    steps: [
      configuration('Mutating', 'a', [webhook('label'), webhook('count', { reinvocationPolicy: 'IfNeeded' })]),
      configuration('Mutating', 'b', [webhook('label-once')]),
      configuration('Validating', 'c', [webhook('warn')]),
      post(`${CONFIG_MAPS}?dryRun=All`, configMap('probe'), { until: isSettled, only: () => null }),
      post(CONFIG_MAPS, configMap('one')),
      put(ONE, configMap('one', { mode: 'b' })),
      patch(ONE, MERGE, { data: { mode: 'c' } }),
      patch(`${ONE}?fieldManager=a`, APPLY, configMap('one', { other: 'd' })),
      remove(ONE),
      gone('Mutating', 'a'),
      gone('Mutating', 'b'),
      gone('Validating', 'c'),
    ],
  },
  {
    name: 'a webhook for one of the names of events',
    steps: [
      configuration('Mutating', 'a', [webhook('label', { rules: [onEvents('', 'v1')] })]),
      configuration('Validating', 'b', [webhook('allow', { rules: [onEvents('events.k8s.io', 'v1')] })]),
      configuration('Validating', 'c', [
        webhook('deny', { rules: [onEvents('events.k8s.io', 'v1')], matchPolicy: 'Exact' }),
      ]),
      post(`${NEW_EVENTS}?dryRun=All`, newEvent('probe'), { until: 400, only: () => null }),
      post(EVENTS, event('old')),
      patch(`${EVENTS}/old?fieldManager=a`, MERGE, { message: 'again' }),
      patch(`${NEW_EVENTS}/old`, MERGE, { metadata: { annotations: { a: 'b' } } }),
      post(NEW_EVENTS, newEvent('new')),
      remove(`${EVENTS}/old`),
      gone('Mutating', 'a'),
      gone('Validating', 'b'),
      gone('Validating', 'c'),
    ],
  },
  around(
    'conditions and selectors',
    'Validating',
    webhook('deny', {
      objectSelector: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] },
      matchConditions: [
        { name: 'not-by-name', expression: "request.name != 'spared'" },
        {
          name: 'not-by-user',
          expression: "request.userInfo.username != 'spared' && !('spared' in request.userInfo.groups)",
        },
        { name: 'by-object', expression: "!has(object.data) || object.data.?mode.orValue('') != 'spared'" },
      ],
    }),
    400,
    [
      post(CONFIG_MAPS, configMap('one')),
      post(CONFIG_MAPS, configMap('spared')),
      post(CONFIG_MAPS, configMap('free', {}, { labels: { free: 'yes' } })),
      post(CONFIG_MAPS, configMap('two', { mode: 'spared' })),
      patch(`${CONFIG_MAPS}/two`, MERGE, { data: { mode: 'a' } }),
      patch(`${CONFIG_MAPS}/free`, MERGE, { metadata: { labels: { free: null } } }),
      post(CONFIG_MAPS, configMap('three'), {
        headers: { 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' },
      }),
      remove(`${CONFIG_MAPS}/spared`, undefined, { only: () => null }),
    ],
  ),
  {
    name: 'configurations that are refused',
    steps: [
      webhook('allow', { sideEffects: 'Some' }),
      webhook('allow', { sideEffects: undefined }),
      webhook('allow', { admissionReviewVersions: [] }),
      webhook('allow', { clientConfig: { url: 'http://localhost/allow' } }),
      webhook('allow', { clientConfig: {} }),
      webhook('allow', { clientConfig: { url: '$hook/allow', service: { namespace: 'a', name: 'b' } } }),
      webhook('allow', { clientConfig: { service: { namespace: 'a', name: 'b', path: 'x', port: 0 } } }),
      webhook('allow', { timeoutSeconds: 31 }),
      webhook('allow', { failurePolicy: 'Maybe' }),
      webhook('allow', { name: 'short' }),
      webhook('allow', {
        rules: [{ apiGroups: ['*', 'apps'], apiVersions: ['v1'], operations: ['READ'], resources: [] }],
      }),
      webhook('allow', { matchConditions: [{ name: 'bad', expression: 'request.name ==' }] }),
      webhook('allow', { matchConditions: [{ name: 'bad', expression: 'nobody.name == 1' }] }),
      webhook('allow', {
        matchConditions: [
          { name: 'same', expression: 'true' },
          { name: 'same', expression: 'true' },
        ],
      }),
      webhook('allow', { matchConditions: [{ name: 'number', expression: '1' }] }),
    ].map((hook) => ({
      ...post(`${REGISTRATION}/validatingwebhookconfigurations?dryRun=All`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: ':ns-refused' },
        webhooks: [hook],
      }),
    })),
  },
];
