/** Objects of a namespace by the names under which others look for them, kept up to date change by change. */
export class Groups<Member> {
  readonly #groups = new Map<string, Map<string, Member>>();

  /** Each of them once, by its own name. */
  of(namespace: string, group: string): Iterable<Member> {
    return this.#groups.get(keyOf(namespace, group))?.values() ?? [];
  }

  add(namespace: string, group: string, name: string, member: Member): void {
    const key = keyOf(namespace, group);
    const members = this.#groups.get(key);
    if (members === undefined) this.#groups.set(key, new Map([[name, member]]));
    else members.set(name, member);
  }

  delete(namespace: string, group: string, name: string): void {
    const key = keyOf(namespace, group);
    const members = this.#groups.get(key);
    members?.delete(name);
    if (members?.size === 0) this.#groups.delete(key);
  }
}

/** No name has a line break in it. */
function keyOf(namespace: string, group: string): string {
  return `${namespace}\n${group}`;
}
