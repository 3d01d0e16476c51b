/** Which namespaces the installed entries select, by the configuration as it lies in overlays/base. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { type Entries, followEntries } from '../../../webhooks/cluster/entries.ts';
import { FakeApiServer, refuse } from '../../kubernetes/client/fakeApiServer.ts';
import { eventually, FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { clientTo } from '../../kubernetes/client/resources.ts';
import { objectsOf, only } from '../../overlays/read.ts';

const RESOURCE = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  isNamespaced: false,
};
const shipped = only(objectsOf('overlays/base/validating-webhooks.yaml'), 'ValidatingWebhookConfiguration');

let server: FakeApiServer;
let clock: FakeClock;
let entries: Entries | undefined;

beforeEach(async () => {
  server = await FakeApiServer.start([RESOURCE]);
  clock = new FakeClock();
});
afterEach(async () => {
  entries?.stop();
  expect(clock.waiting).toBe(0);
  await server.close();
});

function follow(): Entries {
  entries = followEntries({
    client: clientTo(server.url, clock),
    clock,
    random: () => 0.5,
    log: SILENT,
    name: 'policy.weir.dev',
  });
  return entries;
}

function aNamespace(name: string, environment?: string): JsonObject {
  const labels = environment === undefined ? {} : { 'weir.dev/environment': environment };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

describe('the installed entries', () => {
  it.each<[string, string | undefined, boolean]>([
    ['shop', 'prod', true],
    ['shop', 'dev', true],
    ['shop', 'perf', false],
    // the entries for what is in no namespace select every one, and judge nothing inside
    ['shop', undefined, false],
    ['kube-system', 'prod', false],
  ])('select %s in %s: %s', async (name, environment, selected) => {
    server.put(RESOURCE, shipped);
    const { isSelected } = follow();
    await eventually(() => isSelected(aNamespace('shop', 'prod')) !== undefined, 'the configuration');
    expect(isSelected(aNamespace(name, environment))).toBe(selected);
  });

  it('are known as soon as they are installed', async () => {
    server.put(RESOURCE, shipped);
    const { isSelected } = follow();
    await eventually(() => isSelected(aNamespace('shop', 'perf')) === false, 'the configuration');
    const selector = { matchLabels: { 'weir.dev/environment': 'perf' } };
    const rules = [{ scope: 'Namespaced' }];
    server.put(RESOURCE, { ...shipped, webhooks: [{ name: 'perf', namespaceSelector: selector, rules }] });
    await eventually(() => isSelected(aNamespace('shop', 'perf')) === true, 'the new entry');
    expect(isSelected(aNamespace('shop', 'prod'))).toBe(false);
  });

  it('are unknown where the configuration is not there, or is none', async () => {
    const { isSelected } = follow();
    await eventually(() => server.watchers === 1, 'the watch');
    expect(isSelected(aNamespace('shop', 'prod'))).toBeUndefined();
    server.put(RESOURCE, { ...shipped, webhooks: 'none' });
    await eventually(() => isSelected(aNamespace('shop', 'prod')) === false, 'the configuration');
  });

  it('are unknown without the right to read them', async () => {
    server.faults.push((_, response) => {
      refuse(response, 403, 'Forbidden', 'not for you');
      return true;
    });
    const { isSelected } = follow();
    await eventually(() => server.requests.length > 0, 'a request');
    expect(isSelected(aNamespace('shop', 'prod'))).toBeUndefined();
  });
});
