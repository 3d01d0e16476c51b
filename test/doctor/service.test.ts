import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ABSENT, seen } from '../../src/doctor/look.ts';
import { examineService } from '../../src/doctor/service/examine.ts';
import type { ServiceFacts } from '../../src/doctor/service/facts.ts';
import type { Verdict } from '../../src/doctor/verdict.ts';
import { DEFAULT_SETTINGS } from '../../src/knative/settings.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { everyRule } from '../../src/policy/rules/every.ts';
import {
  aBroker,
  aKnativeService,
  anEvent,
  aPod,
  aPodAutoscaler,
  aPolicy,
  aRevision,
  aServiceFacts,
  aSource,
  aTrigger,
  aWaitingPod,
  type ConditionParts,
  conditions,
  TO_BROKER,
} from './serviceFacts.ts';

type Case = readonly [what: string, changes: Partial<ServiceFacts>, expected: string];

function told(changes: Partial<ServiceFacts>, ...states: readonly Verdict['state'][]): string[] {
  return examineService(aServiceFacts(changes))
    .filter(({ state }) => states.includes(state))
    .map(({ state, check, found }) => `${state} ${check}: ${found}`);
}

const notReady = aKnativeService(
  {},
  { conditions: conditions(['Ready', 'False', 'RevisionFailed', 'it failed']), latestReadyRevisionName: 'cart-00000' },
);
const failing = (...all: readonly ConditionParts[]) => ({
  service: notReady,
  revisions: seen([aRevision({ conditions: conditions(...all) })]),
});
const withPod = (pod: JsonObject, ...events: readonly JsonObject[]) => ({
  service: notReady,
  pods: seen([pod]),
  events: seen(events),
});
const oom = {
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
  restartCount: 4,
};
const crash = { lastState: { terminated: { reason: 'Error', exitCode: 3 } }, restartCount: 7 };
const crashWith = (message: string) => ({
  lastState: { terminated: { reason: 'Error', exitCode: 1, message } },
  restartCount: 1,
});
const STACK = `/app/server.js:3
throw new Error('no DATABASE_URL')
^

Error: no DATABASE_URL
    at Object.<anonymous> (/app/server.js:3:7)

Node.js v24.1.0
`;
const unmapped =
  'nothing says which program stands for image shop/cart; add under "images" of weir.yaml: "shop/cart": {command: [node]}';
const minScale = { 'autoscaling.knative.dev/min-scale': '2' };
const eventing = (changes: Partial<ServiceFacts> = {}): Partial<ServiceFacts> => ({
  triggers: seen([aTrigger()]),
  brokers: seen([aBroker()]),
  subscriptions: seen([]),
  sources: [seen([aSource('PingSource', TO_BROKER)])],
  ...changes,
});
const schedule = {
  apiVersion: 'weir.dev/v1alpha1',
  kind: 'ScalingSchedule',
  metadata: { name: 'days', namespace: 'shop' },
  spec: {
    scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' },
    timeZone: 'Etc/UTC',
    windows: [{ name: 'noon', start: '0 11 * * *', end: '0 14 * * *', minScale: 5 }],
  },
};

