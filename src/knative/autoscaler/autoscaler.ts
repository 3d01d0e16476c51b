/**
 * How many pods a Revision wants for its load: the Knative Pod Autoscaler, decision by decision
 * (knative/serving pkg/autoscaler/scaling/{autoscaler,multiscaler}.go). Pure but for its own memory of panic and delay;
 * the clock is passed in. tools/knative-reference holds it against Knative's own code.
 */
import type { ObservedLoad } from './load.ts';
import { MaximumWindow } from './maximumWindow.ts';
import type { AutoscalerSettings } from './settings.ts';

/** Not known yet: no load has been reported since the autoscaler began. */
export const UNKNOWN_SCALE = -1;

export interface Decision {
  readonly desiredPods: number;
  /**
   * The burst that the ready pods could take beyond what they must, in the metric's unit. Below zero the activator
   * stays in the request's way.
   */
  readonly excessBurstCapacity: number;
  readonly isPanicking: boolean;
}

export class Autoscaler {
  #settings: AutoscalerSettings;
  readonly #delay: MaximumWindow | undefined;
  #panicSince: number | undefined;
  #mostPanicPods: number;
  #decided: Decision;

  /**
   * @param readyPods more than one make it begin in panic mode: the load of before is forgotten, and nothing goes down
   *   until a stable window has passed
   */
  constructor(settings: AutoscalerSettings, readyPods: number, now: number) {
    this.#settings = settings;
    this.#delay = settings.scaleDownDelay > 0 ? new MaximumWindow(settings.scaleDownDelay) : undefined;
    this.#panicSince = readyPods > 1 ? now : undefined;
    this.#mostPanicPods = readyPods;
    this.#decided = {
      desiredPods: UNKNOWN_SCALE,
      excessBurstCapacity: firstExcess(settings),
      isPanicking: this.#panicSince !== undefined,
    };
  }

  /** The last decision; before the first the scale is -1 (UNKNOWN_SCALE). */
  get decided(): Decision {
    return this.#decided;
  }

  /** Goes by other settings from the next decision on. A delay that it did not begin with is not taken up. */
  update(settings: AutoscalerSettings): void {
    this.#settings = settings;
  }

  /**
   * Decides anew; asked every two seconds (TICK_MS), and at once where load comes to a Revision at zero.
   *
   * @param load undefined leaves the last decision
   */
  decide(load: ObservedLoad | undefined, readyPods: number, now: number): Decision {
    if (load === undefined) return this.#decided;
    const settings = this.#settings;
    const pods = Math.max(1, readyPods);
    const most = Math.ceil(settings.maxScaleUpRate * pods);
    const least = settings.isReachable ? Math.floor(pods / settings.maxScaleDownRate) : 0;

    const stableWish = Math.ceil(load.stable / settings.target);
    const panicWish = Math.ceil(load.panic / settings.target);
    const stablePods = this.#activated(stableWish, within(least, most, stableWish));
    const panicPods = this.#activated(panicWish, within(least, most, panicWish));

    this.#panic(panicWish / pods >= settings.panicThreshold, now);
    let desiredPods = stablePods;
    if (this.#panicSince !== undefined) {
      this.#mostPanicPods = Math.max(this.#mostPanicPods, stablePods, panicPods);
      desiredPods = this.#mostPanicPods;
    }
    if (settings.isReachable && this.#delay !== undefined) desiredPods = this.#delay.record(now, desiredPods);

    const excessBurstCapacity = excess(settings, readyPods, load.panic);
    this.#decided = { desiredPods, excessBurstCapacity, isPanicking: this.#panicSince !== undefined };
    return this.#decided;
  }

  /** On the way up from zero at least activation-scale. */
  #activated(wish: number, pods: number): number {
    const { activationScale } = this.#settings;
    return activationScale > 1 && wish > 0 ? Math.max(pods, activationScale) : pods;
  }

  /** Panic begins with a surge, lasts as long as it does and a stable window longer, and lets nothing go down. */
  #panic(isSurging: boolean, now: number): void {
    if (isSurging) {
      this.#panicSince = now;
    } else if (this.#panicSince !== undefined && this.#panicSince + this.#settings.stableWindow < now) {
      this.#panicSince = undefined;
      this.#mostPanicPods = 0;
    }
  }
}

function within(least: number, most: number, wish: number): number {
  return Math.min(Math.max(wish, least), most);
}

/** By the panic window: whether the activator is in the way must not hang on a moment. */
function excess({ targetBurstCapacity, total }: AutoscalerSettings, readyPods: number, panicLoad: number): number {
  if (targetBurstCapacity === 0) return 0;
  if (targetBurstCapacity < 0) return -1;
  return Math.floor(readyPods * total - targetBurstCapacity - panicLoad);
}

/** Before the first decision: what the initial scale leaves. */
function firstExcess({ targetBurstCapacity, total, initialScale }: AutoscalerSettings): number {
  if (targetBurstCapacity === 0 || targetBurstCapacity === -1) return targetBurstCapacity;
  // whole, and never -0
  return Math.trunc(initialScale * total - targetBurstCapacity) + 0;
}
