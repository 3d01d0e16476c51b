/** EventTransforms on the embedded API server: their conditions as in a cluster, and what transforms then. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import { brokers, eventTransforms, triggers } from '../../../controllers/eventing/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';
import { aService, conditionsOf, eventing, HandPlane, hostOf, refTo, TRANSFORMS_URL, toService } from './harness.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let running: Run;
let plane: HandPlane;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  plane = new HandPlane();
  running = await run(cluster, { controllers: makeEventingControllers(plane) });
});

afterAll(async () => {
  await running?.stop();
  await cluster.stop();
});

beforeEach(async () => {
  namespace = `transform-${count++}`;
  await cluster.namespace(namespace);
  await aService(cluster, namespace, 'cart');
});

const jsonata = { expression: '{"specversion": "1.0", "id": id, "type": "made", "source": source}' };

async function apply(spec: JsonObject): Promise<JsonObject> {
  await cluster.apply(eventing('EventTransform', 'orders', namespace, spec));
  await running.settle();
  return look();
}

const look = () => cluster.client.get(eventTransforms, { namespace, name: 'orders' });
const told = () => plane.transforming.get(`${namespace}/orders`);

describe('an EventTransform', () => {
  it('without a sink answers, and reads as in a cluster', async () => {
    const transform = await apply({ jsonata });
    expect(conditionsOf(transform)).toEqual([
      'Addressable: True',
      expect.stringContaining('EventPoliciesReady: True OIDCDisabled'),
      'JsonataDeploymentReady: True',
      'JsonataSinkBindingReady: True',
      'Ready: True',
      'TransformationReady: True',
    ]);
    const address = { name: 'http', url: `${TRANSFORMS_URL}/${namespace}/orders` };
    expect(transform.status).toMatchObject({ address, addresses: [address] });
    expect(told()).toEqual({ expression: jsonata.expression, sink: undefined, reply: { is: 'passed' } });
  });

  it.each([
    [undefined, { is: 'passed' }],
    [{ discard: true }, { is: 'discarded' }],
    [
      { discard: false, jsonata: { expression: '$' } },
      { is: 'made', expression: '$' },
    ],
  ])('sends to its sink; of a reply %j', async (reply, told_) => {
    const transform = await apply({ jsonata, sink: toService('cart'), ...(reply === undefined ? {} : { reply }) });
    expect(conditionsOf(transform)).toContain('Ready: True');
    expect(transform.status).toMatchObject({ sinkUri: hostOf('cart', namespace) });
    expect(told()).toEqual({ expression: jsonata.expression, sink: hostOf('cart', namespace), reply: told_ });
  });

  it('waits for its sink, and goes on while that is away', async () => {
    const before = await apply({ jsonata, sink: toService('later') });
    expect(conditionsOf(before)).toContainEqual(
      expect.stringMatching(/^Ready: False NoAddressable: .*"later" not found/),
    );
    expect(told()).toMatchObject({ sink: 'unknown' });
    await aService(cluster, namespace, 'later');
    await running.settle();
    expect(conditionsOf(await look())).toContain('Ready: True');
    await cluster.client.delete(
      { group: '', version: 'v1', plural: 'services', kind: 'Service', isNamespaced: true },
      { namespace, name: 'later' },
    );
    await running.settle();
    expect(conditionsOf(await look())).toContainEqual(expect.stringMatching(/^Ready: False NoAddressable/));
    expect(told()).toMatchObject({ sink: hostOf('later', namespace) });
  });

  it.each([
    [{ jsonata: { expression: '((' } }, 'spec.jsonata.expression: Expected ")" before end of expression'],
    [{}, 'spec.jsonata: it says no transformation'],
    [{ jsonata, reply: { discard: true } }, 'spec.reply: there is no sink whose answer it would be'],
    [
      { jsonata, sink: toService('cart'), reply: { discard: true, jsonata } },
      'spec.reply: an answer is discarded or transformed, not both',
    ],
  ])('of %j says what is wrong', async (spec, message) => {
    const conditions = conditionsOf(await apply(spec));
    expect(conditions).toContain(`JsonataDeploymentReady: False JsonataDeploymentUnavailable: ${message}`);
    expect(conditions).toContain(`Ready: False JsonataDeploymentUnavailable: ${message}`);
    expect(conditions).toContain('Addressable: False WaitingForServiceEndpoints: URL is empty');
  });

  it('whose expression nobody can read now is looked at again, and ready when that is over', async () => {
    plane.trouble = 'there is no process for its expression: spawn ENOMEM';
    const message = `spec.jsonata.expression: ${plane.trouble}`;
    const before = await apply({ jsonata });
    plane.trouble = undefined;
    expect(conditionsOf(before)).toContain(`Ready: Unknown JsonataDeploymentUnavailable: ${message}`);
    expect(conditionsOf(before)).toContain(`JsonataDeploymentReady: Unknown JsonataDeploymentUnavailable: ${message}`);
    expect(told()).toBeDefined();
    await running.pass(10_000);
    const after = await look();
    expect(conditionsOf(after)).toContain('Ready: True');

    // events go on where it was looked at before
    plane.trouble = 'it took longer than 5000 ms';
    const again = await apply({ jsonata: { expression: '$' } });
    plane.trouble = undefined;
    expect(conditionsOf(again)).toContainEqual(expect.stringMatching(/^Ready: Unknown JsonataDeploymentUnavailable/));
    expect(again.status).toMatchObject({ address: { url: `${TRANSFORMS_URL}/${namespace}/orders` } });
    await running.pass(10_000);
    expect(conditionsOf(await look())).toContain('Ready: True');
  });

  it('is a subscriber of Triggers, and forgotten when it is deleted', async () => {
    await apply({ jsonata });
    await cluster.apply(
      eventing('Broker', 'default', namespace, {}),
      eventing('Trigger', 'orders', namespace, {
        broker: 'default',
        subscriber: { ref: refTo('EventTransform', 'orders') },
      }),
    );
    await running.settle();
    expect(conditionsOf(await cluster.client.get(brokers, { namespace, name: 'default' }))).toContain('Ready: True');
    const trigger = await cluster.client.get(triggers, { namespace, name: 'orders' });
    expect(trigger.status).toMatchObject({ subscriberUri: `${TRANSFORMS_URL}/${namespace}/orders` });
    await cluster.client.delete(eventTransforms, { namespace, name: 'orders' });
    await running.settle();
    expect(told()).toBeUndefined();
  });
});
