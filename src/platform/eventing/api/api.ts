/**
 * What came, what became of it, and once more: what `weir events` asks for, at a path of the embedded API server. Who asks is
 * who the kubeconfig says, and sees the events of the Brokers and Channels that RBAC lets them read.
 */
import type { Extension, ExtensionRequest } from '../../apiserver/http/extension.ts';
import { replyText } from '../../apiserver/http/reply.ts';
import { Failure, noSuchPath, unavailable } from '../../apiserver/status/failure.ts';
import type { Eventing } from '../eventing.ts';
import { deadLetterOf, deadLetters } from './deadLetters.ts';
import { followEvents } from './follow.ts';
import { demandLane, demandTopic, LaneNames, type Look } from './looking.ts';
import { replay, returnLetters } from './replay.ts';
import { Rights } from './rights.ts';
import { selectionOf } from './selection.ts';
import { type DeadLetterLine, EVENTS_API } from './shapes.ts';
import { traceOf } from './trace.ts';
import { typesOf } from './types.ts';

export interface EventsApi extends Extension {
  /** From now on it answers. */
  begin(eventing: Eventing): void;
  /** Ends what goes on, before the log is closed. */
  end(): void;
}

/** The API server is there before events are. */
export function eventsApi(): EventsApi {
  let eventing: Eventing | undefined;
  const ends = new Set<() => void>();
  return {
    prefix: EVENTS_API,
    begin(begun) {
      eventing = begun;
    },
    end() {
      eventing = undefined;
      for (const end of ends) end();
    },
    async serve(request) {
      if (eventing === undefined)
        throw unavailable('events are not brought yet, or not any more; ask again in a moment');
      const keep = (end: () => void) => {
        const forget = request.keep(end);
        ends.add(end);
        return () => {
          forget();
          ends.delete(end);
        };
      };
      await answer({ ...request, keep }, eventing);
    },
  };
}

async function answer(request: ExtensionRequest, eventing: Eventing): Promise<void> {
  const { method, path, query } = request;
  const look: Look = {
    eventing,
    selection: selectionOf(query),
    rights: new Rights(request),
    names: new LaneNames(eventing),
  };
  const steps = path.split('/').map(decoded);
  const asked = `${method} ${steps.length === 3 && steps[0] === 'events' ? `events/*/${steps[2]}` : path}`;
  demandSome(look);
  const { topic, lane } = look.selection;
  if (topic !== undefined) demandTopic(look, topic, 'also kept');
  if (lane !== undefined) demandLane(look, lane, 'also gone');
  switch (asked) {
    case 'GET ':
      return reply(request, {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: 'events.weir.dev/v1alpha1',
        resources: [],
      });
    case 'GET events':
      return followEvents(request, look);
    case 'GET events/*/trace':
      return reply(request, traceOf(steps[1] ?? '', look));
    case 'GET deadletters':
      return reply(request, { items: await itemsOf(look) });
    case 'GET types':
      return reply(request, { items: await typesOf(look) });
    case 'POST replays':
      return replay(request, look);
    case 'POST deadletters/return':
      return returnLetters(request, look);
    default:
      throw method === 'GET' || method === 'POST'
        ? noSuchPath()
        : new Failure(405, 'MethodNotAllowed', `${method} is not taken here`);
  }
}

/** Nobody is answered with nothing because they may see nothing. @throws Failure 403 */
function demandSome({ eventing, selection, rights }: Look): void {
  if (selection.topic !== undefined) rights.demand('get', selection.topic);
  const topics = eventing.log.reading.topics();
  const [first] = topics;
  if (first !== undefined && !topics.some((topic) => rights.may('get', topic))) rights.demand('get', first);
}

async function itemsOf(look: Look): Promise<DeadLetterLine[]> {
  const { rows } = look.eventing.log;
  return (await deadLetters(look)).map(({ letter, head, lane }) => {
    const attempts = rows.attempts(letter.seq).filter((each) => each.lane === letter.lane).length;
    return deadLetterOf(letter, head, lane, attempts);
  });
}

function reply(request: ExtensionRequest, answered: unknown): Promise<void> {
  return replyText(request, 200, JSON.stringify(answered));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    throw noSuchPath();
  }
}
