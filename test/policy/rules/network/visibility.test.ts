import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { networkDefaults } from '../../../../src/policy/defaults/network.ts';
import type { Visibility } from '../../../../src/policy/model/network.ts';
import { networkVisibility } from '../../../../src/policy/rules/network/visibility.ts';
import { aPolicy, aService, fillsOf, judgeBy, messages } from '../../builders.ts';

const LABEL = 'networking.knative.dev/visibility';
const PATH = '/metadata/labels/networking.knative.dev~1visibility';

function labelled(value?: JsonValue): JsonObject {
  return aService({ metadata: value === undefined ? {} : { labels: { [LABEL]: value } } });
}

function allowing(...allowed: Visibility[]) {
  return aPolicy({ network: { visibility: { allowed } } });
}

const both = allowing('public', 'cluster-local');
const local = allowing('cluster-local');
const open = allowing('public');

describe('network/visibility', () => {
  it.each([
    [undefined, both, [], undefined],
    ['cluster-local', both, [], undefined],
    ['public', both, [], undefined],
    ['cluster-local', local, [], undefined],
    [undefined, local, ['Service cart is public, and prod allows cluster-local alone'], 'cluster-local'],
    ['public', local, ['Service cart is public, and prod allows cluster-local alone'], 'cluster-local'],
    ['cluster-local', aPolicy(), [], undefined],
    [
      'cluster-locl',
      aPolicy(),
      [`${LABEL} is "cluster-locl", which Knative reads as public; write cluster-local, or public if that is meant`],
      'cluster-local',
    ],
    [
      'external',
      both,
      [`${LABEL} is "external", which Knative reads as public; write cluster-local, or public if that is meant`],
      'public',
    ],
  ])('%s under %j', (label, policy, expected, value) => {
    const findings = judgeBy(networkVisibility, labelled(label), policy);
    expect(messages(findings)).toEqual(expected);
    if (value !== undefined)
      expect(findings).toMatchObject([{ fix: [{ path: expect.stringMatching(/^.metadata.labels/) }] }]);
    if (value !== undefined) expect(JSON.stringify(findings[0]?.fix)).toContain(`"${value}"`);
  });

  it('takes the label away where services are to be public', () => {
    expect(judgeBy(networkVisibility, labelled('cluster-local'), open)).toMatchObject([
      { path: PATH, fix: [{ op: 'remove', path: PATH }] },
    ]);
  });

  it.each<[string, JsonObject]>([
    ['the template', aService({ labels: { [LABEL]: 'cluster-local' } })],
    ['an annotation', aService({ metadata: { annotations: { [LABEL]: 'cluster-local' } } })],
    ['an annotation of the template', aService({ annotations: { [LABEL]: 'cluster-local' } })],
  ])('moves the label from %s to the Service', (_, service) => {
    expect(judgeBy(networkVisibility, service, both)).toMatchObject([
      {
        message: `${LABEL} counts as a label of the Service itself alone, so that cart is public; move it to metadata.labels`,
        fix: [{ op: 'remove' }, { op: 'add', path: expect.stringMatching(/^.metadata.labels/) }],
      },
    ]);
  });

  it('denies a DomainMapping where nothing may be public', () => {
    const mapping = {
      apiVersion: 'serving.knative.dev/v1beta1',
      kind: 'DomainMapping',
      metadata: { name: 'shop.example.com' },
      spec: { ref: { name: 'cart' } },
    };
    expect(judgeBy(networkVisibility, mapping, both)).toEqual([]);
    expect(messages(judgeBy(networkVisibility, mapping, local))).toEqual([
      'DomainMapping shop.example.com makes cart public, and prod allows cluster-local alone; remove it',
    ]);
  });
});

describe('the default network/visibility', () => {
  const policy = aPolicy({ network: { visibility: { default: 'cluster-local' } } });

  it.each([
    [undefined, { [PATH]: 'cluster-local' }],
    ['public', {}],
    ['cluster-local', {}],
  ])('with the label %s', (label, expected) => {
    expect(fillsOf(networkDefaults, labelled(label), policy)).toEqual(expected);
  });

  it('sets no label for public', () => {
    expect(fillsOf(networkDefaults, labelled(), aPolicy({ network: { visibility: { default: 'public' } } }))).toEqual(
      {},
    );
  });
});
