/** Names under which a Route is reached (knative/serving pkg/reconciler/route/{config/domain,domains/domains,visibility/visibility}.go). */
import { quote } from '../../../src/knative/goStrings.ts';
import { isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../src/kubernetes/names.ts';
import { labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { CLUSTER_LOCAL, VISIBILITY_LABEL } from '../keys.ts';
import { CLUSTER_LOCAL_DOMAIN } from '../names.ts';
import { namespaceOf } from '../read.ts';
import { readOneYaml } from '../readYaml.ts';
import type { Network } from '../settings.ts';

/** Domains with the labels that a Route must have for each; one without any is for all. */
export type Domains = readonly { readonly domain: string; readonly labels: Readonly<Record<string, string>> }[];

/** A name that the templates cannot make, or that is none of DNS. */
export class DomainError extends Error {}

/** Reads config-domain. */
export function readDomains(data: Readonly<Record<string, string>>, fallback: string): Domains {
  const domains = Object.entries(data).map(([domain, text]) => ({ domain, labels: selectorOf(text) }));
  const hasDefault = domains.some(({ labels }) => Object.keys(labels).length === 0);
  return hasDefault ? domains : [...domains, { domain: fallback, labels: {} }];
}

function selectorOf(text: string): Record<string, string> {
  const value = readOneYaml(text);
  const selector = isObject(value) && isObject(value.selector) ? value.selector : {};
  const labels: Record<string, string> = {};
  for (const [key, wanted] of Object.entries(selector)) {
    if (typeof wanted === 'string') labels[key] = wanted;
  }
  return labels;
}

/** The domain with the most labels that all fit; of two alike the first in order of their names. */
export function domainFor(route: JsonObject, domains: Domains): string {
  const labels = labelsOf(route);
  if (labels[VISIBILITY_LABEL] === CLUSTER_LOCAL) return CLUSTER_LOCAL_DOMAIN;

  const fitting = domains
    .filter(({ labels: wanted }) => Object.entries(wanted).every(([key, value]) => labels[key] === value))
    .sort((left, right) => {
      const specificity = Object.keys(right.labels).length - Object.keys(left.labels).length;
      return specificity || (left.domain < right.domain ? -1 : 1);
    });
  return fitting[0]?.domain ?? CLUSTER_LOCAL_DOMAIN;
}

/** `tag-name`, and the name alone without a tag. */
export function hostnameOf(name: string, tag: string, { tagTemplate }: Network): string {
  return tag === '' ? name : fill(tagTemplate, { Name: name, Tag: tag }, 'TagTemplate');
}

/**
 * The full domain of a Route or of one of its tags.
 *
 * @throws DomainError with the sentence that Knative puts into the condition
 */
export function domainOf(
  route: JsonObject,
  hostname: string,
  isClusterLocal: boolean,
  { network, domains }: { readonly network: Network; readonly domains: Domains },
): string {
  const namespace = namespaceOf(route);
  if (isClusterLocal) return checked(`${hostname}.${namespace}.${CLUSTER_LOCAL_DOMAIN}`);
  const domain = domainFor(withoutVisibility(route), domains);
  const values = { Name: hostname, Namespace: namespace, Domain: domain };
  return checked(fill(network.domainTemplate, values, 'DomainTemplate'));
}

function withoutVisibility(route: JsonObject): JsonObject {
  const { [VISIBILITY_LABEL]: _, ...labels } = labelsOf(route);
  return { metadata: { labels } };
}

/**
 * Which of a Route's tags, with '' for the Route itself, are reachable inside of the cluster alone: all where its domain
 * is the cluster's, else those whose placeholder has the label.
 *
 * @param placeholders the Services of Kubernetes' own that belong to the Route
 */
export function clusterLocalTags(
  route: JsonObject,
  tags: Iterable<string>,
  placeholders: readonly JsonObject[],
  { network, domains }: { readonly network: Network; readonly domains: Domains },
): Set<string> {
  const isAll = domainFor(route, domains) === CLUSTER_LOCAL_DOMAIN;
  const local = new Set<string>();
  for (const tag of tags) {
    const hostname = hostnameOf(nameOf(route), tag, network);
    const placeholder = placeholders.find((each) => nameOf(each) === hostname);
    if (isAll || (stringAt(placeholder, 'metadata', 'labels', VISIBILITY_LABEL) ?? '') !== '') local.add(tag);
  }
  return local;
}

const HOLE = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/** Fills a Go template of plain fields; anything more is said to be too much. */
function fill(template: string, values: Readonly<Record<string, string>>, title: string): string {
  return template.replaceAll(HOLE, (_, action: string) => {
    const name = action.slice(1);
    if (action.startsWith('.') && Object.hasOwn(values, name)) return values[name] ?? '';
    const known = Object.keys(values).map((name) => `.${name}`);
    throw new DomainError(
      `domain name error: error executing the ${title}: {{${action}}} is not one of ${known.join(', ')}, which are all that is understood here`,
    );
  });
}

function checked(domain: string): string {
  const problems = domainProblems(domain);
  const [first] = problems;
  if (first === undefined) return domain;
  const all = problems.length === 1 ? first : `[${problems.join(', ')}]`;
  throw new DomainError(`domain name error: invalid domain name ${quote(domain)}: ${all}`);
}

/** What is wrong with a fully qualified domain name (k8s.io/apimachinery pkg/util/validation). */
function domainProblems(domain: string): string[] {
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain;
  const whole = dns1123SubdomainErrors(name);
  if (whole.length > 0) return whole.map((message) => invalid(name, message));
  const labels = name.split('.');
  if (labels.length < 2) return [invalid(name, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => dns1123LabelErrors(label).map((message) => invalid(label, message)));
}

function invalid(value: string, message: string): string {
  return `url: Invalid value: ${quote(value)}: ${message}`;
}
