/** The first line and the fields of a request or a response, and what the message's body and connection hang on. */
import { type Fields, hasBadBytes, isToken, listOf, readFields } from './fields.ts';

/** How a body's end is found: after so many bytes, or one of these. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

export interface Message {
  readonly isHttp10: boolean;
  readonly fields: Fields;
  /** Bytes, CHUNKED or UNTIL_CLOSE. */
  readonly framing: number;
  /** The connection goes on afterwards. */
  readonly isKept: boolean;
  /** What Connection names, in lower case: these are for this hop alone. */
  readonly connection: readonly string[];
  /** The value of Upgrade, where Connection names it too. */
  readonly upgrade: string | undefined;
}

export interface RequestHead extends Message {
  readonly method: string;
  readonly target: string;
  /** The one Host field, as written; undefined where there is none, which HTTP/1.0 allows. */
  readonly host: string | undefined;
}

export interface ResponseHead extends Message {
  readonly status: number;
  readonly reason: string;
}

/** Why a head is not taken: the status of the answer and its sentence. */
export class BadHead extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const REQUEST_LINE = /^([^ ]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;
/** Digits that a double holds exactly. */
const LENGTH = /^\d{1,15}$/;

/**
 * @param head up to and with the CRLF of its last field, without the empty line
 * @throws BadHead
 */
export function readRequestHead(head: string): RequestHead {
  const end = lineEnd(head, 400);
  const line = REQUEST_LINE.exec(head.slice(0, end));
  if (line === null) throw badRequestLine(head.slice(0, end));
  const [, method = '', target = '', minor] = line;
  if (!isToken(method)) throw new BadHead(400, 'the method is not one of HTTP');

  const fields = fieldsOf(head, end + 2, 400);
  const facts = factsOf(fields, 400);
  const isHttp10 = minor === '0';
  if (facts.hosts > 1) throw new BadHead(400, 'there is more than one Host field');
  if (facts.hosts === 0 && !isHttp10) throw new BadHead(400, 'the Host field is missing');
  if (facts.isChunked && isHttp10) throw new BadHead(400, 'HTTP/1.0 knows no Transfer-Encoding');
  return {
    method,
    target,
    host: facts.host,
    isHttp10,
    fields,
    framing: facts.isChunked ? CHUNKED : Math.max(0, facts.length),
    isKept: isKept(facts, isHttp10),
    connection: facts.connection,
    upgrade: isHttp10 || !facts.connection.includes('upgrade') ? undefined : facts.upgrade,
  };
}

/**
 * @param head as of readRequestHead
 * @param isBodiless of the request that it answers: HEAD
 * @throws BadHead
 */
export function readResponseHead(head: string, isBodiless: boolean): ResponseHead {
  const end = lineEnd(head, 502);
  const line = STATUS_LINE.exec(head.slice(0, end));
  if (line === null) throw new BadHead(502, 'its first line is not one of an HTTP/1.1 response');
  const [, minor, code, reason = ''] = line;
  const status = Number(code);

  const fields = fieldsOf(head, end + 2, 502);
  const facts = factsOf(fields, 502);
  const isHttp10 = minor === '0';
  const framing = isBodiless || status < 200 || status === 204 || status === 304 ? 0 : framingOf(facts);
  return {
    status,
    reason,
    isHttp10,
    fields,
    framing,
    isKept: isKept(facts, isHttp10) && framing !== UNTIL_CLOSE,
    connection: facts.connection,
    upgrade: facts.connection.includes('upgrade') ? facts.upgrade : undefined,
  };
}

interface Facts {
  isChunked: boolean;
  /** -1 without Content-Length. */
  length: number;
  hosts: number;
  host: string | undefined;
  connection: readonly string[];
  upgrade: string | undefined;
}

const NOTHING: readonly string[] = [];
const KEEP_ALIVE: readonly string[] = ['keep-alive'];

function factsOf({ keys, values }: Fields, status: number): Facts {
  const facts: Facts = {
    isChunked: false,
    length: -1,
    hosts: 0,
    host: undefined,
    connection: NOTHING,
    upgrade: undefined,
  };
  for (let index = 0; index < keys.length; index++) {
    const value = values[index] ?? '';
    switch (keys[index]) {
      case 'host':
        facts.hosts++;
        facts.host = value;
        break;
      case 'content-length':
        facts.length = lengthOf(value, facts, status);
        break;
      case 'transfer-encoding':
        facts.isChunked = isChunked(value, facts, status);
        break;
      case 'connection':
        facts.connection = connectionOf(facts.connection, value);
        break;
      case 'upgrade':
        facts.upgrade = facts.upgrade === undefined ? value : `${facts.upgrade}, ${value}`;
        break;
    }
  }
  if (facts.isChunked && facts.length >= 0) {
    throw new BadHead(status, 'there are both Content-Length and Transfer-Encoding');
  }
  return facts;
}

function lengthOf(value: string, before: Facts, status: number): number {
  if (!LENGTH.test(value) || before.length >= 0) throw new BadHead(status, 'Content-Length is not one number of bytes');
  return Number(value);
}

function isChunked(value: string, before: Facts, status: number): boolean {
  if (!before.isChunked && value.toLowerCase() === 'chunked') return true;
  throw new BadHead(status === 400 ? 501 : status, 'Transfer-Encoding is something else than chunked');
}

function connectionOf(before: readonly string[], value: string): readonly string[] {
  if (before.length === 0 && (value === 'keep-alive' || value === 'Keep-Alive')) return KEEP_ALIVE;
  return [...before, ...listOf(value)];
}

function framingOf({ isChunked, length }: Facts): number {
  if (isChunked) return CHUNKED;
  return length >= 0 ? length : UNTIL_CLOSE;
}

function isKept({ connection }: Facts, isHttp10: boolean): boolean {
  if (connection.length === 0) return !isHttp10;
  return isHttp10 ? connection.includes('keep-alive') : !connection.includes('close');
}

function lineEnd(head: string, status: number): number {
  if (hasBadBytes(head))
    throw new BadHead(status, 'its head holds control characters, or lines that do not end with CRLF');
  return head.indexOf('\r\n');
}

function fieldsOf(head: string, at: number, status: number): Fields {
  const fields = readFields(head, at);
  if (fields === undefined) throw new BadHead(status, 'one of its header lines is not of the form "name: value"');
  return fields;
}

function badRequestLine(line: string): BadHead {
  if (/ HTTP\/\d\.\d$/.test(line) && !/ HTTP\/1\.[01]$/.test(line)) {
    return new BadHead(505, 'this is not HTTP/1.1');
  }
  return new BadHead(400, 'the first line is not one of an HTTP/1.1 request');
}
