/** What a request leads to: the Revision whose turn it is under its host, or a sentence. */

import type { Asker } from '../exchange/answer.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { Exchange, type ExchangeDependencies } from '../exchange/exchange.ts';
import { fieldValue } from '../http1/fields.ts';
import type { RequestHead } from '../http1/head.ts';
import type { RevisionKey, Unserved } from '../plane.ts';
import type { Revision } from '../revisions/revision.ts';
import type { Routes, Split } from './routes.ts';
import { type Target, targetOf } from './target.ts';
import type { WaitingRoom } from './waitingRoom.ts';

export interface Dispatch {
  readonly routes: Routes;
  readonly revisions: ReadonlyMap<RevisionKey, Revision>;
  readonly exchanges: ExchangeDependencies;
  readonly room: WaitingRoom;
  /** Why a host leads nowhere that is to lead somewhere. */
  explain(host: string): Unserved | undefined;
}

/** Of the ingress: what is cluster-local is not there. */
export function fromOutside(dispatch: Dispatch, request: RequestHead, client: Asker): Conversation | undefined {
  const target = targetOf(request);
  if (request.method === 'CONNECT') {
    client.answer(405, 'CONNECT is for the proxy of names, and this is the ingress\n');
    return undefined;
  }
  const look = (isLast: boolean): Conversation | undefined | 'wait' => {
    const split = dispatch.routes.find(target.host);
    if (split !== undefined && !split.route.isClusterLocal) return along(dispatch, split, target, request, client);
    const { status, text, isPending } = unserved(target.host, dispatch);
    if (isPending && !isLast) return 'wait';
    client.answer(status, `${text}\n`);
    return undefined;
  };
  const found = look(false);
  return found === 'wait' ? (dispatch.room.enter(request, client, look) ?? over(look(true))) : found;
}

/** What was asked for the last time waits no more. */
function over(found: Conversation | undefined | 'wait'): Conversation | undefined {
  return found === 'wait' ? undefined : found;
}

interface NotServed {
  readonly status: number;
  readonly text: string;
  readonly isPending: boolean;
}

/** Where Knative's ingress says 404 of a Service that was never ready, this says why: what is applied is known here. */
function unserved(host: string, { routes, explain }: Dispatch): NotServed {
  if (!routes.isTold) {
    const text = 'the platform starts, and does not know yet what is served; ask again in a moment';
    return { status: 503, text, isPending: true };
  }
  const known = explain(host);
  if (known !== undefined) return { status: 503, text: known.why, isPending: known.isPending };
  return { status: 404, text: nothingAt(host, routes), isPending: false };
}

/** To the Revision whose turn it is. */
export function along(
  { revisions, exchanges }: Dispatch,
  split: Split,
  target: Target,
  request: RequestHead,
  client: Asker,
): Conversation | undefined {
  const destination = split.next(
    split.route.tags.size === 0 ? undefined : fieldValue(request.fields, 'knative-serving-tag'),
  );
  const revision = destination === undefined ? undefined : revisions.get(destination.revision);
  if (destination === undefined || revision === undefined) {
    const why =
      destination === undefined ? 'no Revision gets traffic' : `the Revision ${destination.revision} is not there`;
    client.answer(503, `${why}, and so nothing answers for "${target.host}" now\n`);
    return undefined;
  }
  const { tag, isDefaultRoute } = destination;
  const { path, authority } = target;
  const way = { revision, path, authority, client: client.address, isDefaultRoute };
  return new Exchange(request, tag === undefined ? way : { ...way, tag }, client, exchanges);
}

function nothingAt(host: string, routes: Routes): string {
  const near = routes.near(host, 'outside');
  const hint =
    near === undefined
      ? 'the hosts are those of "kubectl get routes --all-namespaces"; a cluster-local one is reached from the platform alone'
      : `did you mean "${near}"?`;
  return `nothing is served under the host "${host}": ${hint}`;
}
