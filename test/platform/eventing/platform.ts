/** A Broker of its own process, for the tests that kill it: `platform.ts FILE SUBSCRIBER DEAD-LETTERS` says its port. */
import { retriesOf } from '../../../src/knative/eventing/retries.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { Eventing } from '../../../src/platform/eventing/eventing.ts';
import { startIngress } from '../../../src/platform/eventing/ingress.ts';
import { startSender } from '../../../src/platform/eventing/send.ts';

const [file = '', subscriber = '', deadLetter = ''] = process.argv.slice(2);
const topic = 'broker:shop/default';
const retries = retriesOf({ retry: 2, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S' });
const eventing = Eventing.open({ file, clock: systemClock, send: startSender().send });
const spec = {
  kind: 'trigger',
  subscriber,
  reply: undefined,
  deadLetter,
  retries,
  isOrdered: false,
  isStructured: false,
} as const;
eventing.setLanes(new Map([['trigger:shop/one', { topic, matches: () => true, spec }]]));
const ingress = await startIngress({ eventing, isTopic: (key) => key === topic, port: 0 });
process.stdout.write(`${ingress.port}\n`);