const START: readonly Case[] = [
  [
    'no controller has looked',
    { service: aKnativeService({}, { observedGeneration: 1 }, { generation: 2 }) },
    'wrong start/controller: Knative has not looked at the newest spec of cart',
  ],
  [
    'no status',
    { service: aKnativeService({}, { observedGeneration: 1, conditions: [] }), revisions: seen([]) },
    'wrong start/controller: cart has no status',
  ],
  [
    'an image that the registry refuses',
    withPod(
      aWaitingPod('ImagePullBackOff', 'Back-off pulling image'),
      anEvent('Pod', 'cart-00001-deployment-a', 'Failed', 'Failed to pull image: 401 Unauthorized'),
    ),
    'wrong start/image: container user-container of pod cart-00001-deployment-a has no image (ImagePullBackOff): the registry refuses these credentials',
  ],
  [
    'an image that is not there',
    withPod(aWaitingPod('ErrImagePull', 'manifest unknown')),
    'wrong start/image: container user-container of pod cart-00001-deployment-a has no image (ErrImagePull): the registry has no such image or tag. It is registry.example.com/cart:1',
  ],
  [
    'a registry out of reach',
    withPod(aWaitingPod('ErrImagePull', 'dial tcp: lookup registry.example.com: no such host')),
    'wrong start/image: container user-container of pod cart-00001-deployment-a has no image (ErrImagePull): the registry cannot be reached',
  ],
  [
    'an image that Knative cannot resolve',
    failing(
      [
        'ContainerHealthy',
        'False',
        'ContainerMissing',
        'Unable to fetch image "x": failed to resolve image to digest: 404 Not Found',
      ],
      ['Ready', 'False'],
    ),
    'wrong start/image: Knative finds no image for Revision cart-00001: the registry has no such image or tag',
  ],
  [
    'a Secret that is missing',
    withPod(aWaitingPod('CreateContainerConfigError', 'secret "db" not found')),
    'wrong start/configuration: container user-container of pod cart-00001-deployment-a cannot be made: secret "db" not found',
  ],
  [
    "an image that no program stands for, on Weir's own platform",
    {
      ...withPod(aWaitingPod('ContainerMissing', unmapped)),
      isEmbedded: true,
      revisions: seen([aRevision({ conditions: conditions(['Ready', 'False', 'ContainerMissing', unmapped]) })]),
    },
    `wrong start/image: container user-container of pod cart-00001-deployment-a has no program: ${unmapped}`,
  ],
  [
    "a Revision on Weir's own platform whose image stands for no program, and no pod any more",
    { ...failing(['ContainerHealthy', 'False', 'ContainerMissing', unmapped], ['Ready', 'False']), isEmbedded: true },
    `wrong start/image: no program runs for Revision cart-00001: ${unmapped}`,
  ],
  [
    'a pod that only waits, of which its Revision knows more',
    {
      ...failing(['ContainerHealthy', 'False', 'ExitCode1', 'Container failed with: boom'], ['Ready', 'False']),
      pods: seen([aPod({ conditions: conditions(['Ready', 'False']) })]),
    },
    'wrong start/crash: the container of Revision cart-00001 ends as it starts (ExitCode1)',
  ],
  [
    'a crash with last words',
    withPod(aWaitingPod('CrashLoopBackOff', '', undefined, crashWith(STACK))),
    'wrong start/crash: container user-container of pod cart-00001-deployment-a ends with exit code 1 each time it starts (1 restart); its last words: Error: no DATABASE_URL',
  ],
  [
    'a crash with last words that name no error',
    withPod(aWaitingPod('CrashLoopBackOff', '', undefined, crashWith('one\ntwo\n'))),
    'wrong start/crash: container user-container of pod cart-00001-deployment-a ends with exit code 1 each time it starts (1 restart); its last words: two',
  ],
  [
    'a crash, between two of which it runs',
    withPod(aWaitingPod('', '', undefined, { ...crashWith('boom'), state: { running: {} }, ready: false })),
    'wrong start/crash: container user-container of pod cart-00001-deployment-a ends with exit code 1 each time it starts (1 restart); its last words: boom',
  ],
  [
    'too little memory',
    withPod(aWaitingPod('CrashLoopBackOff', '', undefined, oom)),
    'wrong start/memory: container user-container of pod cart-00001-deployment-a needs more memory than its limit',
  ],
  [
    'a crash',
    withPod(aWaitingPod('CrashLoopBackOff', '', undefined, crash)),
    'wrong start/crash: container user-container of pod cart-00001-deployment-a ends with exit code 3 each time it starts (7 restarts)',
  ],
  [
    'a liveness probe that kills',
    withPod(
      aWaitingPod('CrashLoopBackOff', '', undefined, crash),
      anEvent('Pod', 'cart-00001-deployment-a', 'Unhealthy', 'Liveness probe failed: 500'),
    ),
    'wrong start/crash: container user-container of pod cart-00001-deployment-a ends with exit code 3 each time it starts (7 restarts); its liveness probe fails before: Liveness probe failed: 500',
  ],
  [
    'no node',
    withPod(
      aPod({ conditions: conditions(['PodScheduled', 'False', 'Unschedulable', '0/3 nodes: Insufficient cpu']) }),
    ),
    'wrong start/no-node: pod cart-00001-deployment-a fits on no node: 0/3 nodes: Insufficient cpu',
  ],
  [
    'a readiness probe that fails',
    withPod(
      aPod({ conditions: conditions(['Ready', 'False']) }),
      anEvent(
        'Pod',
        'cart-00001-deployment-a',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
      ),
    ),
    'wrong start/probe: pod cart-00001-deployment-a runs and is not ready: Readiness probe failed',
  ],
  [
    'a volume that is missing',
    withPod(
      aPod({ phase: 'Pending', conditions: conditions(['Ready', 'False']) }),
      anEvent('Pod', 'cart-00001-deployment-a', 'FailedMount', 'configmap "settings" not found'),
    ),
    'wrong start/configuration: pod cart-00001-deployment-a waits for a volume: configmap "settings" not found',
  ],
  [
    'a quota',
    {
      service: notReady,
      events: seen([
        anEvent(
          'ReplicaSet',
          'cart-00001-deployment-5d',
          'FailedCreate',
          'pods "x" is forbidden: exceeded quota: weir',
        ),
      ]),
    },
    'wrong start/refused: no pod can be made: pods "x" is forbidden: exceeded quota: weir',
  ],
  [
    'a deadline',
    failing(['ResourcesAvailable', 'False', 'ProgressDeadlineExceeded', 'timed out'], ['Ready', 'False']),
    'wrong start/deadline: no pod of Revision cart-00001 became ready in time: timed out',
  ],
  [
    'an exit',
    failing(['ContainerHealthy', 'False', 'ExitCode1', 'Container failed with: boom'], ['Ready', 'False']),
    'wrong start/crash: the container of Revision cart-00001 ends as it starts (ExitCode1)',
  ],
  [
    'something else',
    failing(['ResourcesAvailable', 'False', 'NotOwned', 'not ours'], ['Ready', 'False']),
    'wrong start/revision: Revision cart-00001 is not ready: NotOwned: not ours',
  ],
  [
    'nothing but its own condition',
    { service: notReady },
    'wrong start/ready: cart is not ready: RevisionFailed: it failed',
  ],
  [
    'the Revision before, which goes on',
    { service: notReady },
    'note start/older: requests to cart go on to Revision cart-00000',
  ],
  [
    'traffic to what is not there',
    {
      route: seen({
        status: {
          conditions: conditions([
            'AllTrafficAssigned',
            'False',
            'RevisionMissing',
            'Revision "cart-00009" referenced in traffic not found.',
          ]),
        },
      }),
    },
    'wrong start/traffic: spec.traffic of cart names Revision cart-00009, which is not there',
  ],
  [
    'no certificate',
    {
      route: seen({
        status: {
          conditions: conditions(
            ['AllTrafficAssigned', 'True'],
            ['CertificateProvisioned', 'False', 'CertificateFailed', 'no'],
          ),
        },
      }),
    },
    'wrong start/certificate: cart has no certificate for its name',
  ],
  [
    'no ingress',
    {
      route: seen({
        status: {
          conditions: conditions(
            ['AllTrafficAssigned', 'True'],
            ['IngressReady', 'Unknown', 'IngressNotConfigured', 'Ingress has not yet been reconciled.'],
          ),
        },
      }),
    },
    'note start/ingress: the ingress does not lead to cart yet: IngressNotConfigured',
  ],
  [
    'a pull secret that is not there, though its pods run',
    {
      pullSecrets: new Map([
        ['other', true],
        ['regcred', false],
      ]),
    },
    'wrong start/pull-secret: Secret regcred, which imagePullSecrets of cart names, is not in shop: a node that has not got the image yet cannot pull it',
  ],
  [
    'a pull secret that is not there, where nothing is pulled',
    { isEmbedded: true, pullSecrets: new Map([['regcred', false]]) },
    'note start/pull-secret: Secret regcred, which imagePullSecrets of cart names, is not in shop; nothing is pulled here',
  ],
  [
    'two pull secrets that are not there',
    {
      pullSecrets: new Map([
        ['mirror', false],
        ['regcred', false],
      ]),
    },
    'wrong start/pull-secret: Secrets mirror and regcred, which imagePullSecrets of cart name, are not in shop',
  ],
  [
    'a pull secret that may not be asked for, and that the kubelet misses',
    {
      pullSecrets: new Map([['regcred', undefined]]),
      pods: seen([aPod()]),
      events: seen([
        anEvent(
          'Pod',
          'cart-00001-deployment-a',
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
        ),
      ]),
    },
    'wrong start/pull-secret: Secret regcred, which',
  ],
];

