/** Values at which Go's parsers and Knative's bounds change their minds. */

// biome-ignore format: one a line would be pages
export const INTEGERS: readonly string[] = [
  '', '0', '-0', '+0', '00', '007', '1', '+1', '-1', '2', '3', '5', '6', '10', '100', '1000', '+', '-', '--1', '+-1',
  ' 1', '1 ', '1\n', '1.0', '1e3', '0x10', '0b1', '0o7', '1_000', '_1', '１', '٣', 'x', '5x', 'NaN', 'Inf', 'null',
  'true', '2147483647', '2147483648', '-2147483648', '-2147483649', '4294967295', '4294967296', '4294967295x',
  '4294967296x', '99999999999', '99999999999x', '-99999999999x', '9223372036854775807', '9223372036854775808',
  '-9223372036854775808', '-9223372036854775809', '18446744073709551615', '18446744073709551616',
  '18446744073709551615x', '18446744073709551616x', '0000000000000000000000000000000000000001', '1'.padEnd(400, '0'),
  '\u0000', '1\u0000',
];

// biome-ignore format: one a line would be pages
export const FLOATS: readonly string[] = [
  '', '0', '-0', '+0', '1', '+1', '-1', '-1.0', '-1.0000000000000001', '-2', '-0.5', '0.01', '0.0099999', '0.009',
  '.01', '1.', '.', '-.', '+.5', '0.7', '70', '0.99', '1.0', '1.01', '99.9', '100', '100.0', '100.00000000000001',
  '100.1', '109.9', '110', '110.0', '1000', '1000.1', '1e3', '1E3', '1e+3', '1e-3', '1e', 'e1', '1e+', '1e400',
  '-1e400', '1e-400', '1e308', '1.8e308', '5e-324', '2e-324', '1e21', '1e20', '999999', '1000000', '999999.99',
  '1234567.5', '100000', '123456789012345678901234567890', '0.0001', '0.00001', '0.0000001', '1_000', '1_0.5', '1__0',
  '1_', '_1', '1_.5', '1._5', '1_e3', '1e_3', '1e1_0', '0_1', '0x1p-2', '0X1P+3', '0x1.8p1', '0x.8p0', '0x.p1', '0x1',
  '0x1p', '0x_1p0', '0x1_0p0', '0x1_p0', '0xp0', '-0x1p-2', '0x1p1024', '0x1.fffffffffffffp1023',
  '0x1.fffffffffffff8p1023', '0x1.fffffffffffff7ffp1023', '0x1p-1074', '0x1p-1075', '0x1.8p-1075',
  '0x1.00000000000008p0', '0x1.00000000000018p0', '0x3p-1075', '0x1p99999999999', '0x1p-99999999999',
  '0x0p99999999999', '0b1p0', 'Inf', '+Inf', '-Inf', 'inf', 'infinity', 'INFINITY', 'infin', '+infinityx', 'NaN',
  'nan', '+NaN', '-nan', 'nanx', ' 1', '1 ', '1,5', '１', '50%', '0.0078125', '0.0234375', '1.0000005', '2.5000005',
  '9007199254740993',
];

// biome-ignore format: one a line would be pages
export const DURATIONS: readonly string[] = [
  '', '0', '+0', '-0', '00', '0s', '-0s', '1', '60', '1s', '6s', '5s', '5.999999999s', '6.5s', '30s', '60s', '1m',
  '1m30s', '90s', '1h', '60m', '3600s', '1h0m0s', '1h1ns', '1h1s', '2h', '-1s', '+1s', '--1s', '1.5h', '1.5s', '.5s',
  '0.5s', '1.s', '.s', 's', '1', '1d', '1w', '1S', '1 s', ' 1s', '1s ', '1s1s', '1m1h', '5s 3m', '1e3s', '1_0s',
  '300ms', '1000ms', '1500ms', '6000ms', '1us', '1µs', '1μs', '1ns', '999ns', '0.1ns', '0.9ns', '1.0000000001s',
  '0.3333333333333333333h', '0.830103483285477580700h', '39.099s', '9223372036854775807ns', '9223372036854775808ns',
  '-9223372036854775808ns', '-9223372036854775809ns', '9223372036854775.807us', '9223372036s854ms775us807ns',
  '2562047h47m16.854775807s', '2562047h47m16.854775808s', '2562048h', '9223372036854775808ns9223372036854775808ns',
  '-9223372036854775808ns9223372036854775808ns', '3000000h', '0.9223372036854775807s', '0.92233720368547758079999s',
  '1'.padEnd(400, '0').concat('s'), '0'.repeat(400).concat('1s'), 'Infs', 'NaN', '1h-1m', '1h+1m', '1..5s', '1.5.5s',
  '１s', '1"s', '1\\s', '1\u0000s', '1\ns', 'PT5S', '1é',
];

