import { describe, expect, it } from '@jest/globals';
import { configMapData } from '../../src/knative/configMap.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

describe("a ConfigMap of Knative's", () => {
  it.each<[configMap: JsonObject | undefined, says: Readonly<Record<string, string>>]>([
    [undefined, {}],
    [{}, {}],
    [{ data: 'max-scale: 9' }, {}],
    [{ data: { 'max-scale': '9', 'min-scale': 3, _example: 'max-scale: "2"' } }, { 'max-scale': '9' }],
    [JSON.parse('{"data": {"__proto__": "9", "a": "b"}}'), { a: 'b' }],
  ])('%j says %j', (configMap, says) => {
    expect(configMapData(configMap)).toEqual(says);
  });
});
