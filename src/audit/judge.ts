/** What is in one namespace, judged. Whoever has the objects hands them over one by one, and may do other things in between. */
import type { JsonObject } from '../kubernetes/json.ts';
import { keyOf, namespace as namespaceKind, policyException, scalingSchedule } from '../kubernetes/kinds.ts';
import { describe, type ObjectReference, referenceTo } from '../kubernetes/object.ts';
import type { AppliedDefault } from '../policy/engine/default.ts';
import { readException } from '../policy/engine/exceptions.ts';
import type { Inventory } from '../policy/engine/inventory.ts';
import { type Catalogue, type Excused, type Finding, type JudgeContext, judge } from '../policy/engine/judge.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { ownerOfLeftOut } from '../policy/leftOut.ts';
import { nextMoment } from './moments.ts';
import { isLeftOut } from './scope.ts';

export interface Audit {
  /** Empty for what is in none. */
  readonly namespace: string;
  readonly environment: string;
  /** Objects that some rule knows. */
  readonly judged: readonly ObjectReference[];
  /** Objects of other kinds, and those of a namespace in which nothing is judged. */
  readonly untouched: number;
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  /** What the policy would fill in, were the object written today. */
  readonly defaults: readonly MissingDefault[];
  /** Mistakes of Weir's, each with the object that it was met at. */
  readonly failures: readonly string[];
  /**
   * When the clock alone may change what is found: an exception ends or grows old, a schedule ends, or its windows come to
   * fall otherwise. Undefined where it never does.
   */
  readonly until: Date | undefined;
}

export interface MissingDefault extends AppliedDefault {
  readonly resource: ObjectReference;
}

export interface AuditOptions {
  readonly namespace: string;
  /** With the cluster's own settings laid over it (policy/settings.ts), the same object for each namespace. */
  readonly policy: EffectivePolicy;
  /** Everything of the cluster that is in sight. */
  readonly inventory: Inventory;
  readonly now: Date;
  readonly catalogue: Catalogue;
}

/**
 * @example
 * const audit = new NamespaceAudit({ namespace: 'shop-prod', policy, inventory, now, catalogue });
 * for (const object of objects) audit.add(object);
 * const { findings } = audit.result();
 */
export class NamespaceAudit {
  readonly #options: AuditOptions;
  readonly #context: JudgeContext;
  readonly #judged: ObjectReference[] = [];
  readonly #findings: Finding[] = [];
  readonly #excused: Excused[] = [];
  readonly #defaults: MissingDefault[] = [];
  readonly #failures: string[] = [];
  /** No door judges what is in it; that its label does nothing is told at the Namespace. */
  readonly #isNamespaceLeftOut: boolean;
  #untouched = 0;

  constructor(options: AuditOptions) {
    const { namespace, policy, inventory, now } = options;
    const exceptions = exceptionsOf(namespace, inventory).flatMap((object) => readException(object, policy) ?? []);
    this.#options = options;
    this.#isNamespaceLeftOut = ownerOfLeftOut(namespace) !== undefined;
    this.#context = { policy, inventory, exceptions, now, hasNoUseForFixes: true };
  }

  add(object: JsonObject): void {
    if (isLeftOut(object)) return;
    if (this.#isNamespaceLeftOut && keyOf(object) !== namespaceKind.key) {
      this.#untouched++;
      return;
    }
    const reference = referenceTo(object);
    const verdict = judge(object, this.#context, this.#options.catalogue);
    if (verdict.judged) this.#judged.push(reference);
    else this.#untouched++;
    for (const finding of verdict.findings) this.#findings.push(finding);
    for (const excused of verdict.excused) this.#excused.push(excused);
    for (const applied of verdict.defaults) this.#defaults.push({ ...applied, resource: reference });
    for (const failure of verdict.failures) this.#failures.push(`${describe(reference)}: ${failure}`);
  }

  result(): Audit {
    const { namespace, policy, inventory, now } = this.#options;
    return {
      namespace,
      environment: policy.name,
      judged: this.#judged,
      untouched: this.#untouched,
      findings: this.#findings,
      excused: this.#excused,
      defaults: this.#defaults,
      failures: this.#failures,
      until: nextMoment({
        policy,
        now,
        inForce: this.#context.exceptions,
        exceptions: exceptionsOf(namespace, inventory),
        schedules: schedulesIn(namespace, inventory),
      }),
    };
  }
}

/** An exception that is being deleted excuses nothing any more. */
function exceptionsOf(namespace: string, inventory: Inventory): readonly JsonObject[] {
  if (namespace === '') return [];
  return inventory.inNamespace(policyException, namespace).filter((object) => !isLeftOut(object));
}

function schedulesIn(namespace: string, inventory: Inventory): readonly JsonObject[] {
  return namespace === '' ? [] : inventory.inNamespace(scalingSchedule, namespace);
}
