/** What is answered to who sends an event. */
import { STATUS_CODES } from 'node:http';
import { noFields } from '../../network/http1/fields.ts';
import type { RequestHead, ResponseHead } from '../../network/http1/head.ts';
import type { Client } from '../../network/ingress/client.ts';

export interface Verdict {
  readonly status: number;
  /** Says what was wrong; empty where nothing was. */
  readonly text: string;
  /** It may be taken in a second. */
  readonly isBusy?: boolean;
}

/** @param text as a sentence */
export function busy(text: string): Verdict {
  return { status: 503, text, isBusy: true };
}

/** Says it in answer to a request, of whose body all that came is dropped. */
export function tell(client: Client, { method }: RequestHead, verdict: Verdict): void {
  const { status, text } = verdict;
  if (status === 202) {
    client.head(ACCEPTED);
  } else {
    const body = Buffer.from(text === '' ? '' : `${text}\n`);
    client.head(
      headOf(status, [
        ...linesOf(verdict),
        'content-type',
        'text/plain; charset=utf-8',
        'content-length',
        String(body.length),
      ]),
    );
    if (method !== 'HEAD') client.body(body);
  }
  // ends the connection as well where something of the request was not read
  client.end(undefined);
}

function linesOf({ status, isBusy }: Verdict): string[] {
  const allow = ['allow', 'POST, OPTIONS'];
  // any origin, and any rate (cloudevents/spec http-webhook.md)
  if (status === 200) return [...allow, 'webhook-allowed-origin', '*', 'webhook-allowed-rate', '*'];
  return isBusy === true ? [...allow, 'retry-after', '1'] : allow;
}

/** @param lines names in lower case and values in turns */
export function headOf(status: number, lines: readonly string[]): ResponseHead {
  const fields = noFields();
  for (let index = 0; index < lines.length; index += 2) {
    fields.names.push(lines[index] ?? '');
    fields.keys.push(lines[index] ?? '');
    fields.values.push(lines[index + 1] ?? '');
  }
  const reason = STATUS_CODES[status] ?? 'Error';
  return { status, reason, isHttp10: false, fields, framing: 0, isKept: true, connection: [], upgrade: undefined };
}

const ACCEPTED = headOf(202, ['allow', 'POST, OPTIONS', 'content-length', '0']);
