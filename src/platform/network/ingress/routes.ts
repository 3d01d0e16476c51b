/** Which host leads where, and which Revision is next. */
import { nearest } from '../../../text/nearest.ts';
import type { HostRoute, RevisionKey } from '../plane.ts';

export interface Destination {
  readonly revision: RevisionKey;
  /** The tag of the host, for requests by tag. */
  readonly tag?: string;
  /** Where tags by header are on: the request followed none. */
  readonly isDefaultRoute: boolean;
}

/** Of the rest of a host, too, somebody may have mistyped so many. */
const LEAST_LETTERS = 2;

export class Routes {
  /** Somebody has said which there are: before that, what is not there may be yet to come. */
  isTold = false;
  #routes = new Map<string, Split>();

  /** A route whose splits are the same goes on in its turns. */
  replace(routes: readonly HostRoute[]): void {
    const before = this.#routes;
    this.isTold = true;
    this.#routes = new Map(
      routes.map((route) => {
        const known = before.get(route.host);
        if (known === undefined || !isSame(known.route, route)) return [route.host, new Split(route)];
        return [route.host, known.with(route)];
      }),
    );
  }

  find(host: string): Split | undefined {
    return this.#routes.get(host);
  }

  /** The host that somebody probably meant, out of those that may be reached from there. */
  near(host: string, from: 'outside' | 'cluster'): string | undefined {
    const known = [...this.#routes.values()].filter(({ route }) => from === 'cluster' || !route.isClusterLocal);
    const hosts = known.map(({ route }) => route.host);
    // by its own name: what all hosts end with makes none of them near to another
    const { length } = host.split('.', 1)[0] ?? '';
    return nearest(host, hosts, Math.max(LEAST_LETTERS, Math.floor(length / 3)));
  }
}

/** One host's traffic. */
export class Split {
  readonly route: HostRoute;
  readonly #turns: readonly Destination[];
  #next: number;

  constructor(route: HostRoute, turns: readonly Destination[] = turnsOf(route), next = 0) {
    this.route = route;
    this.#turns = turns;
    this.#next = next;
  }

  /** The same turns for a route whose other sides may have changed. */
  with(route: HostRoute): Split {
    return new Split(route, this.#turns, this.#next);
  }

  /** @param tag the value of Knative-Serving-Tag */
  next(tag: string | undefined): Destination | undefined {
    const { tags } = this.route;
    if (tag !== undefined && tags.size > 0) {
      const revision = tags.get(tag);
      if (revision !== undefined) return { revision, isDefaultRoute: false };
    }
    if (this.#next >= this.#turns.length) this.#next = 0;
    return this.#turns[this.#next++];
  }
}

/**
 * Smooth weighted round robin: each Revision comes as evenly as it can, and the order repeats after 100, so that any 100
 * requests in a row are split exactly. Percents that are not 100 together are taken for weights, and the order repeats
 * after their sum.
 */
export function turnsOf({ splits, tags }: Pick<HostRoute, 'splits' | 'tags'>): Destination[] {
  const weights = splits.filter(({ percent }) => percent > 0);
  const sum = weights.reduce((total, { percent }) => total + percent, 0);
  const areTagsOn = tags.size > 0;
  const destinations = weights.map(({ revision, tag }): Destination => {
    if (tag === undefined) return { revision, isDefaultRoute: areTagsOn };
    return areTagsOn ? { revision, tag, isDefaultRoute: false } : { revision, isDefaultRoute: false };
  });
  const [only] = destinations;
  if (destinations.length === 1 && only !== undefined) return [only];

  const current = weights.map(() => 0);
  const turns: Destination[] = [];
  for (let turn = 0; turn < sum; turn++) {
    let best = 0;
    for (const [index, { percent }] of weights.entries()) {
      current[index] = (current[index] ?? 0) + percent;
      if ((current[index] ?? 0) > (current[best] ?? 0)) best = index;
    }
    current[best] = (current[best] ?? 0) - sum;
    const destination = destinations[best];
    if (destination !== undefined) turns.push(destination);
  }
  return turns;
}

function isSame(before: HostRoute, after: HostRoute): boolean {
  if (before.splits.length !== after.splits.length || before.tags.size > 0 !== after.tags.size > 0) return false;
  return before.splits.every((split, index) => {
    const other = after.splits[index];
    return split.revision === other?.revision && split.percent === other.percent && split.tag === other.tag;
  });
}