// biome-ignore format: one a line would be pages
export const PERIODS: readonly string[] = [
  '', 'P', 'P0', 'PT', 'P0D', 'PT0S', '-P0', '+P0', '+', '-', 'PT5S', 'PT0.5S', 'PT0,5S', 'PT.5S', 'PT5.S', 'PT0.25S',
  'PT0.05S', 'PT1.9999S', 'PT0.2', 'P1D', 'P1DT12H', 'P1W', 'P2W3D', 'P1Y', 'P1Y2M3W4DT5H6M7S', 'P1M', 'PT1M',
  'P0.5Y', 'P0.5M', 'P1.5D', 'P1.5DT1S', 'PT1.5H', 'PT1.5H1S', 'PT1.5M1S', 'P1.5YT1S', 'P1.5M1DT1S', 'PT90S',
  'PT3600S', 'PT100H', 'PT5000H', 'PT100000H', 'P40000D', 'P4000M', 'P300Y', 'P3276Y', 'P3277Y', 'P10000Y',
  'PT999999999999S', '-PT5S', '+PT5S', 'PT-5S', '-PT-5S', 'P-1DT5S', '-P-1DT5S', '-P1DT-24H', 'P1S', 'PT1D', 'PT5s',
  'pt5s', '5s', '30m', '1h', 'PT5', 'P5', 'PTS', 'PDT5S', 'PT5M3H', 'PT5S3M', 'PT1H1H', 'P1D1D', 'PT1.x9S',
  'PT1.2x9S', 'PT1.-S', 'PT1_0S', 'PT 5S', ' PT5S', 'PT5S ', 'P1DT', 'PT1ST1S', 'PT9223372036854775807S',
  'PT922337203685477580S', 'PT922337203685477581S', 'P922337203685477580W', 'P131762457669353940W',
  'P0000000000000000000000000001D', 'PT1e3S', 'P1.1.1D', 'P1,1.1D', 'P1.1,1D', 'PT0.0S', 'PT+5S', 'PT+-5S', 'PT.S',
  'PT-.5S', 'PT-0.5S',
];

// biome-ignore format: one a line would be pages
export const CLASSES: readonly string[] = [
  'kpa.autoscaling.knative.dev', 'hpa.autoscaling.knative.dev', 'keda.autoscaling.knative.dev',
  'KPA.autoscaling.knative.dev', 'kpa.autoscaling.knative.dev ', 'kpa', 'hpa', '', '.knative.dev', 'knative.dev',
  'custom.example.com', 'hpa.autoscaling.knative.dev.',
];

// biome-ignore format: one a line would be pages
export const METRICS: readonly string[] = [
  'concurrency', 'rps', 'cpu', 'memory', '', 'Concurrency', 'requests_per_second', 'linear', 'weighted-exponential',
  'weightedExponential', 'weightedexponential',
];

// biome-ignore format: one a line would be pages
export const TEXTS: readonly string[] = [
  'x', 'true', 'True', 'TRUE', 'tRUE', 't', 'T', 'false', 'f', 'F', 'False', 'FALSE', 'yes', 'on', '1', '0', ' ',
  ' true', 'a"b', "a'b", 'a\\b', 'a\nb', 'a\tb', 'a\u0007\b\f\r\v', '\u0000', '\u007f', '\u0080', '\u00a0', '\u00ad',
  'é', 'µ', '日本', '\u200b', '\u2028', '\ufeff', '\ufffd', '😀', '\u{e0001}', '\u{10ffff}', 'ｆ', '%s', '<&>',
];

