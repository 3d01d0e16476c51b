/** A guard rail in words, for people who want to know what it does before it does it. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
  textsAt,
} from '../kubernetes/json.ts';
import { NAMES } from './marks.ts';

export interface Summary {
  /** What it does, in a few words; empty where its name says it. */
  readonly note: string;
  readonly lines: readonly SummaryLine[];
}

/** What it is about, and what holds for it, each on a line. */
export interface SummaryLine {
  readonly about: string;
  readonly texts: readonly string[];
}

export function summaryOf(object: JsonObject): Summary {
  switch (object.kind) {
    case 'NetworkPolicy':
      return networkPolicy(object);
    case 'Role':
      return { note: '', lines: arrayAt(object, 'rules').map(rule) };
    case 'RoleBinding':
      return { note: '', lines: [{ about: 'groups', texts: arrayAt(object, 'subjects').map(nameIn) }] };
    case 'ResourceQuota':
      return { note: '', lines: [{ about: 'at most', texts: [pairs(objectAt(object, 'spec', 'hard'))] }] };
    case 'LimitRange':
      return { note: '', lines: limits(objectAt(object, 'spec', 'limits', 0) ?? {}) };
    default:
      return { note: '', lines: [] };
  }
}

function rule(value: JsonValue): SummaryLine {
  const groups = textsAt(value, 'apiGroups').filter((group) => group !== '');
  const of = groups.length === 0 ? '' : ` of ${groups.join(', ')}`;
  return { about: verbsOf(value), texts: [textsAt(value, 'resources').join(', ') + of] };
}

function nameIn(subject: JsonValue): string {
  return stringAt(subject, 'name') ?? '';
}

function limits(item: JsonObject): SummaryLine[] {
  return Object.entries(item).flatMap(([field, value]) =>
    isObject(value) ? [{ about: WORDS[field] ?? field, texts: [pairs(value)] }] : [],
  );
}

const WORDS: Readonly<Record<string, string>> = {
  default: 'limits where none are',
  defaultRequest: 'requests where none are',
  min: 'requests from',
  max: 'limits up to',
  maxLimitRequestRatio: 'limits per request',
};

function networkPolicy(object: JsonObject): Summary {
  const whose = podsInWords(objectAt(object, 'spec', 'podSelector'));
  if (stringAt(object, 'metadata', 'name') === NAMES.defaultDeny) {
    const ways = textsAt(object, 'spec', 'policyTypes').map((type) => (type === 'Ingress' ? 'into' : 'out of'));
    return { note: `closes every other way ${ways.join(' and ')} ${whose}`, lines: [] };
  }
  const into = arrayAt(object, 'spec', 'ingress');
  if (into.length > 0) {
    const lines = into.map((each) => ({ about: `${portsOf(each)} from`, texts: peers(arrayAt(each, 'from')) }));
    return { note: `the ways into ${whose}`, lines };
  }
  const out = arrayAt(object, 'spec', 'egress');
  const lines = out.map((each) => ({ about: `${portsOf(each)} at`, texts: peers(arrayAt(each, 'to')) }));
  return { note: `the ways out of ${whose}`, lines };
}

function portsOf(rule: JsonValue): string {
  const ports = arrayAt(rule, 'ports').map((port) => {
    const protocol = stringAt(port, 'protocol') ?? 'TCP';
    const last = numberAt(port, 'endPort');
    return `${numberAt(port, 'port')}${last === undefined ? '' : `-${last}`}${protocol === 'TCP' ? '' : `/${protocol}`}`;
  });
  return ports.length === 0 ? 'every port' : ports.join(', ');
}

function peers(list: readonly JsonValue[]): string[] {
  return list.length === 0 ? ['everybody'] : list.map(peer);
}

function peer(value: JsonValue): string {
  const cidr = stringAt(value, 'ipBlock', 'cidr');
  if (cidr !== undefined) {
    const except = textsAt(value, 'ipBlock', 'except');
    return except.length === 0 ? cidr : `${cidr} but for ${except.join(', ')}`;
  }
  const namespaces = objectAt(value, 'namespaceSelector');
  const name = stringAt(namespaces, 'matchLabels', 'kubernetes.io/metadata.name');
  const pods = objectAt(value, 'podSelector');
  const labels = pairs(objectAt(pods, 'matchLabels'), '=');
  if (namespaces === undefined) return labels === '' ? 'every pod here' : `pods here with ${labels}`;
  const where = name ?? `namespaces with ${pairs(objectAt(namespaces, 'matchLabels'), '=')}`;
  return labels === '' ? where : `${where} (${labels})`;
}

function podsInWords(selector: JsonObject | undefined): string {
  if (arrayAt(selector, 'matchExpressions').length > 0) return "Knative's pods";
  const labels = pairs(objectAt(selector, 'matchLabels'), '=');
  return labels === '' ? 'every pod' : `pods with ${labels}`;
}

function pairs(object: JsonObject | undefined, between = ' '): string {
  return Object.entries(object ?? {})
    .map(([key, value]) => `${key}${between}${String(value)}`)
    .join(', ');
}

function verbsOf(rule: JsonValue): string {
  const verbs = textsAt(rule, 'verbs');
  return verbs.includes('create') ? 'write' : verbs.includes('delete') ? 'read, delete' : 'read';
}
