import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { trafficStep } from '../../../../src/policy/rules/serving/trafficStep.ts';
import { unknownRevision } from '../../../../src/policy/rules/serving/unknownRevision.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

const policy = aPolicy({ serving: { traffic: { largestStep: 20 } } });

function routed(traffic: JsonValue, templateName?: string, image?: string): JsonObject {
  const service = aService({ traffic, ...(image === undefined ? {} : { image }) });
  if (templateName === undefined) return service;
  const spec = service.spec as JsonObject;
  const template = spec.template as JsonObject;
  return { ...service, spec: { ...spec, template: { ...template, metadata: { name: templateName } } } };
}

const split = (first: number, second: number) => [
  { revisionName: 'cart-v1', percent: first },
  { revisionName: 'cart-v2', percent: second },
];

describe('serving/traffic-step', () => {
  it.each<[string, JsonObject, string[]]>([
    ['a small step', routed(split(80, 20), 'cart-v2'), []],
    [
      'a step too large',
      routed(split(79, 21), 'cart-v2'),
      ['the new Revision gets 21 % of the traffic at once, and prod allows steps of at most 20 %'],
    ],
    ['an older Revision', routed(split(50, 50), 'cart-v3'), []],
    ['all at once, which is no sharing', routed(split(0, 100), 'cart-v2'), []],
    [
      'the latest, unnamed',
      routed([
        { revisionName: 'cart-v1', percent: 50 },
        { latestRevision: true, percent: 50 },
      ]),
      ['the new Revision gets 50 % of the traffic at once, and prod allows steps of at most 20 %'],
    ],
    [
      'the latest beside an older tag without traffic',
      routed([
        { revisionName: 'cart-v1', percent: 0, tag: 'old' },
        { latestRevision: true, percent: 100 },
      ]),
      [],
    ],
    ['one target', routed([{ latestRevision: true, percent: 100 }]), []],
    [
      'the same Revision twice',
      routed([...split(70, 10), { latestRevision: true, percent: 20 }], 'cart-v2'),
      ['the new Revision gets 30 % of the traffic at once, and prod allows steps of at most 20 %'],
    ],
    ['no list', routed('everything'), []],
  ])('%s', (_, service, expected) => {
    expect(messages(judgeBy(trafficStep, service, policy))).toEqual(expected);
  });

  it('counts from where the traffic was, where that is known', () => {
    const before = routed(split(80, 20), 'cart-v2');
    const said = (after: JsonObject) => messages(judgeBy(trafficStep, after, policy, { old: before }));
    expect(said(routed(split(60, 40), 'cart-v2'))).toEqual([]);
    expect(said(routed(split(59, 41), 'cart-v2'))).toEqual([
      'the new Revision goes from 20 % to 41 % at once, and prod allows steps of at most 20 %',
    ]);
    // Another image is another Revision, which had nothing.
    expect(said(routed(split(60, 40), 'cart-v2', 'cart:9'))).toEqual([
      'the new Revision gets 40 % of the traffic at once, and prod allows steps of at most 20 %',
    ]);
  });

  it('gives back what was too much, where two share', () => {
    expect(judgeBy(trafficStep, routed(split(50, 50), 'cart-v2'), policy)[0]?.fix).toEqual([
      { op: 'replace', path: '/spec/traffic/1/percent', value: 20 },
      { op: 'replace', path: '/spec/traffic/0/percent', value: 80 },
    ]);
    const three = routed([...split(25, 50), { revisionName: 'cart-v0', percent: 25 }], 'cart-v2');
    expect(judgeBy(trafficStep, three, policy)[0]?.fix).toBeUndefined();
  });
});

describe('serving/unknown-revision', () => {
  it.each<[string, string, string[]]>([
    ['cart', 'cart-00001', []],
    ['cart', 'cart-v1', []],
    ['cart', 'v1', ['traffic goes to v1, which cannot be a Revision of cart: their names begin with cart-']],
    ['cart', 'cart', ['traffic goes to cart, which cannot be a Revision of cart: their names begin with cart-']],
    // Knative cuts the names of such Services and hashes them.
    ['c'.repeat(58), 'cccc12345', []],
  ])('of %s: %s gives %j', (name, revisionName, expected) => {
    const service = aService({ name, traffic: [{ revisionName, percent: 100 }] });
    expect(messages(judgeBy(unknownRevision, service))).toEqual(expected);
  });

  it("completes the template's own name", () => {
    const [finding] = judgeBy(unknownRevision, routed([{ revisionName: 'v2', percent: 100 }], 'cart-v2'));
    expect(finding?.fix).toEqual([{ op: 'replace', path: '/spec/traffic/0/revisionName', value: 'cart-v2' }]);
  });
});