/** config-autoscaler's data, all valid. */
export const CONFIGS: readonly Record<string, string>[] = [
  {},
  { 'max-scale-limit': '5', 'max-scale': '2' },
  { 'allow-zero-initial-scale': 'true' },
  { 'pod-autoscaler-class': 'hpa.autoscaling.knative.dev', 'max-scale-limit': '1', 'max-scale': '1' },
  { 'pod-autoscaler-class': 'custom.example.com', 'min-scale': '3', 'max-scale': '4' },
];

const KEY = 'autoscaling.knative.dev';

/** Cases in which more than one rule speaks, or one rule keeps another quiet. */
export const EDGE_CASES: readonly { annotations: Record<string, string>; config: Record<string, string> }[] = [
  // Both spellings: the first counts, be it empty or wrong.
  { annotations: { [`${KEY}/min-scale`]: '1', [`${KEY}/minScale`]: 'x' }, config: {} },
  { annotations: { [`${KEY}/min-scale`]: '', [`${KEY}/minScale`]: '3' }, config: {} },
  { annotations: { [`${KEY}/minScale`]: '5', [`${KEY}/maxScale`]: '3' }, config: {} },
  // A wrong bound counts as none.
  { annotations: { [`${KEY}/min-scale`]: '5', [`${KEY}/max-scale`]: '-3' }, config: {} },
  {
    annotations: { [`${KEY}/min-scale`]: 'x', [`${KEY}/max-scale`]: 'x' },
    config: { 'max-scale': '1', 'max-scale-limit': '1' },
  },
  { annotations: { [`${KEY}/max-scale`]: '0' }, config: { 'max-scale': '1', 'max-scale-limit': '1' } },
  { annotations: { [`${KEY}/min-scale`]: '9' }, config: { 'max-scale': '5', 'max-scale-limit': '5' } },
  {
    annotations: { [`${KEY}/min-scale`]: '9', [`${KEY}/max-scale`]: '7' },
    config: { 'max-scale': '5', 'max-scale-limit': '5' },
  },
  // activation-scale knows one spelling only, and speaks once.
  { annotations: { [`${KEY}/activationScale`]: 'x' }, config: {} },
  {
    annotations: { [`${KEY}/activation-scale`]: '1', [`${KEY}/min-scale`]: '2', [`${KEY}/max-scale`]: '0' },
    config: {},
  },
  { annotations: { [`${KEY}/activation-scale`]: '5', [`${KEY}/max-scale`]: '4' }, config: {} },
  { annotations: { [`${KEY}/activation-scale`]: '-5', [`${KEY}/max-scale`]: '4' }, config: {} },
  // The algorithm is looked at only under an explicit KPA class.
  { annotations: { [`${KEY}/metric-aggregation-algorithm`]: 'x' }, config: {} },
  {
    annotations: { [`${KEY}/class`]: 'kpa.autoscaling.knative.dev', [`${KEY}/metric-aggregation-algorithm`]: 'x' },
    config: {},
  },
  {
    annotations: { [`${KEY}/class`]: 'hpa.autoscaling.knative.dev', [`${KEY}/metricAggregationAlgorithm`]: 'x' },
    config: {},
  },
  // The class decides about the metric; the cluster's default class where there is no annotation.
  { annotations: { [`${KEY}/class`]: 'hpa.autoscaling.knative.dev', [`${KEY}/metric`]: '' }, config: {} },
  { annotations: { [`${KEY}/class`]: '', [`${KEY}/metric`]: 'cpu' }, config: {} },
  { annotations: { [`${KEY}/metric`]: 'cpu' }, config: { 'pod-autoscaler-class': 'hpa.autoscaling.knative.dev' } },
  {
    annotations: { [`${KEY}/metric`]: 'concurrency' },
    config: { 'pod-autoscaler-class': 'hpa.autoscaling.knative.dev' },
  },
  // The same message at two keys is one error with two paths.
  { annotations: { [`${KEY}/target`]: 'x', [`${KEY}/window`]: 'x', [`${KEY}/initialScale`]: 'x' }, config: {} },
  { annotations: { [`${KEY}/initial-scale`]: '-1' }, config: { 'allow-zero-initial-scale': 'true' } },
  { annotations: { [`${KEY}/initial-scale`]: '-0' }, config: {} },
  { annotations: { [`${KEY}/initial-scale`]: '3000000000' }, config: {} },
];
