/** One Revision's scaling where Kubernetes decides: as many Pods as its HorizontalPodAutoscaler said last. No I/O. */
import type { RevisionSays, Scaling } from './revisionRun.ts';

export class HpaRun implements Scaling {
  readonly isProxied = false;
  readonly isPanicking = false;
  readonly excessBurstCapacity = undefined;
  #says: RevisionSays;
  #replicas: number;

  /** @param replicas Pods that there are to be, until something is decided */
  constructor(says: RevisionSays, replicas: number) {
    this.#says = says;
    this.#replicas = replicas;
  }

  get says(): RevisionSays {
    return this.#says;
  }

  get replicas(): number {
    return this.#replicas;
  }

  get want(): number {
    return this.#replicas;
  }

  get desiredPods(): number {
    return this.#replicas;
  }

  get isAtRest(): boolean {
    return this.#replicas === 0;
  }

  /** No load that is measured here counts. */
  observed(): undefined {
    return undefined;
  }

  /** An autoscaler never decides upon zero: that is the word of one that has not looked yet. */
  follow(says: RevisionSays): void {
    this.#says = says;
    if (says.desiredScale > 0) this.#replicas = says.desiredScale;
  }

  record(): void {}

  poke(): void {}

  step(): void {}
}