const closedToAll = aPolicy({ podSelector: {}, policyTypes: ['Ingress'] });
const onlyActivator = aPolicy({
  podSelector: {},
  policyTypes: ['Ingress'],
  ingress: [
    {
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'knative-serving' } } }],
      ports: [{ port: 8012 }],
    },
  ],
});

const NETWORK: readonly Case[] = [
  [
    'everything is closed',
    { networkPolicies: seen([closedToAll]) },
    'wrong network/closed: NetworkPolicy own does not let the activator in knative-serving in to cart (port 8012)',
  ],
  [
    'the autoscaler is cut off',
    { networkPolicies: seen([onlyActivator]) },
    'wrong network/closed: NetworkPolicy own does not let the autoscaler in knative-serving in to cart (port 9090): the autoscaler does not see',
  ],
  [
    'the gateway is cut off',
    { networkPolicies: seen([onlyActivator]) },
    'wrong network/closed: NetworkPolicy own does not let the gateway in kourier-system in to cart (port 8012)',
  ],
  [
    'DNS is closed',
    { networkPolicies: seen([aPolicy({ podSelector: {}, policyTypes: ['Egress'] })]) },
    'wrong network/dns: NetworkPolicy own does not let cart out to DNS',
  ],
  [
    'the gateway is cut off by guard rails',
    {
      networkPolicies: seen([
        { ...onlyActivator, metadata: { name: 'weir-a', namespace: 'shop', labels: { 'weir.dev/guard-rail': 'x' } } },
      ]),
      knative: { ...DEFAULT_SETTINGS, gateways: ['istio-system'] },
    },
    "wrong network/closed: NetworkPolicy weir-a does not let the gateway in istio-system in to cart (port 8012): requests from outside end in 503 or a timeout once the activator steps out of the way. Weir's guard rails let in the gateways of spec.knative.gateways in the environment's policy, and the ingress class of config-network has its gateway in istio-system",
  ],
  [
    'policies may not be seen',
    { networkPolicies: { is: 'unseen', why: 'no', right: undefined } },
    'unseen network/policies: NetworkPolicies cannot be looked at: no',
  ],
];

