/** What kinds hold their objects to, as told by the sentences of kube-apiserver 1.36 (test/cluster/platform/differential). */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { aPipeline, configMap, refusal } from './pipeline.ts';

const MOMENT = '2026-01-02T03:04:05.678901Z';

function event(more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'one' },
    involvedObject: { kind: 'ConfigMap', name: 'one', namespace: 'shop' },
    ...more,
  };
}

describe('an Event of the core group', () => {
  it.each<{ more: JsonObject; expected: string }>`
    more                                                                                                  | expected
    ${{}}                                                                                                 | ${'nothing was refused'}
    ${{ involvedObject: { namespace: 'bank' } }}                                                          | ${'422 Event "one" is invalid: involvedObject.namespace: Invalid value: "bank": does not match event.namespace'}
    ${{ involvedObject: {} }}                                                                             | ${'422 Event "one" is invalid: involvedObject.namespace: Invalid value: "": does not match event.namespace'}
    ${{ eventTime: MOMENT, action: 'a', reason: 'b', reportingInstance: 'c', reportingComponent: 'd' }}   | ${'nothing was refused'}
    ${{ eventTime: MOMENT, action: 'a', reason: 'b', reportingInstance: 'c', reportingComponent: 'd e' }} | ${`422 Event "one" is invalid: reportingComponent: Invalid value: "d e": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`}
    ${{ eventTime: MOMENT, action: 'a', reportingInstance: 'c', reportingComponent: 'd' }}                | ${'422 Event "one" is invalid: reason: Required value'}
    ${{ eventTime: '2026-01-02T03:04:05Z' }}                                                              | ${'400 Event in version "v1" cannot be handled as a Event: parsing time "2026-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"'}
  `('$more is $expected', async ({ more, expected }) => {
    const { create } = await aPipeline();
    expect(await refusal(create('events', event(more)))).toBe(expected);
  });
});

describe('a dry run of a Service', () => {
  it('shows an address that nobody gets, and leaves the first free one', async () => {
    const { create } = await aPipeline();
    const service = { metadata: { name: 'web' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } };
    const shown = await create('services', service, { dryRun: true });
    const made = await create('services', service);
    expect(shown).toMatchObject({ spec: { clusterIP: '10.96.0.0', ports: [{ nodePort: 32_768 }] } });
    expect(made).not.toMatchObject({ spec: { clusterIP: '10.96.0.0' } });
  });
});

describe('an address of a Service', () => {
  it('is refused where it changes, and not told of the list that was not named', async () => {
    const { create, patch } = await aPipeline();
    await create('services', { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } });
    expect(await refusal(patch('services', 'web', 'merge', { spec: { clusterIP: '10.96.9.9' } }))).toBe(
      '422 Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set',
    );
  });
});

describe('a generation', () => {
  it('stays as it was sent where the kind counts none', async () => {
    const { create, update } = await aPipeline();
    expect(await create('configmaps', configMap('web', { metadata: { generation: 7 } }))).toMatchObject({
      metadata: { generation: 7 },
    });
    expect(await update('configmaps', 'web', configMap('web', { metadata: { generation: 9 } }))).toMatchObject({
      metadata: { generation: 7 },
    });
  });
});

describe('a resourceVersion that is none', () => {
  it('is the fault of nobody on a create, and tells how Go failed on an update', async () => {
    const { create, update } = await aPipeline();
    await create('configmaps', configMap('web', { metadata: { resourceVersion: 'x' } }));
    const changed = configMap('web', { metadata: { resourceVersion: 'x' } });
    expect(await refusal(update('configmaps', 'web', changed))).toBe(
      '500 strconv.ParseUint: parsing "x": invalid syntax',
    );
  });
});

describe('a body that is null', () => {
  it('is an object with nothing in it', async () => {
    const { create } = await aPipeline();
    expect(await refusal(create('configmaps', null))).toBe(
      '422 ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    );
  });
});

describe('what may not change', () => {
  it('is told before what is wrong', async () => {
    const { create, patch } = await aPipeline();
    await create('secrets', { metadata: { name: 'key' } });
    expect(await refusal(patch('secrets', 'key', 'merge', { type: 'kubernetes.io/tls' }))).toBe(
      '422 Secret "key" is invalid: [type: Invalid value: "kubernetes.io/tls": field is immutable, data[tls.crt]: Required value, data[tls.key]: Required value]',
    );
  });
});

describe('finalizers of a namespace', () => {
  it('are those that Kubernetes knows, or have a domain', async () => {
    const { create } = await aPipeline();
    const namespace = { metadata: { name: 'bank' }, spec: { finalizers: ['kubernetes', 'example.com/one', 'wrong'] } };
    expect(await refusal(create('namespaces', namespace))).toBe(
      '422 Namespace "bank" is invalid: spec.finalizers[2]: Invalid value: "wrong": name is neither a standard finalizer name nor is it fully qualified',
    );
  });
});
