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
import { begin, type Part, runParts, tell } from '../parts.ts';
import { benchDeliveries } from './deliveries.ts';
import { benchFilters } from './filters.ts';
import { benchMemory } from './memory.ts';

const PARTS = ['deliveries', 'filters', 'memory'] as const;
const USAGE = `usage: npm run bench:eventing -- [--quick] [--only ${PARTS.join('|')}]
  --quick  little of everything: to see that it works, not for figures
  --only   one part of it
`;

const { isQuick, only } = begin(PARTS, USAGE);
const options = { isQuick, tell };
const parts: Readonly<Record<(typeof PARTS)[number], () => Promise<Part>>> = {
  deliveries: () => benchDeliveries(options),
  filters: () => benchFilters(options),
  memory: () => benchMemory(options),
};

await runParts(parts, only);
process.exit(0);
