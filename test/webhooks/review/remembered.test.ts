import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { movedPath } from '../../../webhooks/review/places.ts';
import { printRemembered, readRemembered, withoutRemembered } from '../../../webhooks/review/remembered.ts';
import { aService } from '../../policy/builders.ts';

const MIN = '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale';

function claiming(text: string): JsonObject {
  return aService({ metadata: { annotations: { 'weir.dev/defaults': text } } });
}

describe('readRemembered', () => {
  it.each<[string, JsonValue]>([
    [MIN, '2'],
    ['/spec/template/spec/imagePullSecrets', [{ name: 'regcred' }]],
    ['/spec/delivery/deadLetterSink', { ref: { apiVersion: 'v1', kind: 'Service', name: 'dead' } }],
    ['/metadata/labels/networking.knative.dev~1visibility', 'cluster-local'],
  ])('believes that Weir filled in %s', (path, value) => {
    expect(readRemembered(claiming(JSON.stringify({ [path]: value })))).toEqual(new Map([[path, value]]));
  });

  it.each<[string, JsonValue]>([
    ['', {}],
    ['/metadata/finalizers', []],
    ['/metadata/ownerReferences', []],
    ['/spec/template/spec/containers/0/image', 'x'],
    ['/spec/template/spec/containers/0/securityContext/privileged', true],
    ['/spec/template/spec/serviceAccountName', 'admin'],
    ['/spec/traffic', []],
    ['/__proto__/polluted', true],
    ['/constructor/prototype/polluted', true],
    ['/spec/template/spec/containers/__proto__/resources/requests/cpu', '1'],
    [`${MIN}${'x'.repeat(300)}`, '2'],
    [MIN, null],
    [MIN, [[[['deep']]]]],
  ])('does not believe a claim of %s as %j', (path, value) => {
    expect(readRemembered(claiming(JSON.stringify({ [path]: value }))).size).toBe(0);
  });

  it.each(['', 'x', '[]', '"text"', 'null', '{', `{"${MIN}":"${'2'.repeat(70_000)}"}`])(
    'makes nothing of %.20s',
    (text) => {
      expect(readRemembered(claiming(text)).size).toBe(0);
    },
  );

  it('prints the same text for the same values, and none for what would not fit', () => {
    const one = new Map([
      ['/b', 1],
      ['/a', 2],
    ]);
    const other = new Map([
      ['/a', 2],
      ['/b', 1],
    ]);
    expect(printRemembered(one)).toBe(printRemembered(other));
    expect(printRemembered(new Map())).toBeUndefined();
    expect(printRemembered(new Map([['/a', 'x'.repeat(70_000)]]))).toBeUndefined();
  });
});

describe('withoutRemembered', () => {
  it('takes out what stands as it is remembered, and changes neither the object nor anything else', () => {
    const service = aService({ annotations: { 'min-scale': '2', 'max-scale': '9' } });
    const before = JSON.stringify(service);
    const bare = withoutRemembered(
      service,
      new Map([
        [MIN, '2'],
        ['/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale', '5'],
      ]),
    );
    expect(bare).toEqual(aService({ annotations: { 'max-scale': '9' } }));
    expect(JSON.stringify(service)).toBe(before);
  });
});

describe('movedPath', () => {
  const holding = (list: string, ...items: JsonValue[]): JsonObject =>
    list === 'containers' ? { spec: { template: { spec: { containers: items } } } } : { spec: { [list]: items } };
  const CPU = (index: number) => `/spec/template/spec/containers/${index}/resources/requests/cpu`;
  const RETRY = (index: number) => `/spec/steps/${index}/delivery/retry`;

  it.each<[string, string, JsonObject, JsonObject, string | undefined]>([
    ['outside of lists', MIN, {}, {}, MIN],
    [
      'by name',
      CPU(0),
      holding('containers', { name: 'a' }),
      holding('containers', { name: 'b' }, { name: 'a' }),
      CPU(1),
    ],
    ['gone', CPU(0), holding('containers', { name: 'a' }), holding('containers', { name: 'b' }), undefined],
    ['unnamed', CPU(0), holding('containers', { image: 'x' }), holding('containers', { image: 'y' }), CPU(0)],
    [
      'named by Knative since',
      CPU(0),
      holding('containers', { name: 'user-container' }),
      holding('containers', {}),
      CPU(0),
    ],
    ['unnamed, with another beside', CPU(0), holding('containers', {}), holding('containers', {}, {}), undefined],
    ['the same step', RETRY(0), holding('steps', { uri: 'a', delivery: {} }), holding('steps', { uri: 'a' }), RETRY(0)],
    ['another step', RETRY(0), holding('steps', { uri: 'a' }), holding('steps', { uri: 'b' }), undefined],
    ['no list any more', CPU(0), holding('containers', {}), {}, undefined],
  ])('%s', (_, path, from, to, expected) => {
    expect(movedPath(path, from, to)).toBe(expected);
  });
});
