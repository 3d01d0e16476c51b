/** Requests on their way to a pod: first come, first served. */
interface Group {
  /** The second in which they came. */
  readonly came: number;
  count: number;
}

export class WaitingRequests {
  /** Those that wait, oldest first; the ones before `#head` are gone. */
  #groups: Group[] = [];
  #head = 0;
  #waiting = 0;
  #waited = 0;
  #longest = 0;

  get waiting(): number {
    return this.#waiting;
  }

  /** How many could not be taken in the second in which they came. */
  get waited(): number {
    return this.#waited;
  }

  /** In seconds, of those that wait still as well as of those that were served. @param end the second after the last */
  longestWait(end: number): number {
    const oldest = this.#groups[this.#head];
    return oldest === undefined ? this.#longest : Math.max(this.#longest, end - oldest.came);
  }

  /** Lets a second's requests in and as many out as the pods take. @returns how many were served */
  pass(second: number, arriving: number, capacity: number): number {
    const all = this.#waiting + arriving;
    if (all <= capacity) {
      // by itself: parts of requests, added and taken away, leave crumbs that would wait for ever
      this.#longest = this.longestWait(second);
      this.#groups = [];
      this.#head = 0;
      this.#waiting = 0;
      return all;
    }
    const late = arriving - this.#serve(second, capacity);
    if (late > 0) {
      this.#groups.push({ came: second, count: late });
      this.#waited += late;
    }
    this.#forget();
    this.#waiting = all - capacity;
    return capacity;
  }

  /** Serves those that wait, oldest first. @returns for how many of the new ones there is room besides */
  #serve(second: number, capacity: number): number {
    let left = capacity;
    while (left > 0) {
      const oldest = this.#groups[this.#head];
      if (oldest === undefined) break;
      const taken = Math.min(left, oldest.count);
      this.#longest = Math.max(this.#longest, second - oldest.came);
      oldest.count -= taken;
      left -= taken;
      if (oldest.count > 0) break;
      this.#head++;
    }
    return left;
  }

  /** Drops what was served, now and then. */
  #forget(): void {
    if (this.#head < 1024) return;
    this.#groups = this.#groups.slice(this.#head);
    this.#head = 0;
  }
}
