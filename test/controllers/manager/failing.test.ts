/** Controllers that cannot be started leave nothing behind that would hold the process. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startAlone } from '../../../controllers/manager/alone.ts';
import type { MakeController } from '../../../controllers/manager/controller.ts';
import type { Connection } from '../../../src/kubernetes/client/connection.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { networkPolicies } from '../../kubernetes/client/resources.ts';

const following: MakeController = ({ follow }) => {
  follow({ resource: networkPolicies });
  return { name: 'following', reconcile: async () => undefined };
};
const thrower: MakeController = () => {
  throw new Error('it cannot be made');
};

it.each<[what: string, second: MakeController, sentence: string]>([
  ['a controller that throws where it is made', thrower, 'it cannot be made'],
  ['one that has the name of another', following, 'two controllers are called following'],
])('of %s, what the others follow is let go, with the connection', async (_, second, sentence) => {
  const asked: (AbortSignal | undefined)[] = [];
  let closed = 0;
  const connection: Connection = {
    name: 'nobody',
    namespace: 'default',
    clock: new FakeClock(),
    send({ signal }) {
      asked.push(signal);
      return new Promise(() => {});
    },
    close: () => closed++,
  };
  expect(() => startAlone([following, second], connection, SILENT)).toThrow(sentence);
  await setImmediate();
  expect(asked.filter((signal) => signal?.aborted !== true)).toEqual([]);
  expect(closed).toBe(1);
});
