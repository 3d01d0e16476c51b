import { describe, expect, it } from '@jest/globals';
import { kafkaSinkProblem, kafkaSinkSpec, validateKafkaSink } from '../../../src/knative/eventing/kafkaSink.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

function aSink(spec: JsonObject): JsonObject {
  return { spec: { topic: 'orders', bootstrapServers: ['a:9092'], ...spec } };
}

describe('the spec of a KafkaSink', () => {
  it('writes in binary mode to a topic that is there, unless it says otherwise', () => {
    expect(kafkaSinkSpec(aSink({}))).toEqual({
      topic: 'orders',
      bootstrapServers: ['a:9092'],
      contentMode: 'binary',
      creation: undefined,
      secretName: undefined,
    });
    const spec = {
      contentMode: 'structured',
      numPartitions: 3,
      replicationFactor: 1,
      auth: { secret: { ref: { name: 's' } } },
    };
    expect(kafkaSinkSpec(aSink(spec))).toMatchObject({
      contentMode: 'structured',
      creation: { partitions: 3, replicationFactor: 1 },
      secretName: 's',
    });
    // as in a cluster: one of both makes nothing
    expect(kafkaSinkSpec(aSink({ numPartitions: 3 })).creation).toBeUndefined();
  });

  it.each<[spec: JsonObject, problem: string | undefined]>([
    [{}, undefined],
    [{ numPartitions: 1, replicationFactor: 1 }, undefined],
    [{ contentMode: 'batched' }, '/spec/contentMode: "batched" is neither binary nor structured'],
    [{ bootstrapServers: [] }, '/spec/bootstrapServers: '],
    [{ bootstrapServers: 'a:9092' }, '/spec/bootstrapServers: '],
    [{ bootstrapServers: [' , '] }, '/spec/bootstrapServers: '],
    [{ topic: '' }, '/spec/topic: '],
    [{ topic: 7 }, '/spec/topic: '],
    [{ numPartitions: 0 }, '/spec/numPartitions: 0 is not above 0'],
    [{ replicationFactor: -1 }, '/spec/replicationFactor: -1 is not above 0'],
    [{ auth: { secret: { ref: { name: '' } } } }, '/spec/auth/secret/ref/name: '],
  ])('%j has the problem %s', (spec, problem) => {
    const found = kafkaSinkProblem(aSink(spec));
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  it.each<[spec: JsonObject, refused: readonly string[]]>([
    [{}, []],
    [{ contentMode: '' }, []],
    [{ contentMode: 'batched' }, ['/spec/contentMode invalid value: batched']],
    [{ bootstrapServers: [] }, ['/spec/bootstrapServers invalid value: []']],
    [{ topic: '', bootstrapServers: [] }, ['/spec/bootstrapServers invalid value: []', '/spec/topic invalid value: ']],
    [
      { replicationFactor: 0, numPartitions: -1 },
      ['/spec/replicationFactor invalid value: 0', '/spec/numPartitions invalid value: -1'],
    ],
    // Knative looks at neither
    [{ auth: { secret: { ref: { name: '' } } } }, []],
    [{ bootstrapServers: [' , '] }, []],
  ])('%j is refused by Knative for %j', (spec, refused) => {
    expect(validateKafkaSink(aSink(spec)).map(({ path, message }) => `${path} ${message}`)).toEqual(refused);
  });
});
