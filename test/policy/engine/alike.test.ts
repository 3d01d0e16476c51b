import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type Kind, knativeService, networkPolicy } from '../../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import type { Defaulter } from '../../../src/policy/engine/default.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import { judge } from '../../../src/policy/engine/judge.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { aPolicy, aRule, aService, NOW, only } from '../builders.ts';

/** How often a rule and a defaulter about settings are asked while the objects are judged one after the other. */
function asked(...objects: readonly JsonObject[]): { judge: number; fill: number } {
  const times = { judge: 0, fill: 0 };
  const rule = aRule({
    looksAt: 'settings',
    judge: () => {
      times.judge++;
      return [{ path: '/spec', message: 'is wrong' }];
    },
  });
  const defaulter: Defaulter = {
    id: 'serving/some',
    kinds: [knativeService],
    looksAt: 'settings',
    fill: () => {
      times.fill++;
      return [{ path: '/spec/some', value: 1, from: '/spec/some' }];
    },
  };
  const catalogue = only({ rules: [rule], defaulters: [defaulter] });
  const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
  for (const object of objects) {
    const { findings, defaults } = judge(object, context, catalogue);
    expect(findings).toMatchObject([
      { rule: 'serving/some', resource: { name: (object.metadata as JsonObject).name } },
    ]);
    expect(defaults).toMatchObject([{ path: '/spec/some', value: 1 }]);
  }
  return times;
}

const env = (...values: readonly string[]) => ({ env: values.map((value, index) => ({ name: `V${index}`, value })) });

const variables = (...names: readonly string[]) => ({ env: names.map((name) => ({ name })) });

const from = (name: string, key: string) => ({ env: [{ name: 'V', valueFrom: { secretKeyRef: { name, key } } }] });

const stored = (uid: string) => ({ uid, resourceVersion: uid, generation: 7, managedFields: [{ time: uid }] });
const applied = (text: string) => ({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } });

describe('rules about settings', () => {
  it.each<[what: string, one: JsonObject, other: JsonObject]>([
    ['the name', aService(), aService({ name: 'other' })],
    ['the namespace', aService(), aService({ namespace: 'other' })],
    ['a label', aService({ labels: { app: 'a' } }), aService({ labels: { app: 'b' } })],
    ['the image', aService(), aService({ image: 'nginx' })],
    ['the value of a variable', aService({ container: env('a', 'b') }), aService({ container: env('c', '') })],
    ['what a variable refers to', aService({ container: from('a', 'b') }), aService({ container: from('c', 'd') })],
    ['what variables there are', aService({ container: env('a') }), aService({ container: variables('A', 'B') })],
    ['what the API server writes', aService({ metadata: stored('1') }), aService({ metadata: stored('2') })],
    ['the status', { ...aService(), status: { url: 'a' } }, { ...aService(), status: { url: 'b', traffic: [] } }],
    ['what a client notes', aService({ metadata: applied('a') }), aService({ metadata: applied('b') })],
    ['an argument', aService({ container: { args: ['a'] } }), aService({ container: { args: ['b', 'c'] } })],
  ])('are asked once where %s differs', (_, one, other) => {
    expect(asked(one, other, one)).toEqual({ judge: 1, fill: 1 });
  });

  it.each<[what: string, one: JsonObject, other: JsonObject]>([
    ['an annotation', aService({ annotations: { 'max-scale': '1' } }), aService({ annotations: { 'max-scale': '2' } })],
    [
      'the type of a value',
      aService({ annotations: { 'max-scale': '1' } }),
      aService({ annotations: { 'max-scale': 1 } }),
    ],
    ['a name that is none', aService(), aService({ name: 'No_Name' })],
    ['an image that is none', aService(), aService({ image: 'No Image' })],
    ['that there are variables', aService({ container: { env: [] } }), aService({ container: env('a') })],
    [
      'the type of a variable',
      aService({ container: env('a') }),
      aService({ container: { env: [{ name: 'A', value: 1 }] } }),
    ],
    [
      'that a name comes twice',
      aService({ container: variables('A', 'B') }),
      aService({ container: variables('A', 'A') }),
    ],
    ['that a name is taken', aService({ container: variables('A') }), aService({ container: variables('PORT') })],
    [
      'where a variable comes from',
      aService({ container: variables('A') }),
      aService({ container: { env: [{ name: 'A', valueFrom: {} }] } }),
    ],
    [
      'what holds that',
      aService({ container: from('a', 'b') }),
      aService({ container: { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }] } }),
    ],
    ['that it names a key', aService({ container: from('a', 'b') }), aService({ container: from('a', '') })],
    [
      'the form of a variable',
      aService({ container: from('a', 'b') }),
      aService({ container: { env: ['secretKeyRef'] } }),
    ],
    ['the type of an argument', aService({ container: { args: ['1'] } }), aService({ container: { args: [1] } })],
    [
      'a label of Knative',
      aService({ labels: { 'networking.knative.dev/visibility': 'a' } }),
      aService({ labels: { 'networking.knative.dev/visibility': 'b' } }),
    ],
    [
      'where something stands',
      aService({ podSpec: { a: { b: 1 }, c: 2 } }),
      aService({ podSpec: { a: { b: 1, c: 2 } } }),
    ],
    [
      'the port',
      aService({ container: { ports: [{ containerPort: 1 }] } }),
      aService({ container: { ports: [{ containerPort: 2 }] } }),
    ],
  ])('are asked again where %s differs', (_, one, other) => {
    expect(asked(one, other, one, other)).toEqual({ judge: 2, fill: 2 });
  });

  it('are asked each time about a Revision with a name of its own', () => {
    const named = aService();
    const template = (named.spec as JsonObject).template as JsonObject;
    const object = { ...named, spec: { template: { ...template, metadata: { name: 'cart-1' } } } };
    expect(asked(object, object)).toEqual({ judge: 2, fill: 2 });
  });

  it('have no say in an object of another kind that comes after one of theirs', () => {
    const about = (kind: Kind, id: string) =>
      aRule({ id, kinds: [kind], ...(kind === knativeService ? { looksAt: 'settings' as const } : {}) });
    const catalogue = only({ rules: [about(knativeService, 'serving/some'), about(networkPolicy, 'network/some')] });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'a' }, spec: {} };
    const told = [aService(), policy, aService(), policy].map((object) =>
      judge(object, context, catalogue).findings.map(({ rule }) => rule),
    );
    expect(told).toEqual([['serving/some'], ['network/some'], ['serving/some'], ['network/some']]);
  });

  it('remember a bounded number of objects, and go on where most come again', () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      aService({ annotations: { 'max-scale': `${index >> 2}` } }),
    );
    expect(asked(...many).judge).toBeLessThan(900);
    const long = (index: number) => aService({ annotations: { note: `${index}${'x'.repeat(3000)}` } });
    const noted = Array.from({ length: 1000 }, (_, index) => long(index % 5 === 0 ? index : 0));
    expect(asked(...noted).judge).toBeLessThan(260);
    const huge = aService({ annotations: { note: 'x'.repeat(100_000) } });
    expect(asked(huge, huge).judge).toBe(2);
    const unlike = Array.from({ length: 3000 }, (_, index) => aService({ annotations: { 'max-scale': `${index}` } }));
    expect(asked(...unlike).judge).toBe(3000);
  });
});

describe('what is remembered', () => {
  /** How often a rule, or a defaulter, is asked about a hundred objects that come twice, each unlike the others by little. */
  function askedTwice(sort: 'rule' | 'defaulter', says: (index: number) => string, many: number): number {
    let times = 0;
    const answers = <Answer>(of: 'rule' | 'defaulter', make: (text: string) => Answer): Answer[] => {
      if (of !== sort) return [];
      times++;
      return Array.from({ length: many }, (_, index) => make(says(index)));
    };
    const rule = aRule({
      looksAt: 'settings',
      judge: () => answers('rule', (message) => ({ path: '/spec', message })),
    });
    const defaulter: Defaulter = {
      id: 'serving/some',
      kinds: [knativeService],
      looksAt: 'settings',
      fill: () => answers('defaulter', (text) => ({ path: `/spec/${text}`, value: 1, from: '/spec/some' })),
    };
    const catalogue = only({ rules: [rule], defaulters: [defaulter] });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    const objects = Array.from({ length: 100 }, (_, percent) => aService({ traffic: [{ percent }] }));
    for (const object of [...objects, ...objects]) judge(object, context, catalogue);
    return times;
  }

  const short = (index: number): string => `wrong-${index}`;
  const long = (index: number): string => `${index}${'x'.repeat(4000)}`;

  it('is what few words say of each of many objects', () => {
    expect(askedTwice('rule', short, 10)).toBe(100);
    expect(askedTwice('defaulter', short, 10)).toBe(100);
  });

  it('is bounded also where much is said of objects, or filled into them, that differ by little', () => {
    expect(askedTwice('rule', short, 1000)).toBeGreaterThan(120);
    expect(askedTwice('rule', long, 100)).toBe(200);
    expect(askedTwice('defaulter', short, 1000)).toBeGreaterThan(120);
  });
});

