/** Judges everything that was read, environment by environment, and puts together what the outputs tell. */
import { keyOf } from '../../kubernetes/kinds.ts';
import { describe, type ObjectReference, referenceTo } from '../../kubernetes/object.ts';
import type { AppliedDefault } from '../../policy/engine/default.ts';
import { exceptionFor, type PolicyException } from '../../policy/engine/exceptions.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import type { JudgedObject } from '../../report/reporter.ts';
import type { ReportedDefaults, ReportedError, ReportedExcuse, ReportedFinding } from '../../report/result.ts';
import type { FilePlace, Resource } from '../input/resource.ts';
import type { Progress } from '../progress.ts';
import { asExcuse } from '../reported.ts';
import { contextFor } from './context.ts';
import { duplicateKeyFindings, SeenObjects } from './inputFindings.ts';

/** A resource and the environment that it goes to. */
export interface Assigned {
  readonly resource: Resource;
  readonly policy: EffectivePolicy;
  /** Judged, but not one of the input's own: an exception in the policies' folder. */
  readonly isBeside?: boolean;
}

export interface Judged {
  /** Objects of a kind that some rule knows. */
  readonly judged: readonly JudgedObject[];
  readonly untouched: number;
  readonly findings: readonly JudgedFinding[];
  readonly excused: readonly ReportedExcuse[];
  readonly defaults: readonly ReportedDefaults[];
  readonly errors: readonly ReportedError[];
}

/** A finding with the resource that it is about, for whoever compares it with another input's. */
export interface JudgedFinding {
  readonly reported: ReportedFinding;
  readonly resource: Resource;
}

interface JudgeOptions {
  readonly catalogue: Catalogue;
  readonly now: Date;
  readonly progress: Progress;
}

export async function judgeInput(assigned: readonly Assigned[], options: JudgeOptions): Promise<Judged> {
  const result = { judged: [], untouched: 0, findings: [], excused: [], defaults: [], errors: [] };
  const seen = new SeenObjects();
  options.progress.begin('judging', assigned.length);
  for (const [policy, members] of byPolicy(assigned)) {
    const objects = members.map(({ resource }) => resource.object);
    const context = contextFor(policy, objects, options.now);
    const judge = new EnvironmentJudge(context, options.catalogue, seen, result);
    for (const member of members) {
      judge.add(member);
      const pause = options.progress.step();
      if (pause !== undefined) await pause;
    }
  }
  return result;
}

function byPolicy(assigned: readonly Assigned[]): Map<EffectivePolicy, Assigned[]> {
  const groups = new Map<EffectivePolicy, Assigned[]>();
  for (const member of assigned) {
    const group = groups.get(member.policy);
    if (group === undefined) groups.set(member.policy, [member]);
    else group.push(member);
  }
  return groups;
}

class EnvironmentJudge {
  readonly #context: JudgeContext;
  readonly #catalogue: Catalogue;
  readonly #seen: SeenObjects;
  readonly #result: MutableJudged;

  constructor(context: JudgeContext, catalogue: Catalogue, seen: SeenObjects, result: MutableJudged) {
    this.#context = context;
    this.#catalogue = catalogue;
    this.#seen = seen;
    this.#result = result;
  }

  add({ resource, isBeside = false }: Assigned): void {
    const { policy } = this.#context;
    const reference = referenceTo(resource.object);
    for (const { finding, place } of duplicateKeyFindings(resource, policy)) {
      this.#addInputFinding(resource, finding, place);
    }
    for (const { finding, place } of this.#seen.add(resource, reference, policy)) {
      this.#addInputFinding(resource, finding, place);
    }

    const verdict = judge(resource.object, this.#context, this.#catalogue);
    if (!isBeside) {
      if (verdict.judged) {
        this.#result.judged.push({ environment: policy.name, resource: reference, file: resource.file });
      } else this.#result.untouched++;
    }
    for (const finding of verdict.findings) this.#addFinding(resource, finding, resource.locate(finding.path));
    for (const { finding, exception } of verdict.excused) {
      this.#addExcuse(finding, exception, resource.locate(finding.path));
    }
    this.#addDefaults(resource, reference, verdict.defaults);
    for (const failure of verdict.failures) {
      const message = `${describe(reference)}: ${failure}`;
      this.#result.errors.push({ ...resource.locate(''), message });
    }
  }

  #addInputFinding(resource: Resource, finding: Finding, place: FilePlace): void {
    const { exceptions, now } = this.#context;
    const exception = exceptionFor(finding, keyOf(resource.object), exceptions, now);
    if (exception === undefined) this.#addFinding(resource, finding, place);
    else this.#addExcuse(finding, exception, place);
  }

  #addFinding(resource: Resource, finding: Finding, place: FilePlace): void {
    this.#result.findings.push({ reported: report(finding, place), resource });
  }

  #addExcuse(finding: Finding, exception: PolicyException, place: FilePlace): void {
    this.#result.excused.push(asExcuse(report(finding, place), exception));
  }

  #addDefaults({ file }: Resource, resource: ObjectReference, values: readonly AppliedDefault[]): void {
    if (values.length === 0) return;
    this.#result.defaults.push({ environment: this.#context.policy.name, resource, values, file });
  }
}

type MutableJudged = {
  -readonly [Key in keyof Judged]: Judged[Key] extends readonly (infer Item)[] ? Item[] : Judged[Key];
};

/** In the order in which people read it: what, where in the object, what to say, where in the file, what to do. */
function report(finding: Finding, place: FilePlace): ReportedFinding {
  const { rule, action, environment, resource, path, message, fix } = finding;
  const { file, line, column } = place;
  // there are tens of thousands, and nearly all have all of it
  if (line !== undefined && column !== undefined) {
    if (fix === undefined) return { rule, action, environment, resource, path, message, file, line, column };
    return { rule, action, environment, resource, path, message, file, line, column, fix };
  }
  return { rule, action, environment, resource, path, message, ...place, ...(fix === undefined ? {} : { fix }) };
}
