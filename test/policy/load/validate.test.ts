import { describe, expect, it } from '@jest/globals';
import { aPolicyFile, errorsOf, errorsOfSpec } from './files.ts';

/** The spec begins in line 5; errors are told without the file's name. */
const FAULTS: [what: string, spec: string, errors: string[]][] = [
  ['nothing wrong', '  autoscaling: {minScale: {default: 2, min: 1, max: 20}}', []],
  [
    'a misspelt field',
    '  autoscaling:\n    maxscale: {max: 3}',
    ['6:5: unknown field "maxscale"; did you mean "maxScale"?'],
  ],
  [
    'a field of another case and with dashes',
    '  autoscaling: {min-scale: {}}',
    ['5:17: unknown field "min-scale"; did you mean "minScale"?'],
  ],
  [
    'an unknown field like no other',
    '  autoscaling: {minScale: {wanted: 3}}',
    ['5:28: unknown field "wanted" in autoscaling.minScale, which has default, min, max'],
  ],
  ['a key of the prototype', '  __proto__: {default: 3}', ['5:3: unknown field "__proto__" in spec']],
  [
    'a text for a number',
    '  autoscaling: {minScale: {max: "3"}}',
    ['5:33: autoscaling.minScale.max is "3", and should be a whole number'],
  ],
  [
    'a fraction of a pod',
    '  autoscaling: {minScale: {max: 1.5}}',
    ['5:33: autoscaling.minScale.max is 1.5, and should be a whole number'],
  ],
  [
    'a value for bounds',
    '  autoscaling: {minScale: 3}',
    ['5:27: autoscaling.minScale is 3, and should be a mapping of fields'],
  ],
  [
    'a text for a list',
    '  images: {registries: ghcr.io}',
    ['5:24: images.registries is "ghcr.io", and should be a list'],
  ],
  ['an empty section', '  images:', ['5:9: images is empty; give it a value or remove it']],
  [
    'a number that was meant as a text',
    '  knative: {version: 1.20}',
    ['5:22: knative.version is 1.2, and should be a text: put it in quotes'],
  ],
  [
    'a misspelt part of admission',
    '  admission: {breakglass: {groups: [emergency]}}',
    ['5:15: unknown field "breakglass"; did you mean "breakGlass"?'],
  ],
  [
    'a group that everybody is in',
    '  admission: {breakGlass: {groups: [emergency, "system:authenticated"]}}',
    [
      '5:48: admission.breakGlass.groups[1] is "system:authenticated", which is no group of a few: name one that only those are in who are meant',
    ],
  ],
  [
    'a version that is none',
    '  knative: {version: v1.23}',
    ['5:22: knative.version is "v1.23", which is no version that Weir knows; write one from "1.15" to "1.23"'],
  ],
  [
    'a bound below what is possible',
    '  autoscaling: {maxScale: {min: 0}}',
    ['5:33: autoscaling.maxScale.min is 0, and should be at least 1'],
  ],
  [
    'an unknown action',
    '  rules: {images/tag: den}',
    ['5:23: rules.images/tag is "den", and should be one of deny, warn, audit, off; did you mean deny?'],
  ],
  ['another enforcement', '  enforcement: audit', ['5:16: enforcement is "audit", and should be one of deny, warn']],
  [
    'a duration in words',
    '  autoscaling: {window: {max: 1 minute}}',
    ['5:31: autoscaling.window.max is "1 minute", which is no duration; write one such as 90s, 15m or 1h30m'],
  ],
  [
    'a negative duration',
    '  autoscaling: {window: {max: -5s}}',
    ['5:31: autoscaling.window.max is "-5s", which is no duration; write one such as 90s, 15m or 1h30m'],
  ],
  [
    'a Go duration where ISO is due',
    '  eventing: {delivery: {timeout: {max: 30s}}}',
    [
      '5:40: eventing.delivery.timeout.max is "30s", which is no ISO 8601 duration; write one such as PT0.5S, PT30S or PT5M',
    ],
  ],
  [
    'a quantity with a space',
    '  resources: {limits: {memory: {max: 2 Gi}}}',
    ['5:38: resources.limits.memory.max is "2 Gi", which is no quantity; write one such as 250m, 2, 512Mi or 1.5Gi'],
  ],
  [
    'a negative quantity',
    '  resources: {limits: {cpu: {max: -1}}}',
    ['5:35: resources.limits.cpu.max is -1, and should be at least 0'],
  ],
  [
    'a default above its max',
    '  autoscaling:\n    minScale:\n      default: 30\n      max: 20',
    ['7:16: autoscaling.minScale.default is 30, above its own max 20'],
  ],
  [
    'a default below its min',
    '  autoscaling: {scaleDownDelay: {default: 30s, min: 1m}}',
    ['5:43: autoscaling.scaleDownDelay.default is "30s", below its own min "1m"'],
  ],
  [
    'a min above its max',
    '  eventing: {delivery: {backoffDelay: {min: PT2M, max: PT90S}}}',
    ['5:45: eventing.delivery.backoffDelay.min is "PT2M", above its own max "PT90S"'],
  ],
  [
    'quantities in different units',
    '  resources: {limits: {memory: {default: 1Gi, max: 1000Mi}}}',
    ['5:42: resources.limits.memory.default is "1Gi", above its own max "1000Mi"'],
  ],
  ['quantities that are equal', '  resources: {limits: {cpu: {default: 1000m, min: 1, max: "1"}}}', []],
  ['durations that are equal', '  autoscaling: {window: {default: 90s, max: 1m30s}}', []],
  [
    'a default request above the default limit',
    '  resources: {requests: {cpu: {default: 2}}, limits: {cpu: {default: 1500m}}}',
    ['5:41: resources.requests.cpu.default is 2, above resources.limits.cpu.default "1500m"'],
  ],
  [
    'a default request at the default limit',
    '  resources: {requests: {cpu: {default: 1}}, limits: {cpu: {default: 1000m, max: 1}}}',
    [],
  ],
  [
    'a default min-scale above every max-scale',
    '  autoscaling: {minScale: {default: 5}, maxScale: {max: 3}}',
    ['5:37: autoscaling.minScale.default is 5, above autoscaling.maxScale.max 3'],
  ],
  [
    'a default limit far above its request',
    '  resources: {limitToRequest: {cpu: 4}, requests: {cpu: {default: 100m}}, limits: {cpu: {default: "1"}}}',
    ['5:99: resources.limits.cpu.default is "1", 10 times the default request, above resources.limitToRequest.cpu 4'],
  ],
  [
    'a default limit just at the ratio',
    '  resources: {limitToRequest: {cpu: 10}, requests: {cpu: {default: 100m}}, limits: {cpu: {default: "1"}}}',
    [],
  ],
  [
    'a default that is not allowed',
    '  network: {visibility: {default: public, allowed: [cluster-local]}}',
    ['5:35: network.visibility.default is "public", and network.visibility.allowed has only cluster-local'],
  ],
  [
    'a default that Knative refuses',
    '  knative: {autoscaler: {max-scale-limit: "10"}}\n  autoscaling: {maxScale: {default: 20}}',
    [
      '6:37: autoscaling.maxScale.default is 20, and Knative refuses what is above knative.autoscaler.max-scale-limit 10',
    ],
  ],
  ['an unknown rule', '  rules: {images/tga: warn}', ['5:11: unknown rule "images/tga"; did you mean "images/tag"?']],
  [
    'an unknown family',
    '  rules: {image/*: warn}',
    ['5:11: unknown family of rules "image/*"; did you mean "images/*"?'],
  ],
  [
    'a family without its star',
    '  rules: {images: warn}',
    ['5:11: "images" is a family of rules; write "images/*" to mean all of them'],
  ],
  [
    "one of Knative's own rules",
    '  rules: {knative/service: warn, knative/*: warn}',
    [
      '5:11: "knative/service" cannot be changed: what it denies, Knative itself refuses',
      '5:34: "knative/*" cannot be changed: what it denies, Knative itself refuses',
    ],
  ],
  [
    'a custom rule that is not there',
    '  rules: {custom/team: warn}',
    ['5:11: no custom rule of this policy is called "custom/team"'],
  ],
  [
    'a key twice',
    '  enforcement: deny\n  enforcement: warn',
    ['5:3: "enforcement" stands here and again in line 6; keep one of them'],
  ],
];

