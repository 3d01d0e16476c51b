/**
 * Conditions as Knative keeps them: one, Ready, follows from others, its dependents (knative/pkg
 * apis/condition_set.go, reconciler/reconcile_common.go).
 */
import { arrayAt, equals, isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { timeText } from '../../src/kubernetes/time.ts';

export type Status = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: string;
  readonly status: Status;
  readonly reason: string;
  readonly message: string;
}

const READY = 'Ready';
const NEW_GENERATION = 'NewObservedGenFailure';

interface Kept extends Condition {
  /** Orders conditions by their last change: milliseconds, and behind all of them those of this pass in their order. */
  readonly changed: number;
}

/** The conditions of one object while it is looked at. */
export class Conditions {
  readonly #dependents: readonly string[];
  readonly #before: readonly JsonObject[];
  readonly #kept = new Map<string, Kept>();
  #changes = 0;

  /**
   * @param dependents the conditions that Ready follows from
   * @param object as it stands in the cluster; all its conditions are there afterwards, those that are new as Unknown
   */
  constructor(dependents: readonly string[], object: JsonObject, isOfNow: boolean) {
    this.#dependents = dependents;
    this.#before = arrayAt(object, 'status', 'conditions').filter(isObject);
    for (const condition of this.#before) {
      const type = stringAt(condition, 'type');
      if (type === undefined) continue;
      const time = Date.parse(stringAt(condition, 'lastTransitionTime') ?? '');
      const { reason = '', message = '' } = {
        reason: stringAt(condition, 'reason'),
        message: stringAt(condition, 'message'),
      };
      const changed = Number.isNaN(time) ? 0 : time;
      this.#kept.set(type, { type, status: statusOf(condition), reason, message, changed });
    }
    this.#initialize();
    if (!isOfNow) this.markUnknown(READY, NEW_GENERATION, 'unsuccessfully observed a new generation');
  }

  get(type: string): Condition | undefined {
    return this.#kept.get(type);
  }

  is(type: string, status: Status): boolean {
    return this.#kept.get(type)?.status === status;
  }

  markTrue(type: string, reason = '', message = ''): void {
    this.#set({ type, status: 'True', reason, message });
    const unhappy = this.#unhappyDependent();
    if (unhappy !== undefined) this.#set({ ...unhappy, type: READY });
    else if (type !== READY) this.#set({ type: READY, status: 'True', reason: '', message: '' });
  }

  markUnknown(type: string, reason: string, message: string): void {
    this.#set({ type, status: 'Unknown', reason, message });
    for (const dependent of this.#dependents) {
      if (!this.is(dependent, 'False')) continue;
      if (!this.is(READY, 'False')) this.markFalse(READY, reason, message);
      return;
    }
    if (this.#dependents.includes(type)) this.#set({ type: READY, status: 'Unknown', reason, message });
  }

  markFalse(type: string, reason: string, message: string): void {
    this.#set({ type, status: 'False', reason, message });
    if (this.#dependents.includes(type)) this.#set({ type: READY, status: 'False', reason, message });
  }

  mark({ type, status, reason, message }: Condition): void {
    if (status === 'True') this.markTrue(type);
    else if (status === 'False') this.markFalse(type, reason, message);
    else this.markUnknown(type, reason, message);
  }

  /** As they stand in a status, by their types. A condition keeps its time until something else of it changes. */
  toJson(now: Date): JsonObject[] {
    const sorted = [...this.#kept.values()].sort((left, right) => (left.type < right.type ? -1 : 1));
    return sorted.map((kept) => this.#written(kept, now));
  }

  #written({ type, status, reason, message }: Kept, now: Date): JsonObject {
    const old = this.#before.find((condition) => condition.type === type);
    const written = {
      type,
      status,
      ...(type === READY || this.#dependents.includes(type) ? {} : { severity: 'Info' }),
      ...(reason === '' ? {} : { reason }),
      ...(message === '' ? {} : { message }),
    };
    const lastTransitionTime = stringAt(old, 'lastTransitionTime') ?? '';
    const isSame = old !== undefined && equals(old, { ...written, lastTransitionTime });
    return { ...written, lastTransitionTime: isSame ? lastTransitionTime : timeText(now) };
  }

  /** What is not there yet is Unknown; True where Ready was, which means that all of them were. */
  #initialize(): void {
    if (!this.#kept.has(READY)) this.#set({ type: READY, status: 'Unknown', reason: '', message: '' });
    const status = this.is(READY, 'True') ? 'True' : 'Unknown';
    for (const type of this.#dependents) {
      if (!this.#kept.has(type)) this.#set({ type, status, reason: '', message: '' });
    }
  }

  #set(condition: Condition): void {
    const known = this.#kept.get(condition.type);
    if (
      known?.status === condition.status &&
      known.reason === condition.reason &&
      known.message === condition.message
    ) {
      return;
    }
    const { type, status, reason, message } = condition;
    this.#kept.set(type, {
      type,
      status,
      reason,
      message,
      changed: Number.MAX_SAFE_INTEGER - 1_000_000 + this.#changes++,
    });
  }

  /** Failures before what is unknown, and of each the one that changed last. */
  #unhappyDependent(): Condition | undefined {
    const found = [...this.#kept.values()]
      .filter(({ type }) => this.#dependents.includes(type))
      .sort((left, right) => right.changed - left.changed || (left.type < right.type ? -1 : 1));
    return found.find(({ status }) => status === 'False') ?? found.find(({ status }) => status === 'Unknown');
  }
}

function statusOf(condition: JsonObject): Status {
  const { status } = condition;
  return status === 'True' || status === 'False' ? status : 'Unknown';
}
