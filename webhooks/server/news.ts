/**
 * What of a review others may hear of, as CloudEvents: who was denied, which exception excused, who broke glass. Pure:
 * facts in, news out. Rules and places are told, and never a message or a value: what an object holds may be a secret.
 */
import { defineKind, groupOf } from '../../src/kubernetes/kinds.ts';
import type { ObjectReference } from '../../src/kubernetes/object.ts';
import { servedAs } from '../../src/kubernetes/served.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';
import type { News } from '../../src/process/cloudEvents/event.ts';
import type { Facts } from '../review/review.ts';

/** Longer texts in a request are no names of Kubernetes'. */
const LONGEST = 253;
const MOST_FINDINGS = 50;

/** A dry run leaves nothing behind, no news either. */
export function newsOf(facts: Facts): readonly News[] {
  if (facts.isDryRun) return [];
  const { operation, environment, user, namespace, name, kind } = facts;
  const about = { operation, environment: short(environment), user: short(user), namespace: short(namespace), kind };
  const [first] = [...facts.findings, ...facts.excused.map(({ finding }) => finding)];
  const subject = subjectOf(first?.resource ?? facts.breakGlass?.resource, name);
  const news: News[] = [];
  if (facts.verdict === 'denied') {
    const denied = facts.findings.filter(({ action }) => action === 'deny').slice(0, MOST_FINDINGS);
    const data = { ...about, name: short(name), findings: denied.map(place) };
    news.push({ type: 'dev.weir.admission.denied.v1', subject, data });
  }
  if (facts.breakGlass !== undefined) {
    const { group, rules } = facts.breakGlass;
    const data = { ...about, name: short(name), group: short(group), rules: [...rules] };
    news.push({ type: 'dev.weir.admission.brokeglass.v1', subject, data });
  }
  if (facts.verdict !== 'denied') {
    for (const [exception, findings] of byException(facts)) {
      const data = { ...about, name: short(name), exception, findings: findings.slice(0, MOST_FINDINGS).map(place) };
      news.push({ type: 'dev.weir.exception.used.v1', subject, data });
    }
  }
  return news;
}

function byException({ excused }: Facts): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const { finding, exception } of excused) {
    const name = `${exception.namespace}/${exception.name}`;
    found.set(name, [...(found.get(name) ?? []), finding]);
  }
  return found;
}

function place({ rule, path }: Finding): { rule: string; path: string } {
  return { rule, path: short(path) };
}

/** `serving.knative.dev/v1/namespaces/shop-prod/services/cart`; the name alone where the kind is not known. */
function subjectOf(resource: ObjectReference | undefined, name: string): string {
  if (resource === undefined) return short(name);
  const { apiVersion, kind, namespace } = resource;
  const plural = servedAs(defineKind(groupOf(apiVersion), kind))?.plural;
  if (plural === undefined) return short(name);
  const home = namespace === '' ? '' : `/namespaces/${short(namespace)}`;
  return `${apiVersion}${home}/${plural}/${short(name)}`;
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
