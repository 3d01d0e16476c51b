/** A Broker of the platform: arguments are its folder, the subscribers' URL and how many Triggers it has. Its port on the first line. */
import { startEventing } from '../../../src/platform/eventing/start.ts';
import { lanes, TOPIC } from './lanes.ts';

const [folder = '', subscriber = '', count = '1'] = process.argv.slice(2);
const started = await startEventing({ folder, port: 0 });
started.setTopics('broker', new Set([TOPIC.slice('broker:'.length)]));
started.setTopics('channel', new Set());
started.setLanes(lanes(subscriber, Number(count)));
process.stdout.write(`${started.port}\n`);
process.stdin.resume().on('end', () => process.exit(0));
// a profile is written at an end of its own
process.on('SIGTERM', () => process.exit(0));
