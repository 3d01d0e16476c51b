/**
 * What a Broker is without a log: the platform's own ingress, filters and sender, and nothing that is kept or tried
 * again. Arguments as of nodeHttp.ts. Its port on the first line.
 */
import { withAttributes } from '../../../src/cloudevents/event.ts';
import { startIngress } from '../../../src/platform/eventing/ingress.ts';
import { outcomeOf } from '../../../src/platform/eventing/lanes/answer.ts';
import { seenByFilters } from '../../../src/platform/eventing/seenByFilters.ts';
import { startSender } from '../../../src/platform/eventing/send.ts';
import { lanes, TOPIC } from './lanes.ts';

const [subscriber = '', count = '1'] = process.argv.slice(2);
const all = [...lanes(subscriber, Number(count)).values()];
const { send } = startSender();

const { port } = await startIngress({
  port: 0,
  isTopic: (key) => key === TOPIC,
  eventing: {
    async receive(_topic, received, passed) {
      const event = withAttributes(received, { knativearrivaltime: new Date().toISOString() });
      const headers = { ...passed, prefer: 'reply' };
      const seen = seenByFilters(event);
      for (const { matches, spec } of all) {
        if (!matches(seen)) continue;
        send({ url: spec.subscriber, event, headers, timeout: undefined }).then((sent) => {
          if (outcomeOf(sent, spec.kind).is === 'failed') throw new Error('a subscriber did not take an event');
        });
      }
      return { is: 'kept', seq: 1 };
    },
  },
});
process.stdout.write(`${port}\n`);
process.stdin.resume().on('end', () => process.exit(0));
