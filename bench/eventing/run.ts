/**
 * `npm run bench:eventing`: a Broker of the platform of one machine.
 *
 * - deliveries: one producer, 1 kB, 1, 10 and 100 Triggers, beside NATS JetStream (file storage, `sync_interval: always`,
 *   an ingress and a bridge in Go that posts by HTTP), beside Weir's own HTTP without a log, and beside node:http. All
 *   answer 202 and post each event to each subscriber; Weir and JetStream have it on the disk before that.
 * - filters: each dialect, beside Knative's own.
 * - memory: a million events.
 *
 * Needs Go for what it is held against, which is built from Go modules and kept in .cache/bench. Takes some nine minutes.
 */
import { parseArgs } from 'node:util';
import { load as busy } from '../admission/table.ts';
import type { Part } from '../serving/part.ts';
import { benchDeliveries } from './deliveries.ts';
import { benchFilters } from './filters.ts';
import { benchMemory } from './memory.ts';

const PARTS = ['deliveries', 'filters', 'memory'] as const;
const USAGE = `usage: npm run bench:eventing -- [--quick] [--only ${PARTS.join('|')}]
  --quick  little of everything: to see that it works, not for figures
  --only   one part of it
`;
const MOST_MS = 20 * 60_000;

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
});
const unknown = values.only !== undefined && PARTS.every((part) => part !== values.only);
if (values.help === true || unknown) {
  (unknown ? process.stderr : process.stdout).write(USAGE);
  process.exit(unknown ? 2 : 0);
}
// what was started ends with the process, and its folders go
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
setTimeout(() => {
  process.stderr.write(`not done within ${MOST_MS / 60_000} minutes\n`);
  process.exit(1);
}, MOST_MS).unref();

const options = {
  isQuick: values.quick === true,
  tell: (text: string) => void process.stderr.write(`${text}\n`),
};
const parts: Readonly<Record<(typeof PARTS)[number], () => Promise<Part>>> = {
  deliveries: () => benchDeliveries(options),
  filters: () => benchFilters(options),
  memory: () => benchMemory(options),
};

process.stdout.write(`load of the machine ${busy()}\n`);
const aims: string[] = [];
for (const part of PARTS) {
  if (values.only !== undefined && values.only !== part) continue;
  const { text, aims: theirs } = await parts[part]();
  process.stdout.write(`\n${text}\n`);
  aims.push(...theirs);
}
process.stdout.write(`\n${aims.join('\n')}\n`);
process.exit(0);
