/** The same documents at two doors: `weir check`, and `kubectl apply` under admission. */
import { arrayAt, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import type { ControlPlane } from '../../../../tools/controlplane/controlPlane.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { freshNamespace } from '../../harness/cluster.ts';
import type { Server } from '../harness/server.ts';
import { type Answer, type Outcome, readAnswer } from './answer.ts';
import { check, isComparable, NOTHING, type Verdict } from './check.ts';
import { type Document, inNamespace, isClusterScoped, kindOf } from './documents.ts';

export interface Compared {
  readonly title: string;
  readonly kind: string;
  readonly environment: string;
  readonly outcome: Outcome;
  /** What the API server says where Weir is not asked. */
  readonly without: Outcome;
  readonly check: Verdict;
  /** In what the doors differ, each a sentence; empty where they agree. */
  readonly differences: readonly string[];
  /** What is worth knowing, and no difference. */
  readonly remarks: readonly string[];
}

/** Policies keep some rights for this group; check knows no user, and says nothing of that. */
const AS = ['--as=jane', '--as-group=platform', '--as-group=system:masters'];
const AT_ONCE = 3;
const DRY_RUN = ['--dry-run=server'];
const LOG_SECONDS = 2;

export interface CompareOptions {
  readonly environment: string;
  /** By whose policy the server judges what is in no namespace: compared in this environment alone. */
  readonly grade: string;
  readonly withoutWeir: WithoutWeir;
  /** Nothing is stored, so that nothing needs to be cleaned up. */
  readonly isDryRun: boolean;
}

export async function compare(
  controlPlane: ControlPlane,
  server: Server,
  documents: readonly Document[],
  { environment, grade, withoutWeir, isDryRun }: CompareOptions,
): Promise<Compared[]> {
  const concerned = documents.filter(({ object }) => !isClusterScoped(object) || environment === grade);
  const placed = await eachOf(concerned, async ({ object }) => {
    return inNamespace(object, await freshNamespace(controlPlane, { 'weir.dev/environment': environment }));
  });
  const verdicts = await check(environment, placed);

  return await eachOf(concerned, async ({ title, object }, index) => {
    const sent = placed[index] ?? object;
    const answer = await applied(controlPlane, sent, isDryRun || isClusterScoped(object) ? DRY_RUN : []);
    const verdict = verdicts[index] ?? NOTHING;
    const judged = answer.outcome === 'refused by Knative' ? await judgedBy(server, sent) : undefined;
    const unasked = await withoutWeir(object);
    return {
      title,
      kind: kindOf(object),
      environment,
      outcome: answer.outcome,
      without: unasked.outcome,
      check: verdict,
      ...comparisonOf(verdict, answer, unasked, judged),
    };
  });
}

async function applied({ kubectl }: ControlPlane, object: JsonObject, flags: readonly string[]): Promise<Answer> {
  return readAnswer(await kubectl(['apply', ...AS, ...flags, '-f', '-'], JSON.stringify(object)));
}

/** Of each document, what the API server says in a namespace that is in no environment. */
export type WithoutWeir = (object: JsonObject) => Promise<Answer>;

/** Asks once for each document, whatever the number of environments. */
export function askingWithoutWeir(controlPlane: ControlPlane): WithoutWeir {
  let namespace: Promise<string> | undefined;
  const known = new Map<JsonObject, Answer>();
  return async (object) => {
    namespace ??= freshNamespace(controlPlane);
    const answer = known.get(object) ?? (await applied(controlPlane, inNamespace(object, await namespace), DRY_RUN));
    known.set(object, answer);
    return answer;
  };
}

/**
 * What the server's log says of the object, where somebody else's refusal is what kubectl prints; undefined where Weir was
 * not asked. The log is written in the background.
 */
async function judgedBy(server: Server, object: JsonObject): Promise<string[] | undefined> {
  const [namespace = '', name] = [stringAt(object, 'metadata', 'namespace'), stringAt(object, 'metadata', 'name')];
  const find = () =>
    server.log().findLast((each) => each.door === 'validate' && each.namespace === namespace && each.name === name);
  const line = await until('the review is logged', { seconds: LOG_SECONDS }, find).catch(() => undefined);
  if (line === undefined) return undefined;
  const places = arrayAt(line, 'denied').filter((each) => typeof each === 'string');
  return places.filter((each) => isComparable(ruleOf(each)));
}

type Comparison = Pick<Compared, 'differences' | 'remarks'>;

function comparisonOf(
  verdict: Verdict,
  answer: Answer,
  without: Answer,
  judged: readonly string[] | undefined,
): Comparison {
  const { outcome, words } = answer;
  if (outcome === 'not served') return { differences: [], remarks: [words] };

  const differences = refusedFirst(verdict, answer, without);
  if (outcome === 'refused by the API server') return { differences, remarks: [words] };

  const here = verdict.denied.map(placeOf);
  if (outcome === 'denied') differences.push(...apart('the terminal', answer.denied.map(placeOf), here));
  else if (judged !== undefined) differences.push(...apart("the server's log", judged, here));
  if (outcome === 'accepted') {
    differences.push(...apart('the API', [], here), ...apart('the API, as a warning', answer.warned, verdict.warned));
  }
  return { differences, remarks: remarksOn(verdict, answer, without, judged) };
}

/** What is refused whether or not there is Weir, check has to deny, for whatever reason. */
function refusedFirst({ denied }: Verdict, answer: Answer, without: Answer): string[] {
  const refusing = [without, answer].find(({ outcome }) => outcome.startsWith('refused'));
  if (refusing === undefined || denied.length > 0) return [];
  return [`${refusing.outcome}, and check denies nothing: ${refusing.words}`];
}

function remarksOn(
  { denied }: Verdict,
  { outcome, denied: told }: Answer,
  without: Answer,
  judged: readonly string[] | undefined,
): string[] {
  const remarks: string[] = [];
  if (outcome === 'refused by Knative' && judged === undefined) remarks.push('refused before Weir was asked');
  const isKnativesOnly = denied.length > 0 && denied.every((each) => each.startsWith('knative/'));
  if (isKnativesOnly && without.outcome === 'accepted') {
    remarks.push(`only Weir says that Knative refuses this: ${denied.join('; ')}`);
  }
  // a quantity is stored as Kubernetes writes it: 1 for 1000m
  const reworded = outcome === 'denied' ? told.filter((each) => !denied.includes(each)) : [];
  return [...remarks, ...reworded.map((each) => `in other words than check's: ${each}`)];
}

function placeOf(finding: string): string {
  const end = finding.indexOf(': ');
  return end < 0 ? finding : finding.slice(0, end);
}

function ruleOf(place: string): string {
  return place.split(' ')[0] ?? '';
}

function apart(where: string, there: readonly string[], here: readonly string[]): string[] {
  return [
    ...there.filter((each) => !here.includes(each)).map((each) => `only ${where}: ${each}`),
    ...here.filter((each) => !there.includes(each)).map((each) => `only check: ${each}`),
  ];
}

/** A few at a time, in their order. */
async function eachOf<T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const part = items.slice(start, start + AT_ONCE);
    results.push(...(await Promise.all(part.map((item, index) => act(item, start + index)))));
  }
  return results;
}
