/** What `weir load` is asked for, and what it refuses. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import path from 'node:path';
import { formatDuration, MICROSECOND, parseDuration } from '../../knative/duration.ts';
import { oneLine } from '../../report/safeText.ts';
import { Failure } from '../failure.ts';
import { readRegularFile } from '../input/readFile.ts';
import { outputFormat } from '../outputFormat.ts';

export interface RawLoadOptions {
  readonly rps: string;
  readonly for: string;
  readonly connections: string;
  readonly timeout: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly by: string;
  readonly allowRemote?: true;
  readonly output: string;
}

/** How many requests, how fast, how many at once. */
export interface Plan {
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
  /** Milliseconds, from when a request is due. */
  readonly timeoutMs: number;
}

export interface LoadOptions {
  readonly url: URL;
  /** The URL as it was given. */
  readonly shownAs: string;
  readonly plan: Plan;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | undefined;
  /** In lower case. */
  readonly by: string;
  readonly mayLeave: boolean;
  readonly output: 'text' | 'json';
}

const MOST_RATE = 20_000;
const MOST_SECONDS = 3_600;
const MOST_CONNECTIONS = 10_000;
const MOST_REQUESTS = 10_000_000;
const MOST_TIMEOUT = 600;
const LEAST_SECONDS = 0.1;

/**
 * @param cwd absolute: where files are looked for
 * @throws Failure for what is no number, or more than a machine of one's own is for
 */
export function readLoadOptions(url: string, raw: RawLoadOptions, cwd: string): LoadOptions {
  const rate = numberOf('--rps', raw.rps, 'a number of requests a second', [0.01, MOST_RATE]);
  const seconds = secondsOf('--for', raw.for, [LEAST_SECONDS, MOST_SECONDS]);
  const requests = rate * seconds;
  if (requests > MOST_REQUESTS) {
    throw new Failure(
      `--rps ${raw.rps} --for ${raw.for} are ${requests.toLocaleString('en-US')} requests, and ${MOST_REQUESTS.toLocaleString('en-US')} are the most; make one of them smaller`,
    );
  }
  const connections = numberOf('--connections', raw.connections, 'a number of connections', [1, MOST_CONNECTIONS]);
  if (!Number.isInteger(connections)) throw new Failure(`--connections is "${raw.connections}", and must be whole`);
  return {
    url: urlOf(url),
    shownAs: oneLine(url),
    plan: { rate, seconds, connections, timeoutMs: secondsOf('--timeout', raw.timeout, [0.001, MOST_TIMEOUT]) * 1000 },
    method: methodOf(raw.method ?? (raw.data === undefined ? 'GET' : 'POST')),
    headers: (raw.header ?? []).map(headerOf),
    body: bodyOf(raw.data, cwd),
    by: nameOf('--by', raw.by).toLowerCase(),
    mayLeave: raw.allowRemote === true,
    output: outputFormat(raw.output, ['text', 'json']),
  };
}

function numberOf(option: string, text: string, what: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
  throw new Failure(`${option} is "${text}", and must be ${what} from ${least} to ${most.toLocaleString('en-US')}`);
}

function secondsOf(option: string, text: string, [least, most]: readonly [number, number]): number {
  const parsed = parseDuration(text);
  const seconds = parsed.ok ? Number(parsed.value / MICROSECOND) / 1e6 : Number.NaN;
  if (seconds >= least && seconds <= most) return seconds;
  const shown = (value: number) => formatDuration(BigInt(Math.round(value * 1e9)));
  throw new Failure(
    `${option} is "${text}", and must be a duration from ${shown(least)} to ${shown(most)}, such as 30s`,
  );
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const guess = /^[\w.-]+(:\d+)?(\/|$)/.test(text) ? `; did you mean http://${text}?` : '';
    throw new Failure(`"${text}" is no http or https URL${guess}`);
  }
  if (url.username === '' && url.password === '') return url;
  throw new Failure("the URL holds a name or password; give them as --header 'Authorization: …'");
}

function methodOf(text: string): string {
  const method = text.toUpperCase();
  if (/^[A-Z]{1,20}$/.test(method) && method !== 'CONNECT') return method;
  throw new Failure(`--method is "${text}", and must be one such as GET or POST`);
}

/** As curl takes it: behind an @ stands a file, which is sent as it is. */
function bodyOf(data: string | undefined, cwd: string): string | Uint8Array | undefined {
  if (data?.startsWith('@') !== true) return data;
  const file = data.slice(1);
  const read = readRegularFile(path.resolve(cwd, file));
  if ('bytes' in read) return read.bytes;
  const why = read.problem.replace(/;.*$/, '');
  throw new Failure(`--data sends the file ${oneLine(file)}: ${why}; what begins with @ names a file`);
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new Failure(`--header is "${text}", and must be a name and a value, such as 'Accept: text/html'`);
  const name = nameOf('--header', text.slice(0, colon).trim());
  const value = text.slice(colon + 1).trim();
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new Failure(`--header ${name} has a value with characters that no header may have`);
  }
  return [name, value];
}

function nameOf(option: string, name: string): string {
  try {
    validateHeaderName(name);
    return name;
  } catch {
    throw new Failure(`${option} names "${name}", which is no name of a header`);
  }
}
