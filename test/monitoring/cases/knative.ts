/** Knative's alerts, each in the metrics of today and in those of 1.15. */
import { type AlertCase, buckets, series } from './case.ts';

const REVISION = { namespace: 'shop-prod', service: 'cart', revision: 'cart-00001' } as const;

/** As the autoscaler, and the activator, label their own. */
const OTEL = { k8s_namespace_name: 'shop-prod', kn_service_name: 'cart', kn_revision_name: 'cart-00001' } as const;
const CENSUS = { namespace_name: 'shop-prod', service_name: 'cart', revision_name: 'cart-00001' } as const;

const POD = { job: 'knative-queue-proxy', instance: '10.0.0.7:9091' } as const;
const ACTIVATOR = { job: 'knative-activator', instance: '10.0.0.1:9090' } as const;
const DURATION = 'http_server_request_duration_seconds';

/** Whose pod the queue-proxy at POD is. */
function targetInfo(labels: Readonly<Record<string, string>> = OTEL): string {
  return series('target_info', { ...POD, ...labels });
}

const COLD = { at: 20, labels: { namespace: 'shop-prod', service: 'cart' } } as const;

const coldStarts: AlertCase[] = [
  {
    alert: 'KnativeColdStartSlow',
    about: 'opentelemetry',
    series: {
      ...buckets(DURATION, { ...ACTIVATOR, ...OTEL }, { none: ['1', '2.5'], all: ['5'], values: '0+1x60 60x140' }),
      ...buckets(DURATION, POD, { none: [], all: ['0.1'], values: '0+1x60 60x140' }),
      [targetInfo()]: '1x200',
    },
    fires: { ...COLD, summary: 'Cold starts of shop-prod/cart take 4.78s (p95)' },
    clearAt: 120,
  },
  {
    alert: 'KnativeColdStartSlow',
    about: 'opencensus',
    series: {
      ...buckets('activator_request_latencies', CENSUS, { none: ['2000'], all: ['5000'], values: '0+1x60 60x140' }),
      ...buckets('revision_request_latencies', CENSUS, { none: [], all: ['100'], values: '0+1x60 60x140' }),
    },
    fires: { ...COLD, summary: 'Cold starts of shop-prod/cart take 4.755s (p95)' },
    clearAt: 120,
  },
  {
    alert: 'KnativeColdStartSlow',
    about: 'no request reached a pod that was there before, so that there is nothing to take off',
    series: buckets(DURATION, { ...ACTIVATOR, ...OTEL }, { none: ['5'], all: ['7.5'], values: '0+1x60 60x140' }),
    fires: { ...COLD, summary: 'Cold starts of shop-prod/cart take 7.375s (p95)' },
    clearAt: 120,
  },
  {
    alert: 'KnativeColdStartSlow',
    about: 'a slow service is no cold start',
    series: {
      ...buckets(DURATION, { ...ACTIVATOR, ...OTEL }, { none: ['5'], all: ['7.5'], values: '0+1x100' }),
      ...buckets(DURATION, POD, { none: ['5'], all: ['7.5'], values: '0+1x100' }),
      [targetInfo()]: '1x100',
    },
    clearAt: 60,
  },
];

/** The same gauges under both names. */
function gauges(today: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>) {
  const of = (values: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [series(name, labels), value]));
  return [
    { about: 'opentelemetry', series: of(today, OTEL) },
    { about: 'opencensus', series: of(before, CENSUS) },
  ];
}

const panics = gauges({ kn_revision_panic_mode: '1x30 0x30' }, { autoscaler_panic_mode: '1x30 0x30' }).map(
  (each): AlertCase => ({
    ...each,
    alert: 'KnativePanicModeStuck',
    fires: {
      at: 20,
      labels: REVISION,
      summary: 'The autoscaler has been in panic mode for shop-prod/cart-00001 for a quarter of an hour',
    },
    clearAt: 40,
  }),
);

const scaling = gauges(
  { kn_revision_pods_requested: '5x60', kn_revision_pods_count: '2x30 5x30' },
  { autoscaler_requested_pods: '5x60', autoscaler_actual_pods: '2x30 5x30' },
).map(
  (each): AlertCase => ({
    ...each,
    alert: 'KnativeScalingFails',
    fires: {
      at: 20,
      labels: REVISION,
      summary: 'shop-prod/cart-00001 does not get the pods that the autoscaler asks for',
    },
    clearAt: 40,
  }),
);

const STUCK = {
  at: 20,
  labels: REVISION,
  summary: 'shop-prod/cart-00001 does not go to zero',
} as const;

const stuck: AlertCase[] = [
  ...gauges(
    { kn_revision_pods_requested: '0x60', kn_revision_pods_count: '1x30 0x30' },
    { autoscaler_requested_pods: '0x60', autoscaler_actual_pods: '1x30 0x30' },
  ).map((each): AlertCase => ({ ...each, alert: 'KnativeScaleToZeroStuck', fires: STUCK, clearAt: 40 })),
  {
    alert: 'KnativeScaleToZeroStuck',
    about: 'a pod that does not end',
    series: {
      [series('kn_revision_pods_requested', OTEL)]: '0x60',
      [series('kn_revision_pods_count', OTEL)]: '0x60',
      [series('kn_revision_pods_terminating_count', OTEL)]: '1x30 0x30',
    },
    fires: STUCK,
    clearAt: 40,
  },
  {
    alert: 'KnativeScaleToZeroStuck',
    about: 'a min-scale keeps its pods',
    series: {
      [series('kn_revision_pods_desired', OTEL)]: '0x60',
      [series('kn_revision_pods_requested', OTEL)]: '2x60',
      [series('kn_revision_pods_count', OTEL)]: '2x60',
    },
    clearAt: 50,
  },
];

