/** The dead-letter sink of a cluster, asked over a port that leads to it (`weir events serve`). */
import { linesOf } from '../../kubernetes/client/lines.ts';
import { type JsonValue, stringAt } from '../../kubernetes/json.ts';
import { EVENTS_API } from '../../platform/eventing/api/shapes.ts';
import { Failure, systemReason } from '../failure.ts';
import type { Io } from '../io.ts';
import type { EventsPlatform } from './platform.ts';

/** An event of 8 MiB, in base64. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** @throws Failure where the URL is none */
export function serviceAt(url: string, io: Io): Omit<EventsPlatform, 'triggers'> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Failure(`--url is "${url}", and must be that of a dead-letter service, such as http://127.0.0.1:8081`);
  }
  const ask = async (method: 'GET' | 'POST', path: string, query: URLSearchParams): Promise<Response> => {
    let answer: Response;
    try {
      answer = await fetch(new URL(`${EVENTS_API}/${path}?${query}`, url), { method, signal: io.signal });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      const how =
        'kubectl port-forward -n weir-system deployment/dead-letters-prod 8081 leads a port to that of prod, and --environment prod does it by itself';
      throw new Failure(`no dead-letter service answers at ${url} (${systemReason(cause)}); ${how}`);
    }
    if (answer.ok) return answer;
    throw new Failure(`${url}: ${messageOf(await answer.text()) ?? `it answers ${answer.status}`}`);
  };
  return {
    name: url,
    get: async (path, query) => (await ask('GET', path, query)).text(),
    async *lines(method, path, query) {
      const { body } = await ask(method, path, query);
      if (body !== null) yield* linesOf(body, MOST_LINE_BYTES);
    },
  };
}

function messageOf(text: string): string | undefined {
  try {
    const status: JsonValue = JSON.parse(text);
    return stringAt(status, 'message');
  } catch {
    return undefined;
  }
}
