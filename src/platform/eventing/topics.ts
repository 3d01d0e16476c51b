/** Which Brokers and Channels there are, as whoever steers eventing tells. */

export type TopicKind = 'broker' | 'channel';

export class Topics {
  readonly #names = new Map<TopicKind, ReadonlySet<string>>();

  /** All there are of a kind, as `namespace/name`. */
  set(kind: TopicKind, names: ReadonlySet<string>): void {
    this.#names.set(kind, names);
  }

  /** @param key `broker:namespace/name`. Undefined while nobody knows. */
  has(key: string): boolean | undefined {
    const colon = key.indexOf(':');
    const kind = key.slice(0, colon);
    if (kind !== 'broker' && kind !== 'channel') return false;
    return this.#names.get(kind)?.has(key.slice(colon + 1));
  }

  /** The keys of all that are known. */
  *keys(): Generator<string> {
    for (const [kind, names] of this.#names) for (const name of names) yield `${kind}:${name}`;
  }
}

/** `Broker shop/default` of `broker:shop/default`, as sentences name it. */
export function titleOf(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1).replace(':', ' ')}`;
}