const FAILS = {
  at: 20,
  labels: { namespace: 'shop-prod', service: 'cart' },
  summary: 'shop-prod/cart fails 10% of its requests',
} as const;

const errors: AlertCase[] = [
  {
    alert: 'KnativeErrorRateHigh',
    about: 'opentelemetry',
    series: {
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' })]: '0+54x60',
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '502' })]: '0+6x30 180x30',
      [targetInfo()]: '1x60',
    },
    fires: FAILS,
    clearAt: 50,
  },
  {
    alert: 'KnativeErrorRateHigh',
    about: 'opencensus',
    series: {
      [series('revision_request_count', { ...CENSUS, response_code: '200', response_code_class: '2xx' })]: '0+54x60',
      [series('revision_request_count', { ...CENSUS, response_code: '502', response_code_class: '5xx' })]:
        '0+6x30 180x30',
    },
    fires: FAILS,
    clearAt: 50,
  },
  {
    alert: 'KnativeErrorRateHigh',
    about: 'answered by the activator, since no pod comes up',
    series: {
      [series(`${DURATION}_count`, { ...ACTIVATOR, ...OTEL, http_response_status_code: '200' })]: '0+54x60',
      [series(`${DURATION}_count`, { ...ACTIVATOR, ...OTEL, http_response_status_code: '503' })]: '0+6x30 180x30',
    },
    fires: FAILS,
    clearAt: 50,
  },
  {
    alert: 'KnativeErrorRateHigh',
    about: 'two addresses that passed from one pod to the next still count once',
    series: {
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' })]: '0+54x60',
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '502' })]: '0+6x30 180x30',
      [targetInfo()]: '1x60',
      [targetInfo({ ...OTEL, kn_revision_name: 'cart-00002' })]: '1x60',
    },
    fires: FAILS,
    clearAt: 50,
  },
  {
    alert: 'KnativeErrorRateHigh',
    about: 'one of two requests in five minutes is no outage',
    series: {
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' })]: '0+0.2x60',
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '500' })]: '0+0.2x60',
      [targetInfo()]: '1x60',
    },
    clearAt: 40,
  },
];

const SINK = { k8s_namespace_name: 'shop-prod', kn_service_name: 'dead-letters', kn_revision_name: 'dead-letters-1' };
const LETTERS = {
  at: 14,
  labels: { namespace: 'shop-prod', service: 'dead-letters' },
  summary: '3 events became dead letters in shop-prod/dead-letters within ten minutes',
} as const;

const deadLetters: AlertCase[] = [
  {
    alert: 'KnativeDeadLettersGrow',
    about: 'a sink that was at zero has taken them before it was ever scraped',
    series: {
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' })]: '_x11 3x40',
      [targetInfo(SINK)]: '_x11 1x40',
    },
    fires: LETTERS,
    clearAt: 30,
  },
  {
    alert: 'KnativeDeadLettersGrow',
    about: 'opencensus',
    series: {
      [series('revision_request_count', { ...CENSUS, service_name: 'dead-letters', response_code_class: '2xx' })]:
        '0x11 3x40',
    },
    fires: LETTERS,
    clearAt: 30,
  },
  ...Object.entries({
    opentelemetry: {
      labels: { [targetInfo(SINK)]: '1x100' },
      counter: series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' }),
    },
    opencensus: {
      labels: {},
      counter: series('revision_request_count', {
        ...CENSUS,
        service_name: 'dead-letters',
        response_code_class: '2xx',
      }),
    },
  }).flatMap(([about, { labels, counter }]): AlertCase[] => [
    {
      alert: 'KnativeDeadLettersGrow',
      about: `${about}: its container starts again`,
      series: { ...labels, [counter]: '50x9 3x60' },
      fires: LETTERS,
      clearAt: 30,
    },
    {
      alert: 'KnativeDeadLettersGrow',
      about: `${about}: a few scrapes failed`,
      series: { ...labels, [counter]: '50x29 stale stale stale stale 50x60' },
      clearAt: 43,
    },
  ]),
  {
    alert: 'KnativeDeadLettersGrow',
    about: 'another service may be new',
    series: {
      [series(`${DURATION}_count`, { ...POD, http_response_status_code: '200' })]: '_x11 3x40',
      [targetInfo()]: '_x11 1x40',
    },
    clearAt: 14,
  },
];

const metrics: AlertCase[] = [
  {
    alert: 'KnativeMetricsMissing',
    series: {
      [series('up', { job: 'knative-queue-proxy', instance: 'a' })]: '0x30 1x30',
      [series('up', { job: 'knative-queue-proxy', instance: 'b' })]: '0x30 1x30',
      [series('up', { job: 'knative-queue-proxy', instance: 'c' })]: '1x60',
      [series('up', { job: 'knative-activator', instance: 'd' })]: '1x60',
    },
    fires: { at: 20, labels: { job: 'knative-queue-proxy' }, summary: 'knative-queue-proxy shows no metrics' },
    clearAt: 40,
  },
];

export const KNATIVE_CASES: readonly AlertCase[] = [
  ...coldStarts,
  ...panics,
  ...scaling,
  ...stuck,
  ...errors,
  ...deadLetters,
  ...metrics,
];
