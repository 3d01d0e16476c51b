/**
 * Admission by the webhooks that configurations in the store name
 * (k8s.io/apiserver pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go).
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import { equals, type JsonObject } from '../../../kubernetes/json.ts';
import { type Log, SILENT } from '../../../kubernetes/log.ts';
import type { Authorizer } from '../auth/user.ts';
import type { Resources } from '../resources/resource.ts';
import { internalError } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';
import type { Admission, AdmissionAttributes } from './admission.ts';
import { Caller } from './call.ts';
import type { ConditionCompiler } from './conditions.ts';
import { configurationsOf } from './configurations.ts';
import { CallFailure } from './failures.ts';
import { patched } from './patch.ts';
import { Reinvocation } from './reinvocation.ts';
import { inRequestVersion, type Seen } from './review.ts';
import { isExempt, type Known, seenBy } from './selection.ts';
import type { ServiceResolver } from './services.ts';
import type { Webhook } from './webhook.ts';

export interface WebhookAdmissionOptions {
  readonly store: Reader;
  readonly clock: Clock;
  /** A new uid for each review. */
  readonly uid: () => string;
  /** Compiles `matchConditions`. */
  readonly compile: ConditionCompiler;
  /** For `matchPolicy: Equivalent`. */
  readonly resources?: Resources;
  /** For `authorizer` in conditions. */
  readonly authorizer?: Authorizer;
  /** Where Services are that have no endpoints in the store. */
  readonly resolve?: ServiceResolver;
  readonly log?: Log;
}

type Warn = (sentence: string) => void;

export class WebhookAdmission implements Admission {
  readonly #options: WebhookAdmissionOptions;
  readonly #configurations: ReturnType<typeof configurationsOf>;
  readonly #caller: Caller;
  readonly #known: Known;

  constructor(options: WebhookAdmissionOptions) {
    this.#options = options;
    const { store, clock, uid, resolve, compile, authorizer, resources } = options;
    this.#known = { store, authorizer, resources };
    this.#configurations = configurationsOf(store, compile);
    this.#caller = new Caller({ store, clock, uid, resolve });
  }

  async mutate(
    attributes: AdmissionAttributes,
    finish: (object: JsonObject) => JsonObject,
    warn: Warn,
  ): Promise<JsonObject | undefined> {
    if (isExempt(attributes)) return attributes.object;
    const webhooks = this.#configurations.mutating();
    const reinvocation = new Reinvocation();
    let { object } = attributes;

    do {
      for (const webhook of webhooks) {
        const seen = seenBy(webhook, { ...attributes, object }, this.#known);
        if (seen === undefined || !reinvocation.includes(webhook)) continue;
        const changed = inRequestVersion(await this.#change(webhook, seen, warn), seen);
        if (changed !== undefined && !equals(changed, object)) reinvocation.noteChange();
        reinvocation.noteCall(webhook);
        if (changed !== undefined) object = finish(changed);
      }
    } while (reinvocation.again());
    return object;
  }

  async validate(attributes: AdmissionAttributes, warn: Warn): Promise<void> {
    if (isExempt(attributes)) return;
    const asked = this.#configurations.validating().flatMap((webhook) => {
      const seen = seenBy(webhook, attributes, this.#known);
      return seen === undefined ? [] : [{ webhook, seen }];
    });
    if (asked.length === 0) return;

    // All are waited for, and the one that says no first is told, as in Kubernetes.
    const failures: unknown[] = [];
    const calls = asked.map(async ({ webhook, seen }) => {
      try {
        await this.#guarded(webhook, () => this.#caller.ask(webhook, seen, warn));
      } catch (failure) {
        failures.push(failure);
      }
    });
    await Promise.all(calls);
    if (failures.length > 0) throw failures[0];
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#caller.close();
  }

  /** The object after the webhook's patch; undefined where it has none. */
  #change(webhook: Webhook, seen: Seen, warn: Warn): Promise<JsonObject | undefined> {
    return this.#guarded(webhook, async () => {
      const { patch, patchType } = await this.#caller.ask(webhook, seen, warn);
      return patch === undefined ? undefined : patched(seen.object, patch, patchType, webhook);
    });
  }

  /** A webhook that gives no answer is passed over where its policy says so. */
  async #guarded<Result>(webhook: Webhook, ask: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (!webhook.ignoresFailures) throw internalError(error.message);
      const { log = SILENT } = this.#options;
      log.warn({ webhook: webhook.name }, `${error.message}; its failurePolicy is Ignore`);
      return undefined;
    }
  }
}
