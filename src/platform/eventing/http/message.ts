/** An event as a request. */
import { type CloudEvent, withAttributes } from '../../../cloudevents/event.ts';
import { encodeEvent } from '../../../cloudevents/http.ts';
import { encodeStructured } from '../../../cloudevents/structured.ts';
import { isToken } from '../../network/http1/fields.ts';
import type { Message } from './connection.ts';

/** Where requests go, by their URL. */
export interface Target {
  /** The first line of a request, and the fields that are the URL's. */
  readonly lines: string;
  readonly isSecure: boolean;
  /** Without the brackets of an address of IPv6. */
  readonly hostname: string;
  readonly port: number;
}

/** @returns undefined for what is no URL of http or https */
export function targetOf(text: string): Target | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const { host, pathname, search, username, password } = url;
  const isSecure = url.protocol === 'https:';
  const user = `${decoded(username)}:${decoded(password)}`;
  const authorization = user === ':' ? '' : `Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`;
  return {
    lines: `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${authorization}`,
    isSecure,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (isSecure ? 443 : 80)),
  };
}

/** As it is, where it is not written as a URL has it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface Outgoing {
  readonly event: CloudEvent;
  readonly headers: Readonly<Record<string, string>>;
  readonly isStructured: boolean;
  /** An attribute that nobody is told. */
  readonly hidden: string | undefined;
}

/** Of an event, whomever it goes to. */
interface Encoded extends Pick<Outgoing, 'event' | 'isStructured' | 'hidden'> {
  /** Behind the fields that are not the event's: its own, and what of the body is written with them. */
  readonly rest: string;
  readonly body: Buffer | undefined;
}

/** Up to here one write of a text is cheaper than two buffers. */
const SHORT = 12 * 1024;

/** Events as requests; the same one for many, one after another, is written once. */
export class Messages {
  #last: Encoded | undefined;

  /** @throws Error where something of the event is no header: a content type may hold any letter */
  messageTo(target: Target, outgoing: Outgoing): Message {
    const { rest, body } = this.#encoded(outgoing);
    return { text: `${target.lines}${linesOf(outgoing.headers)}${rest}`, body };
  }

  #encoded({ event, isStructured, hidden }: Outgoing): Encoded {
    const last = this.#last;
    if (last?.event === event && last.isStructured === isStructured && last.hidden === hidden) return last;
    const shown = hidden === undefined ? event : withAttributes(event, { [hidden]: undefined });
    const { headers, body } = isStructured ? encodeStructured(shown) : encodeEvent(shown);
    const lines = `${linesOf(headers)}Content-Length: ${body.length}\r\n\r\n`;
    const isShort = body.length <= SHORT;
    const rest = isShort ? lines + body.toString('latin1') : lines;
    this.#last = { event, isStructured, hidden, rest, body: isShort ? undefined : body };
    return this.#last;
  }
}

/** What a field's value may hold (RFC 9110, section 5.5): what else is in one would be read as something else. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

function linesOf(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    if (!isToken(name) || BAD_VALUE.test(value))
      throw new Error(`the header ${name} cannot hold "${value.slice(0, 200)}"`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