describe('a memory that is full of what never came again', () => {
  it('is of use again for what comes later', () => {
    let times = 0;
    const rule = aRule({
      looksAt: 'settings',
      judge: () => {
        times++;
        return [];
      },
    });
    const catalogue = only({ rules: [rule] });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    const one = (percent: number) => judge(aService({ traffic: [{ percent }] }), context, catalogue);
    for (let percent = 0; percent < 5000; percent++) one(percent);
    expect(times).toBe(5000);

    const lap = () => {
      const before = times;
      for (let percent = 10_000; percent < 10_010; percent++) one(percent);
      return times - before;
    };
    expect(lap()).toBe(10);
    expect(lap()).toBe(10);
    for (let laps = 0; laps < 1000; laps++) lap();
    expect(lap()).toBe(0);
  });
});

describe('a rule that looks at settings', () => {
  const judgeTwice = (looksAt: Rule['looksAt'], says: readonly string[], old?: JsonObject) => {
    let times = 0;
    const rule = aRule({
      ...(looksAt === undefined ? {} : { looksAt }),
      judge: ({ name }) => {
        times++;
        return says.map((word) => ({ path: '/spec', message: `${word} ${name}` }));
      },
    });
    const catalogue = only({ rules: [rule] });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    judge(aService(), context, catalogue);
    judge(aService({ name: 'other' }), old === undefined ? context : { ...context, old }, catalogue);
    return times;
  };

  it.each<{ looksAt: Rule['looksAt']; says: string[]; old: JsonObject | undefined; times: number }>`
    looksAt                       | says     | old           | times
    ${undefined}                  | ${[]}    | ${undefined}  | ${2}
    ${'settings'}                 | ${[]}    | ${undefined}  | ${1}
    ${'settings'}                 | ${['x']} | ${undefined}  | ${1}
    ${'settings'}                 | ${['x']} | ${aService()} | ${1}
    ${'settings, with names'}     | ${[]}    | ${undefined}  | ${1}
    ${'settings, with names'}     | ${['x']} | ${undefined}  | ${2}
    ${'settings, and the change'} | ${[]}    | ${undefined}  | ${1}
    ${'settings, and the change'} | ${['x']} | ${undefined}  | ${1}
    ${'settings, and the change'} | ${[]}    | ${aService()} | ${2}
    ${'settings, and the change'} | ${['x']} | ${aService()} | ${2}
  `('($looksAt) and says $says is asked $times times of two that are alike', ({ looksAt, says, old, times }) => {
    expect(judgeTwice(looksAt, says, old)).toBe(times);
  });

  it('is asked about each change what it says of the change', () => {
    const rule = aRule({
      looksAt: 'settings',
      judge: () => [],
      judgeChange: ({ name }, { old }) => [{ path: '', message: `${referenceTo(old ?? {}).name} became ${name}` }],
    });
    const catalogue = only({ rules: [rule] });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    const messages = (name: string, old?: JsonObject) =>
      judge(aService({ name }), old === undefined ? context : { ...context, old }, catalogue).findings.map(
        ({ message }) => message,
      );

    expect(messages('one')).toEqual([]);
    expect(messages('two', aService({ name: 'first' }))).toEqual(['first became two']);
    expect(messages('three', aService({ name: 'second' }))).toEqual(['second became three']);
    expect(messages('four')).toEqual([]);
  });
});
