/** How many events a second filters judge: one line of JSON in, one out. */
import { text } from 'node:stream/consumers';
import { type Matches, matchesOf } from '../../../src/knative/eventing/matches.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export interface FilterJob {
  /** For each Trigger. */
  readonly seconds: number;
  readonly triggers: readonly { readonly name: string; readonly spec: JsonObject }[];
  /** By the names of their attributes. */
  readonly events: readonly Readonly<Record<string, string>>[];
}

export interface FilterResult {
  readonly name: string;
  readonly perSecond: number;
  /** Of the events, how many pass. */
  readonly passed: number;
}

const { seconds, triggers, events }: FilterJob = JSON.parse(await text(process.stdin));
const seen = events.map((attributes) => new Map(Object.entries(attributes)));
const results = triggers.map(({ name, spec }): FilterResult => {
  const matches = matchesOf({ spec });
  const passed = countPassing(matches);
  let rounds = 0;
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    countPassing(matches);
    rounds++;
  }
  const perSecond = (rounds * events.length * 1000) / (performance.now() - began);
  return { name, perSecond, passed };
});
process.stdout.write(`${JSON.stringify(results)}\n`);

function countPassing(matches: Matches): number {
  let passed = 0;
  for (const event of seen) if (matches(event)) passed++;
  return passed;
}
