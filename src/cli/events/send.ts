/** `weir events send`: events to a Broker, from options, a file or standard input. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { problemOf } from '../../cloudevents/attributes.ts';
import { decodeEvents } from '../../cloudevents/batch.ts';
import { type AttributeValue, attributeText, type CloudEvent, withAttributes } from '../../cloudevents/event.ts';
import { encodeEvent } from '../../cloudevents/http.ts';
import { oneLine } from '../../report/safeText.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure, systemReason } from '../failure.ts';
import type { Io } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { addressOf } from './address.ts';
import { placeOf } from './selection.ts';

export interface SendOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly url?: string;
  readonly type?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly id?: string;
  readonly time?: string;
  /** `name=value` */
  readonly attribute?: readonly string[];
  readonly data?: string;
  /** A path, or `-`. */
  readonly dataFile?: string;
  readonly contentType?: string;
  /** Of events in JSON: a path, or `-`. */
  readonly file?: string;
  readonly output: string;
}

const SOURCE = '/weir/events/send';
const ANSWER_MS = 30_000;

export async function send(broker: string | undefined, options: SendOptions, { io }: CommandContext): Promise<number> {
  const output = outputFormat(options.output, ['text', 'json'] as const);
  if ((broker === undefined) === (options.url === undefined)) {
    throw new Failure('say where events go: a Broker as namespace/name, or the URL of any Broker with --url');
  }
  const events = await eventsOf(options, io);
  const { url, title } = await targetOf(broker, options, io);
  for (const event of events) {
    await post(url, event, title);
    const id = attributeText(event, 'id');
    const said =
      output === 'json'
        ? JSON.stringify({ id, source: attributeText(event, 'source'), url })
        : `${oneLine(id)}  stored by ${title}`;
    io.stdout.write(`${said}\n`);
  }
  return EXIT.clean;
}

async function targetOf(
  broker: string | undefined,
  options: SendOptions,
  io: Io,
): Promise<{ readonly url: string; readonly title: string }> {
  const { url } = options;
  if (url !== undefined) {
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return { url, title: url };
    throw new Failure(`--url is "${url}", and must be that of a Broker, such as http://127.0.0.1:8090/shop/default`);
  }
  return withCluster(options, io, async (client, context) => {
    const place = placeOf('the Broker', broker ?? '', options.namespace ?? context);
    const [namespace = '', name = ''] = place.split('/');
    return { url: await addressOf(client, { namespace, name }), title: `Broker ${place}` };
  });
}

async function eventsOf(options: SendOptions, io: Io): Promise<CloudEvent[]> {
  const { file } = options;
  const given =
    file === undefined
      ? [new Map<string, AttributeValue>([['specversion', '1.0']])].map(
          (attributes): CloudEvent => ({ attributes, data: undefined }),
        )
      : await eventsIn(file, io);
  const data = await dataOf(options, io);
  if (given.length > 1 && (options.id !== undefined || data !== undefined)) {
    throw new Failure(`${file} holds ${given.length} events: --id and data cannot be those of all of them`);
  }
  return given.map((event) => filledIn(event, options, data, io.now()));
}

/** What options say stands above what the file says, and what neither says is made up where it can be. */
function filledIn(event: CloudEvent, options: SendOptions, data: Buffer | undefined, now: Date): CloudEvent {
  const { type, source, subject, id, time, contentType, attribute = [] } = options;
  const known = (name: string) => event.attributes.get(name);
  const named = { type, source, subject, id, time, datacontenttype: contentType };
  const said = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const made = withAttributes(event, {
    id: known('id') ?? randomUUID(),
    source: known('source') ?? SOURCE,
    time: known('time') ?? now.toISOString(),
    ...(data === undefined ? {} : { datacontenttype: 'application/json' }),
    ...said,
    ...Object.fromEntries(attribute.map(extensionOf)),
  });
  const problem = problemOf(made.attributes);
  if (problem !== undefined)
    throw new Failure(
      `this is no event: ${problem}${made.attributes.has('type') ? '' : '; give --type, such as order.placed'}`,
    );
  const whole = { attributes: made.attributes, data: data ?? event.data };
  const kind = String(made.attributes.get('datacontenttype') ?? '');
  if (data !== undefined && contentType === undefined && !isJsonText(data)) {
    throw new Failure(`the data is no JSON, as which it is sent unless --content-type says another (now ${kind})`);
  }
  return whole;
}

function isJsonText(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function extensionOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure(`--attribute is "${text}", and must be name=value`);
}

async function eventsIn(file: string, io: Io): Promise<CloudEvent[]> {
  const shown = file === '-' ? 'standard input' : file;
  const decoded = decodeEvents((await bytesOf(file, io)).toString('utf8'));
  if (decoded === undefined) throw new Failure(`${shown} is no JSON: an event, or an array of events, is expected`);
  if (decoded.length === 0) throw new Failure(`${shown} holds an array without events`);
  return decoded.map((each, index) => {
    if (each.ok) return each.event;
    const which = decoded.length === 1 ? shown : `${shown}, event ${index + 1}`;
    throw new Failure(`${which}: ${each.problem}`);
  });
}

async function dataOf({ data, dataFile }: SendOptions, io: Io): Promise<Buffer | undefined> {
  if (data !== undefined && dataFile !== undefined) throw new Failure('give the data by --data or by --data-file');
  if (data !== undefined) return Buffer.from(data);
  return dataFile === undefined ? undefined : bytesOf(dataFile, io);
}

async function bytesOf(file: string, io: Io): Promise<Buffer> {
  if (file !== '-') {
    try {
      return await readFile(path.resolve(io.cwd, file));
    } catch (error) {
      throw new Failure(`${file} cannot be read: ${systemReason(error)}`);
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function post(url: string, event: CloudEvent, title: string): Promise<void> {
  const { headers, body } = encodeEvent(event);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'manual',
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new Failure(`${title} does not answer (${systemReason(cause)})${hintFor(url)}`);
  }
  const text = (await response.text()).trim();
  if (response.ok) return;
  throw new Failure(
    `${title} did not take ${oneLine(attributeText(event, 'id'))}: ${response.status}${text === '' ? '' : ` ${oneLine(text)}`}`,
  );
}

/** Names of a cluster mean nothing outside of it. */
function hintFor(url: string): string {
  const { hostname, pathname } = new URL(url);
  if (!/\.svc(\.|$)/.test(hostname)) return '';
  const [service = '', namespace = ''] = hostname.split('.');
  return `: ${hostname} is a name within the cluster; lead a port there and send by it: kubectl port-forward -n ${namespace} svc/${service} 8090:80, then --url http://127.0.0.1:8090${pathname}`;
}