describe('a policy file', () => {
  it.each(FAULTS)('with %s', (_, spec, errors) => {
    expect(errorsOfSpec(spec)).toEqual(errors.map((error) => `policies/prod.yaml:${error}`));
  });

  it('that is no YAML is told with the place', () => {
    expect(errorsOfSpec('  images: {registries: [a')).toEqual([
      expect.stringMatching(/^policies\/prod\.yaml:[56]:[0-9]+: cannot be read as YAML: /),
    ]);
  });

  it('tells every error at once, in the order of the file', () => {
    const spec = [
      '  enforcment: warn',
      '  autoscaling: {minScale: {default: 30, max: 20}}',
      '  rules: {images/tga: warn}',
      '  custom:',
      '  - {name: a, match: {kinds: [Secrt]}, expression: "1 +", message: m}',
    ].join('\n');
    expect(errorsOfSpec(spec)).toEqual([
      'policies/prod.yaml:5:3: unknown field "enforcment"; did you mean "enforcement"?',
      'policies/prod.yaml:6:37: autoscaling.minScale.default is 30, above its own max 20',
      'policies/prod.yaml:7:11: unknown rule "images/tga"; did you mean "images/tag"?',
      'policies/prod.yaml:9:31: custom rule a: unknown kind "Secrt"; did you mean "Secret"?',
      'policies/prod.yaml:9:56: custom rule a: bad CEL: unexpected end',
    ]);
  });

  it.each<[text: string, error: string]>([
    ['[1, 2]', '1:1: a policy is a mapping that begins with apiVersion and kind'],
    ['{kind: EnvironmentPolicy}', '1:1: this document lacks "apiVersion: weir.dev/v1alpha1"'],
    [
      '{apiVersion: v1, kind: ConfigMap}',
      '1:14: a policy folder holds documents of weir.dev, and this is v1 ConfigMap; it belongs elsewhere',
    ],
    [
      '{apiVersion: weir.dev/v1alpha1, kind: EnviromentPolicy}',
      '1:39: unknown kind "EnviromentPolicy"; did you mean "EnvironmentPolicy"?',
    ],
    [
      '{apiVersion: weir.dev/v1, kind: EnvironmentPolicy, metadata: {name: a}, spec: {}}',
      '1:14: apiVersion is "weir.dev/v1", and should be weir.dev/v1alpha1',
    ],
    ['{apiVersion: weir.dev/v1alpha1, kind: EnvironmentPolicy, metadata: {name: a}}', '1:1: the policy lacks "spec"'],
    ['{apiVersion: weir.dev/v1alpha1, kind: EnvironmentPolicy, metadata: {}, spec: {}}', '1:68: metadata lacks "name"'],
    [
      '{apiVersion: weir.dev/v1alpha1, kind: EnvironmentPolicy, metadata: {name: A b}, spec: {}}',
      '1:75: metadata.name is "A b", which is no name; names have up to 63 lower-case letters, digits and dashes',
    ],
  ])('that is %s', (text, error) => {
    expect(errorsOf({ prod: text })).toEqual([`policies/prod.yaml:${error}`]);
  });

  it('takes a plain off, which YAML reads as false, for the action', () => {
    const spec =
      '  rules: {images/tag: off}\n  custom: [{name: a, match: {kinds: [Secret]}, expression: "true", message: m, action: off}]';
    const set = errorsOf({ prod: aPolicyFile('prod', spec) });
    expect(set).toEqual([]);
  });
});