const SCALE: readonly Case[] = [
  [
    'a key that Knative does not know',
    { service: aKnativeService({ 'autoscaling.knative.dev/minscale': '2' }) },
    'wrong scale/annotation: cart has the annotation autoscaling.knative.dev/minscale, which means nothing to Knative: did you mean "autoscaling.knative.dev/min-scale"?',
  ],
  [
    'keys where nobody reads them',
    { service: aKnativeService({}, {}, { annotations: { 'autoscaling.knative.dev/max-scale': '9' } }) },
    'wrong scale/annotation: cart has autoscaling.knative.dev/max-scale on its own metadata',
  ],
  [
    'no PodAutoscaler',
    { podAutoscalers: seen([]) },
    'wrong scale/autoscaler: Revision cart-00001 has no PodAutoscaler',
  ],
  [
    'a class that nobody serves',
    { podAutoscalers: seen([aPodAutoscaler({ 'autoscaling.knative.dev/class': 'mine' })]) },
    'wrong scale/class: Revision cart-00001 has the autoscaler class mine',
  ],
  [
    'its max-scale',
    {
      podAutoscalers: seen([
        aPodAutoscaler({ 'autoscaling.knative.dev/max-scale': '3' }, { actualScale: 3, desiredScale: 3 }),
      ]),
    },
    'note scale/at-max: Revision cart-00001 has 3 pods, and max-scale allows 3 (annotation autoscaling.knative.dev/max-scale)',
  ],
  [
    'pods that are yet to come',
    { podAutoscalers: seen([aPodAutoscaler({}, { actualScale: 1, desiredScale: 4 })]) },
    'note scale/behind: the autoscaler wants 4 pods of Revision cart-00001, and 1 is ready',
  ],
  [
    "pods that are yet to come on Weir's own platform",
    { isEmbedded: true, podAutoscalers: seen([aPodAutoscaler({}, { actualScale: 1, desiredScale: 4 })]) },
    'note scale/behind: the autoscaler wants 4 pods of Revision cart-00001, and 1 is ready',
  ],
  [
    'an activation that failed',
    {
      podAutoscalers: seen([
        aPodAutoscaler(
          {},
          { conditions: conditions(['Active', 'False', 'TimedOut', 'The target could not be activated.']) },
        ),
      ]),
    },
    'wrong scale/activation: Revision cart-00001 got no pod ready in time',
  ],
  [
    'an autoscaler that reads nothing',
    {
      metrics: seen([
        {
          metadata: { name: 'cart-00001' },
          status: { conditions: conditions(['Ready', 'False', 'DidNotReceiveStat', 'nothing']) },
        },
      ]),
    },
    'wrong scale/metrics: the autoscaler cannot read how busy Revision cart-00001 is: DidNotReceiveStat: nothing',
  ],
  [
    'a schedule',
    { schedules: seen([schedule]) },
    'note scale/schedule: ScalingSchedule days holds it at min-scale 5 by its window noon, until 2026-01-02T14:00:00Z',
  ],
  [
    'a schedule that keeps it up',
    {
      schedules: seen([schedule]),
      podAutoscalers: seen([aPodAutoscaler({ 'autoscaling.knative.dev/min-scale': '5' })]),
    },
    'note zero/min-scale: it does not go to zero while ScalingSchedule days holds min-scale 5',
  ],
  [
    'a min-scale',
    { podAutoscalers: seen([aPodAutoscaler(minScale)]) },
    'note zero/min-scale: it does not go to zero: min-scale of Revision cart-00001 is 2 (annotation autoscaling.knative.dev/min-scale)',
  ],
  [
    'a cluster that keeps everything up',
    { knative: { ...DEFAULT_SETTINGS, autoscaler: { 'enable-scale-to-zero': 'false' } } },
    'note zero/cluster: nothing in this cluster goes to zero',
  ],
  [
    'the class of a HorizontalPodAutoscaler',
    { podAutoscalers: seen([aPodAutoscaler({ 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev' })]) },
    'note zero/class: Revision cart-00001 is scaled by a HorizontalPodAutoscaler',
  ],
  [
    'somebody who asks',
    { pods: seen([aPod()]) },
    'note zero/busy: it goes to zero after 1m0s without a request, and 30s more; Revision cart-00001 has 1 pod',
  ],
  [
    'a pod that does not become ready',
    { service: notReady, pods: seen([aPod({ conditions: conditions(['Ready', 'False']) })]) },
    'note zero/starting: it goes to zero after 1m0s without a request, and 30s more; Revision cart-00001 has 1 pod, and it is not ready',
  ],
  [
    'a pod that stays',
    {
      pods: seen([aPod()]),
      podAutoscalers: seen([aPodAutoscaler({}, { conditions: conditions(['Active', 'False', 'NoTraffic', 'idle']) })]),
    },
    'wrong zero/stuck: Revision cart-00001 is idle since 2026-01-02T11:00:00Z and still has 1 pod: the autoscaler waits until the activator reaches them',
  ],
  [
    "somebody who asks on Weir's own platform",
    { isEmbedded: true, pods: seen([aPod()]) },
    'note zero/busy: it goes to zero after 1m0s without a request, and 30s more; Revision cart-00001 has 1 pod',
  ],
  [
    "a pod that stays on Weir's own platform, which has no activator",
    {
      isEmbedded: true,
      pods: seen([aPod()]),
      podAutoscalers: seen([aPodAutoscaler({}, { conditions: conditions(['Active', 'False', 'NoTraffic', 'idle']) })]),
    },
    'wrong zero/stuck: Revision cart-00001 is idle since 2026-01-02T11:00:00Z and still has 1 pod: they still answer, or the pods do not end',
  ],
];

const COLD: readonly Case[] = [
  [
    'a probe that waits',
    { revisions: seen([aRevision({}, { readinessProbe: { initialDelaySeconds: 10 } })]) },
    'note cold/probe: the readiness probe of user-container waits for 10 s',
  ],
  [
    'a probe that asks seldom',
    { revisions: seen([aRevision({}, { readinessProbe: { periodSeconds: 10 } })]) },
    'note cold/probe: the readiness probe of user-container asks every 10 s',
  ],
  [
    'an image that is always pulled',
    { revisions: seen([aRevision({}, { imagePullPolicy: 'Always' })]) },
    'note cold/pull-policy: the image of user-container is asked for at the registry at every start',
  ],
  [
    'a slow pod',
    {
      pods: seen([
        aPod({ conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T11:00:14Z' }] }),
      ]),
      events: seen([
        anEvent(
          'Pod',
          'cart-00001-deployment-a',
          'Pulled',
          'Successfully pulled image "x" in 9.5s (9.5s including waiting). Image size: 900000000 bytes.',
        ),
      ]),
    },
    'note cold/measured: its last pod was ready 14 s after it was made, 9.5 s of it for the image',
  ],
  [
    'a large image',
    {
      events: seen([
        anEvent(
          'Pod',
          'cart-00001-deployment-b',
          'Pulled',
          'Successfully pulled image "x" in 1m2.5s (63s including waiting). Image size: 900000000 bytes.',
        ),
      ]),
    },
    'note cold/image: the image of 900 MB was pulled to the node and took 63 s',
  ],
];

const dead = {
  delivery: { deadLetterSink: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'crat' } } },
};

const EVENTS: readonly Case[] = [
  [
    'nobody sends to it',
    eventing({ triggers: seen([]), sources: [] }),
    'note events/none: no Trigger, Subscription or source of shop leads to cart',
  ],
  [
    'a Broker that is not there',
    eventing({ brokers: seen([{ metadata: { name: 'defaults' } }]) }),
    'wrong events/broker: Trigger orders asks Broker default, which is not in shop; did you mean "defaults"?',
  ],
  [
    'a Broker that is not ready',
    eventing({ brokers: seen([aBroker({}, ['Ready', 'False'], ['TopicReady', 'False', 'NoKafka', 'no brokers'])]) }),
    'wrong events/broker: Broker default is not ready, so that nothing passes through it: TopicReady is False, NoKafka: no brokers',
  ],
  [
    'a Trigger that is not ready',
    eventing({
      triggers: seen([
        aTrigger(
          {},
          { conditions: conditions(['Ready', 'False'], ['SubscriberResolved', 'False', 'Unable', 'no such service']) },
        ),
      ]),
    }),
    'wrong events/trigger: Trigger orders is not ready: SubscriberResolved is False, Unable: no such service',
  ],
  [
    'a Trigger nobody looked at',
    eventing({ triggers: seen([aTrigger({}, {})]) }),
    'note events/trigger: Trigger orders has no status',
  ],
  ['no source', eventing({ sources: [] }), 'note events/senders: no source of shop sends to Broker default'],
  [
    'a source that is not ready',
    eventing({ sources: [seen([aSource('KafkaSource', TO_BROKER, 'False')])] }),
    'wrong events/source: KafkaSource nightly, which sends to Broker default, is not ready: NoSink: no sink',
  ],
  [
    'a source of its own that is not ready',
    eventing({
      triggers: seen([]),
      sources: [
        seen([aSource('PingSource', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' }, 'False')]),
      ],
    }),
    'wrong events/source: PingSource nightly is not ready',
  ],
  [
    'no dead letters',
    eventing(),
    'note events/dead-letters: what Trigger orders cannot deliver is dropped after its retries',
  ],
  [
    'dead letters to nobody',
    eventing({ brokers: seen([aBroker(dead)]) }),
    'wrong events/dead-letters: the deadLetterSink of Broker default is Service crat, which is not in shop: what cannot be delivered is lost; did you mean "cart"?',
  ],
  [
    'dead letters that lead somewhere',
    eventing({ brokers: seen([aBroker(dead)]), services: seen([{ metadata: { name: 'crat' } }]) }),
    'note events/dead-letters: what Trigger orders cannot deliver goes to Service crat',
  ],
  [
    'a filter that is nearly what a source sends',
    eventing({ triggers: seen([aTrigger({ filter: { attributes: { type: 'dev.knative.source.ping' } } })]) }),
    'note events/filter: Trigger orders asks for events of type dev.knative.source.ping, and PingSource nightly sends dev.knative.sources.ping: nothing of it passes',
  ],
  [
    'an exact filter that is nearly what a source sends',
    eventing({ triggers: seen([aTrigger({ filters: [{ exact: { type: 'dev.knative.sources.pings' } }] })]) }),
    'note events/filter: Trigger orders asks for events of type dev.knative.sources.pings, and PingSource nightly sends',
  ],
  [
    'a filter',
    eventing({ triggers: seen([aTrigger({ filter: { attributes: { type: 'order.created' } } })]) }),
    'well events/trigger: Trigger orders passes on events of Broker default with type order.created, and no others',
  ],
];

describe('a Service in which all is well', () => {
  it('has nothing wrong, nothing unseen and nothing to note', () => {
    expect(told({}, 'wrong', 'unseen', 'note')).toEqual([]);
    expect(told({}, 'well').map((line) => line.split(':')[0])).toEqual([
      'well start/ready',
      'well network/policies',
      'well scale/bounds',
      'well zero/rule',
      'well cold/rule',
    ]);
  });

  it('is told the same each time', () => {
    const facts = aServiceFacts(eventing());
    expect(examineService(facts)).toEqual(examineService(facts));
  });

  it("is not cut off by policies that nobody enforces, as on Weir's own platform", () => {
    const facts = { isEmbedded: true, networkPolicies: seen([closedToAll]) };
    expect(told(facts, 'wrong')).toEqual([]);
    expect(told(facts, 'note')).toEqual([
      'note network/policies: NetworkPolicy own selects the pods of cart, and nothing on this platform enforces NetworkPolicies: here they keep nobody away',
    ]);
  });

  it('counts pods that are ready, and says so', () => {
    expect(told({}, 'well')).toContainEqual(expect.stringContaining('Revision cart-00001 has 1 ready pod and scales'));
  });

  it('is let in by policies that let in who needs it', () => {
    const open = aPolicy({ podSelector: {}, ingress: [{}] }, 'open');
    expect(told({ networkPolicies: seen([closedToAll, open]) }, 'wrong')).toEqual([]);
  });
});

describe('a Service with', () => {
  it.each([...START, ...NETWORK, ...SCALE, ...COLD, ...EVENTS])('%s', (_, changes, expected) => {
    const found = told(changes, 'wrong', 'unseen', 'note', 'well');
    expect(found.map((line) => line.slice(0, expected.length))).toContain(expected);
  });

  it.each([...START, ...NETWORK, ...SCALE, ...EVENTS])(
    '%s says what to do next, wherever something is wrong',
    (_, changes) => {
      for (const { state, next, check } of examineService(aServiceFacts(changes))) {
        if (state === 'wrong') expect([check, next]).not.toEqual([check, []]);
      }
    },
  );

  it('several troubles tells what keeps it from being there before what keeps it from being ready', () => {
    const pods = seen([
      aWaitingPod('CrashLoopBackOff', '', 'cart-00001-deployment-a', crash),
      aWaitingPod('ErrImagePull', 'manifest unknown', 'cart-00001-deployment-b'),
      aWaitingPod('ErrImagePull', 'manifest unknown', 'cart-00001-deployment-c'),
    ]);
    const found = told({ service: notReady, pods }, 'wrong');
    expect(found.map((line) => line.split(':')[0])).toEqual(['wrong start/image', 'wrong start/crash']);
    expect(found[0]).toContain('pod cart-00001-deployment-b has no image');
    expect(found[0]).toContain('; so does another pod');
  });

  it('a deletion that waits says so and no more of its start', () => {
    const service = aKnativeService({}, {}, { deletionTimestamp: '2026-01-02T11:00:00Z' });
    expect(told({ service }, 'note')[0]).toBe('note start/deleted: cart is being deleted');
  });

  it('nothing of Eventing says nothing of events', () => {
    expect(told({ triggers: ABSENT }, 'wrong', 'note', 'well').filter((line) => line.includes(' events/'))).toEqual([]);
  });
});

it.each([
  ['may not be asked for', new Map([['regcred', undefined]])],
  ['is there', new Map([['regcred', true]])],
])('says nothing of a pull secret that %s, whatever the kubelet says of other pods', (_, pullSecrets) => {
  const missed = anEvent('Pod', 'other-1', 'FailedToRetrieveImagePullSecret', 'Unable to … (regcred); …');
  expect(told({ pullSecrets, pods: seen([aPod()]), events: seen([missed]) }, 'wrong', 'unseen')).toEqual([]);
});

describe('the commands to run next', () => {
  it('explain rules that there are', () => {
    const cases = [...START, ...NETWORK, ...SCALE, ...COLD, ...EVENTS];
    const commands = cases.flatMap(([, changes]) => examineService(aServiceFacts(changes))).flatMap(({ next }) => next);
    const named = commands.flatMap((command) => /^weir explain (\S+)$/.exec(command)?.[1] ?? []);
    const known = new Set(everyRule.map(({ id }) => id));
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('docs/doctor.md', () => {
  it('names every check', () => {
    const page = readFileSync('docs/doctor.md', 'utf8');
    const cases = [...START, ...NETWORK, ...SCALE, ...COLD, ...EVENTS];
    const all = cases.flatMap(([, changes]) => examineService(aServiceFacts(changes))).map(({ check }) => check);
    expect([...new Set(all)].filter((check) => !page.includes(`\`${check}\``))).toEqual([]);
  });
});

describe('objects of any shape', () => {
  // a list of the API server's holds objects alone
  const odd: readonly unknown[] = [
    'x',
    3,
    [],
    {},
    { metadata: 4, spec: [], status: 'x' },
    { status: { conditions: [null, 3, {}], containerStatuses: [null, {}] } },
    JSON.parse('{"__proto__":{"status":1},"metadata":{"name":"__proto__"}}'),
  ];
  it.each(odd)('%j is survived everywhere', (shape) => {
    const list = seen([shape as JsonObject]);
    const facts = {
      revisions: list,
      podAutoscalers: list,
      metrics: list,
      pods: list,
      events: list,
      networkPolicies: list,
      schedules: list,
      brokers: list,
      triggers: list,
      subscriptions: list,
      sources: [list],
      namespaces: list,
    };
    expect(examineService(aServiceFacts(facts)).length).toBeGreaterThan(1);
    const service = (typeof shape === 'object' && shape !== null && !Array.isArray(shape) ? shape : {}) as JsonObject;
    expect(() => examineService(aServiceFacts({ ...facts, service, route: seen(service) }))).not.toThrow();
  });
});
