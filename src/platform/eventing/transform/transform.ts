/**
 * What becomes of one request to an EventTransform: knative-extensions/eventing-integrations transform-jsonata/jsonata.js,
 * but for the bound of what comes in (100 kB there), and for the content type of a sink's answer, which is lost there.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { decodeEvent } from '../../../cloudevents/http.ts';
import { structuredText } from '../../../cloudevents/structured.ts';
import { withoutCredentials } from '../../../text/withoutCredentials.ts';
import { messageOf } from '../../database/storeError.ts';
import type { Evaluated, NotMade } from './evaluator.ts';
import type { SinkAnswer, SinkRequest } from './post.ts';

export interface TransformSpec {
  readonly expression: string;
  /** A URL; `unknown` while nobody knows where it leads; undefined where what is made is the answer. */
  readonly sink: string | 'unknown' | undefined;
  /** What becomes of the sink's answer. */
  readonly reply:
    | { readonly is: 'passed' }
    | { readonly is: 'discarded' }
    | { readonly is: 'made'; readonly expression: string };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Surroundings {
  evaluate(expression: string, input: string): Promise<Evaluated>;
  post(request: Omit<SinkRequest, 'signal'>): Promise<SinkAnswer>;
}

/** Passed on to the sink. */
const TRACE = ['traceparent', 'tracestate'];

export async function transform(
  headers: IncomingHttpHeaders,
  body: Buffer,
  spec: TransformSpec,
  { evaluate, post }: Surroundings,
): Promise<Answer> {
  const input = inputOf(headers, body);
  if (input === undefined) return refused(400, 'Unsupported batch input');
  if (spec.sink === 'unknown') return refused(503, 'its sink leads nowhere yet');
  const made = await evaluate(spec.expression, input);
  if (made.is !== 'made') return notMade(made);
  const { json, contentType } = made;
  if (spec.sink === undefined) return { status: 200, headers: { 'content-type': contentType }, body: json };

  const passed = TRACE.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
  let answer: SinkAnswer;
  try {
    answer = await post({
      url: spec.sink,
      headers: { ...Object.fromEntries(passed), 'content-type': contentType },
      body: json,
    });
  } catch (error) {
    return refused(500, `the sink ${withoutCredentials(spec.sink)} did not answer: ${messageOf(error)}`);
  }
  return answerOf(answer, spec.reply, evaluate);
}

async function answerOf(
  { status, headers, body }: SinkAnswer,
  reply: TransformSpec['reply'],
  evaluate: Surroundings['evaluate'],
): Promise<Answer> {
  const type = headers['content-type'];
  if (reply.is === 'discarded') return { status, headers: {}, body: '' };
  if (reply.is === 'passed') return { status, headers: type === undefined ? {} : { 'content-type': type }, body };
  const made = await evaluate(reply.expression, inputOf(headers, body) ?? asJson(body));
  if (made.is !== 'made') return notMade(made);
  return { status, headers: { 'content-type': made.contentType }, body: made.json };
}

/** As JSON: an event with its attributes, any other body as itself. Undefined for a batch. */
function inputOf(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  if (/^application\/cloudevents-batch/i.test(headers['content-type'] ?? '')) return undefined;
  const decoded = decodeEvent(headers, body);
  return decoded.ok ? structuredText(decoded.event) : asJson(body);
}

/** What is no JSON is a text. */
function asJson(body: Buffer): string {
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

function notMade({ is, problem }: NotMade): Answer {
  return refused(is === 'later' ? 503 : 500, problem);
}

/** The header is Knative's own, in which stands what a header can hold. */
export function refused(status: number, problem: string): Answer {
  const reason = problem.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 1000);
  return { status, headers: { reason, 'content-type': 'text/plain; charset=utf-8' }, body: `${problem}\n` };
}
