/** A subscriber that remembers what it got, a platform of its own, and events. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CloudEvent } from '../../../src/cloudevents/event.ts';
import { retriesOf } from '../../../src/knative/eventing/retries.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { LaneSpec } from '../../../src/platform/eventing/lanes/lane.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';

export interface Got {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Subscriber {
  readonly url: string;
  readonly got: readonly Got[];
  /** How it answers from now on; 200 with nothing unless set. */
  answer(how: (response: ServerResponse, got: Got, request: IncomingMessage) => void): void;
  close(): Promise<void>;
}

export async function startSubscriber(): Promise<Subscriber> {
  const got: Got[] = [];
  let how: (response: ServerResponse, got: Got, request: IncomingMessage) => void = (response) => response.end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers } = request;
      const one = { id: String(headers['ce-id']), headers, body: Buffer.concat(chunks).toString('utf8') };
      got.push(one);
      how(response, one, request);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    got,
    answer(next) {
      how = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-eventing-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function anEvent(
  id: string,
  more: Readonly<Record<string, string | number>> = {},
  data = '{"n":1}',
): CloudEvent {
  const attributes = {
    specversion: '1.0',
    id,
    source: '/test',
    type: 'test.made',
    datacontenttype: 'application/json',
  };
  return { attributes: new Map(Object.entries({ ...attributes, ...more })), data: Buffer.from(data) };
}

export const TOPIC = 'broker:shop/default';

/** Of a Trigger with that delivery, for every event unless said. */
export function anEntry(
  subscriber: string,
  {
    delivery = {},
    matches = () => true,
    ...spec
  }: Partial<LaneSpec> & { delivery?: JsonObject; matches?: LaneEntry['matches'] } = {},
): LaneEntry {
  const retries = retriesOf(delivery);
  const whole = {
    kind: 'trigger' as const,
    subscriber,
    reply: 'topic',
    deadLetter: undefined,
    retries,
    isOrdered: false,
    isStructured: false,
  };
  return { topic: TOPIC, matches, spec: { ...whole, ...spec } };
}

/** Looks until it holds: for a minute, on a machine that does other work. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 50_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within 50 s: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
