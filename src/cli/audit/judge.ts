/** Judges a whole cluster as it was read, namespace by namespace. */
import { type Audit, NamespaceAudit } from '../../audit/judge.ts';
import { environmentOf, isLeftOut, isTerminating, placeOf } from '../../audit/scope.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { keyOf, namespace as namespaceKind } from '../../kubernetes/kinds.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { type Inventory, inventoryOf } from '../../policy/engine/inventory.ts';
import type { Catalogue } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { withClusterSettings } from '../../policy/settings.ts';
import type { Progress } from '../progress.ts';
import type { ClusterObjects } from './read.ts';

export interface ClusterAudit {
  readonly audits: readonly Audit[];
  /** Objects that somebody could change. */
  readonly resources: number;
  /** Objects of namespaces that are in no environment, and, without a grade, of no namespace. */
  readonly unassigned: number;
  /** Environments that namespaces are in and that have no policy, each with one of these namespaces. */
  readonly withoutPolicy: ReadonlyMap<string, string>;
}

export interface JudgeClusterOptions {
  readonly cluster: ClusterObjects;
  readonly policies: ReadonlyMap<string, EffectivePolicy>;
  /** By whose policy what is in no namespace is judged; nobody judges it without one. */
  readonly grade: string | undefined;
  /** Empty: all of them. */
  readonly namespaces: readonly string[];
  readonly now: Date;
  readonly catalogue: Catalogue;
  readonly progress: Progress;
}

export async function judgeCluster(options: JudgeClusterOptions): Promise<ClusterAudit> {
  const { cluster, policies, grade, now, catalogue, progress } = options;
  const inventory = inventoryOfCluster(cluster);
  const places = byPlace(cluster.objects, options.namespaces);
  const effective = new Map<string, EffectivePolicy>();
  const audits: Audit[] = [];
  const withoutPolicy = new Map<string, string>();
  let resources = 0;
  let unassigned = 0;

  progress.begin(
    'judging',
    [...places.values()].reduce((sum, objects) => sum + objects.length, 0),
  );
  for (const [namespace, objects] of places) {
    const ours = objects.filter((object) => !isLeftOut(object));
    resources += ours.length;
    const environment = namespace === '' ? (grade ?? '') : environmentIn(inventory, namespace);
    const known = effective.get(environment) ?? policies.get(environment);
    if (known === undefined) {
      if (environment !== '' && !withoutPolicy.has(environment)) withoutPolicy.set(environment, namespace);
      unassigned += ours.length;
      continue;
    }
    const policy = withClusterSettingsOnce(effective, environment, known, inventory);
    const audit = new NamespaceAudit({ namespace, policy, inventory, now, catalogue });
    for (const object of ours) {
      audit.add(object);
      const pause = progress.step();
      if (pause !== undefined) await pause;
    }
    audits.push(audit.result());
  }
  return { audits, resources, unassigned, withoutPolicy };
}

function withClusterSettingsOnce(
  known: Map<string, EffectivePolicy>,
  environment: string,
  policy: EffectivePolicy,
  inventory: Inventory,
): EffectivePolicy {
  const settled = known.get(environment) ?? withClusterSettings(policy, inventory);
  known.set(environment, settled);
  return settled;
}

/** Nothing is concluded from the absence of what could not be read. */
function inventoryOfCluster({ objects, unread }: ClusterObjects): Inventory {
  const inventory = inventoryOf(objects);
  return { ...inventory, knows: ({ key }) => !unread.has(key) };
}

/** By namespace in the order of their names, what is in none first; without namespaces that are on their way out. */
function byPlace(objects: readonly JsonObject[], wanted: readonly string[]): Map<string, JsonObject[]> {
  const gone = new Set<string>();
  const places = new Map<string, JsonObject[]>();
  for (const object of objects) {
    if (keyOf(object) === namespaceKind.key && isTerminating(object)) gone.add(nameOf(object));
    const place = placeOf(object);
    if (wanted.length > 0 && !wanted.includes(place)) continue;
    const known = places.get(place);
    if (known === undefined) places.set(place, [object]);
    else known.push(object);
  }
  for (const name of gone) places.delete(name);
  for (const inside of places.values()) inside.sort(byKindAndName);
  return new Map([...places].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Kinds come in the order in which the API server answered. */
function byKindAndName(left: JsonObject, right: JsonObject): number {
  const first = `${keyOf(left)} ${nameOf(left)}`;
  const second = `${keyOf(right)} ${nameOf(right)}`;
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

function environmentIn(inventory: Inventory, namespace: string): string {
  return environmentOf(inventory.find(namespaceKind, '', namespace));
}
