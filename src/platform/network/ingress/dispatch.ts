/** What a request leads to: the Revision whose turn it is under its host, or a sentence. */

import type { Asker } from '../exchange/answer.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { Exchange, type ExchangeDependencies } from '../exchange/exchange.ts';
import { fieldValue } from '../http1/fields.ts';
import type { RequestHead } from '../http1/head.ts';
import type { RevisionKey } from '../plane.ts';
import type { Revision } from '../revisions/revision.ts';
import type { Routes, Split } from './routes.ts';
import { type Target, targetOf } from './target.ts';

export interface Dispatch {
  readonly routes: Routes;
  readonly revisions: ReadonlyMap<RevisionKey, Revision>;
  readonly exchanges: ExchangeDependencies;
}

/** Of the ingress: what is cluster-local is not there. */
export function fromOutside(dispatch: Dispatch, request: RequestHead, client: Asker): Conversation | undefined {
  const target = targetOf(request);
  if (request.method === 'CONNECT') {
    client.answer(405, 'CONNECT is for the proxy of names, and this is the ingress\n');
    return undefined;
  }
  const split = dispatch.routes.find(target.host);
  if (split === undefined || split.route.isClusterLocal) {
    client.answer(404, nothingAt(target.host, dispatch.routes));
    return undefined;
  }
  return along(dispatch, split, target, request, client);
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
  return `nothing is served under the host "${host}": ${hint}\n`;
}
