/** How long a container waits for its next start (k8s.io/kubernetes pkg/kubelet/kubelet.go: 10 s, doubled up to 5 minutes). */

const FIRST_MS = 10_000;
const MOST_MS = 300_000;
/** A container that ran this long begins anew. */
const FORGIVEN_MS = 600_000;

export class Backoff {
  #next = 0;

  /** 0 after the first end. @param ranMs how long it ran */
  after(ranMs: number): number {
    if (ranMs > FORGIVEN_MS) this.#next = 0;
    const wait = this.#next;
    this.#next = wait === 0 ? FIRST_MS : Math.min(wait * 2, MOST_MS);
    return wait;
  }
}
