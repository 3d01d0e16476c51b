import { describe, expect, it } from '@jest/globals';
import { type JsonObject, type JsonValue, objectAt } from '../../../../src/kubernetes/json.ts';
import { strategicMergePatch } from '../../../../src/platform/apiserver/patch/strategicMergePatch.ts';
import { expectGrowsWithSize } from '../../../growth.ts';
import { KINDS } from './sequences/kinds.ts';

const { schema } = KINDS.Deployment;

describe('strategic merge patch of a pod', () => {
  const before: JsonObject = {
    containers: [
      { name: 'a', image: 'a:1', args: ['x'], ports: [{ containerPort: 80, name: 'web' }] },
      {
        name: 'b',
        image: 'b:1',
        env: [
          { name: 'E', value: '1' },
          { name: 'F', value: '2' },
        ],
      },
    ],
    nodeSelector: { disk: 'ssd', zone: 'a' },
    volumes: [{ name: 'v', emptyDir: {} }],
    tolerations: [{ key: 'k' }],
  };

  it.each<[string, JsonObject, JsonObject]>([
    ['items by their key', { containers: [{ name: 'a', image: 'a:2' }] }, containers({ a: { image: 'a:2' } })],
    [
      'a new item',
      { containers: [{ name: 'c', image: 'c:1' }] },
      { containers: [{ name: 'c', image: 'c:1' }, ...listOf(before.containers)] },
    ],
    [
      'an item goes',
      { containers: [{ name: 'b', $patch: 'delete' }] },
      { containers: listOf(before.containers).slice(0, 1) },
    ],
    ['all items go', { containers: [{ $patch: 'replace' }, { name: 'c' }] }, { containers: [{ name: 'c' }] }],
    ['an object takes the place', { nodeSelector: { $patch: 'replace', rack: '1' } }, { nodeSelector: { rack: '1' } }],
    ['an object is emptied', { nodeSelector: { $patch: 'delete' } }, { nodeSelector: {} }],
    ['null takes away', { nodeSelector: { disk: null } }, { nodeSelector: { zone: 'a' } }],
    ['a list without keys is replaced', { tolerations: [{ key: 'l' }] }, { tolerations: [{ key: 'l' }] }],
    [
      'only what is retained',
      { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] },
      { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
    ],
    [
      'the order that is asked for',
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [...listOf(before.containers)].reverse() },
    ],
    [
      'nested lists',
      {
        containers: [
          {
            name: 'b',
            env: [
              { name: 'E', $patch: 'delete' },
              { name: 'G', value: '3' },
            ],
          },
        ],
      },
      {
        containers: [
          listOf(before.containers)[0] ?? null,
          {
            name: 'b',
            image: 'b:1',
            env: [
              { name: 'G', value: '3' },
              { name: 'F', value: '2' },
            ],
          },
        ],
      },
    ],
  ])('%s', (_, patch, expected) => {
    const object = { spec: { template: { spec: before } } };
    const patched = strategicMergePatch(object, { spec: { template: { spec: patch } } }, schema);
    const found = objectAt(patched, 'spec', 'template', 'spec') ?? {};
    expect(sorted(found)).toEqual(sorted({ ...before, ...expected }));
    expect(object).toEqual({ spec: { template: { spec: before } } });
  });

  it.each<[JsonObject, JsonObject, JsonObject]>([
    [{ finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] }, { finalizers: ['a', 'b', 'c'] }],
    [{ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    [{ finalizers: ['a', 'b'] }, { '$setElementOrder/finalizers': ['b', 'a'] }, { finalizers: ['b', 'a'] }],
    [{}, { '$deleteFromPrimitiveList/finalizers': ['a'] }, {}],
    [{}, { labels: { a: null, b: '1' } }, { labels: { b: '1' } }],
  ])('metadata %j with %j is %j', (metadata, patch, expected) => {
    expect(strategicMergePatch({ metadata }, { metadata: patch }, schema)).toEqual({ metadata: expected });
  });

  // as kube-apiserver 1.36 has answered
  it.each<[JsonValue, number, string]>([
    [{ metadata: { '$setElementOrder/finalizers': 'x' } }, 500, 'expected a []interface {}, but received a string'],
    [{ metadata: { $setElementOrderX: [] } }, 400, 'invalid patch format of setElementOrder list'],
    [{ metadata: { $deleteFromPrimitiveList: [] } }, 400, 'invalid patch format of primitive list'],
    [{ metadata: { $retainKeys: 'x' } }, 400, 'invalid patch format of retainKeys'],
    [
      pod({ containers: [{ name: 'a', $patch: 'odd' }] }),
      500,
      'unknown patch type: odd in map: map[$patch:odd name:a]',
    ],
    [pod({ containers: [{ name: 'a', $patch: 'merge' }] }), 500, 'merging lists cannot yet be specified in the patch'],
    [pod({ containers: ['x'] }), 500, 'list element types are not identical: [[map[image:i:1 name:a]] [x]]'],
    [
      pod({ '$setElementOrder/containers': [{ name: 'q' }], containers: [{ name: 'a', image: 'r' }] }),
      500,
      "The order in patch list:\n[map[image:r name:a]]\n doesn't match $setElementOrder list:\n[map[name:q]]\n",
    ],
    [
      pod({ '$setElementOrder/containers': [{ nam: 'q' }] }),
      500,
      'map: map[nam:q] does not contain declared merge key: name',
    ],
    [pod({ containers: [{ image: 'q' }] }), 500, 'map: map[image:q] does not contain declared merge key: name'],
    [
      { spec: { '$setElementOrder/nope': [1] } },
      500,
      'unable to find api field in struct DeploymentSpec for the json field "nope"',
    ],
    [{ $patch: 5 }, 500, 'unknown patch type: %!s(int64=5) in map: map[$patch:5]'],
    [[1], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ])('%j is refused', (patch, code, message) => {
    const object = { metadata: { finalizers: ['a'] }, ...pod({ containers: [{ name: 'a', image: 'i:1' }] }) };
    expect(refusal(() => strategicMergePatch(object, patch, schema))).toMatchObject({ code, message });
  });

  it.each<[string, (name: string) => JsonObject, (all: number) => number]>([
    ['merged', (name) => ({ name, image: 'b' }), (all) => all],
    ['removed', (name) => ({ name, $patch: 'delete' }), () => 0],
  ])('tens of thousands of items are %s at once', (_, itemOf, leftOf) => {
    expectGrowsWithSize(
      40_000,
      (count) => {
        const names = Array.from({ length: count }, (_, index) => `c${index}`);
        const object = pod({ containers: names.map((name) => ({ name, image: 'a' })) });
        return { count, object, patch: pod({ containers: names.reverse().map(itemOf) }) };
      },
      ({ count, object, patch }) => {
        const patched = strategicMergePatch(object, patch, schema);
        expect(objectAt(patched, 'spec', 'template', 'spec')?.containers).toHaveLength(leftOf(count));
      },
    );
  });

  it('changes nothing for null, and takes __proto__ as a key', () => {
    expect(strategicMergePatch({ a: 1 }, null, schema)).toEqual({ a: 1 });
    const merged = strategicMergePatch({}, JSON.parse('{"metadata": {"labels": {"__proto__": {"a": "1"}}}}'), schema);
    expect(JSON.stringify(merged)).toBe('{"metadata":{"labels":{"__proto__":{"a":"1"}}}}');
    expect(({} as { a?: string }).a).toBeUndefined();
  });

  function containers(changes: Readonly<Record<string, JsonObject>>): JsonObject {
    const items = listOf(before.containers).map((item) => ({ ...item, ...changes[String(item.name)] }));
    return { containers: items };
  }
});

function pod(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value : [];
}

/** The order of members does not count. */
function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort());
}

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
