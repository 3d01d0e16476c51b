/** What the API server of `weir up` refuses without asking anybody. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyAll } from '../../../src/cli/up/apply.ts';
import { kinds } from '../../../src/cli/up/contents.ts';
import { startEmbedded } from '../../../src/cli/up/embedded.ts';
import { readUpOptions } from '../../../src/cli/up/options.ts';
import type { Platform } from '../../../src/cli/up/platform.ts';
import { services } from '../../../src/knative/resources.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { containerLogs } from '../../../src/platform/processes/logs/logs.ts';
import { folderWith } from '../harness.ts';

let platform: Platform;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  const folder = folderWith({});
  const options = readUpOptions({ port: '0', folder: '.weir' }, folder);
  platform = await startEmbedded(options, { log: SILENT, logs: containerLogs({ folder }), extensions: [] });
  connection = await connect({ kubeconfig: platform.kubeconfig, environment: {}, clock: systemClock });
  client = clientOver(connection);
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  await applyAll(await kinds(), { client, find: discoveryOf(client), wait });
});

afterAll(async () => {
  connection.close();
  await platform.stop();
});

function switched(green: number) {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'default' },
    spec: {
      template: {
        metadata: { name: 'cart-green' },
        spec: { containers: [{ image: 'registry.example.com/shop/cart:2' }] },
      },
      traffic: [
        { revisionName: 'cart-blue', percent: 90 },
        { revisionName: 'cart-green', percent: green },
      ],
    },
  };
}

describe('in a namespace of no environment', () => {
  it('a switch that does not add up is refused as Knative refuses it', async () => {
    await expect(client.create(services, switched(20))).rejects.toThrow(
      'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: Traffic targets sum to 110, want 100: spec.traffic',
    );
    await client.create(services, switched(10));
  });
});
