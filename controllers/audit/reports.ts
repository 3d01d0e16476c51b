/** Where reports go: as OpenReports where the cluster has them, else as PolicyReports, else nowhere. */
import { createHash } from 'node:crypto';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { isArray, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { Keep } from '../../src/kubernetes/keep.ts';
import { OPEN_REPORTS, REPORT_NAME, type ReportForm, WG_POLICY } from '../../src/report/policyReport.ts';
import type { Followed, Right, Tools } from '../manager/controller.ts';
import { keyOf } from './keys.ts';

interface Served {
  readonly form: ReportForm;
  readonly namespaced: Resource;
  readonly cluster: Resource;
}

const FORMS: readonly Served[] = [
  {
    form: OPEN_REPORTS,
    namespaced: resource('openreports.io', 'v1alpha1', 'reports', 'Report', true),
    cluster: resource('openreports.io', 'v1alpha1', 'clusterreports', 'ClusterReport', false),
  },
  {
    form: WG_POLICY,
    namespaced: resource('wgpolicyk8s.io', 'v1alpha2', 'policyreports', 'PolicyReport', true),
    cluster: resource('wgpolicyk8s.io', 'v1alpha2', 'clusterpolicyreports', 'ClusterPolicyReport', false),
  },
];

function resource(group: string, version: string, plural: string, kind: string, isNamespaced: boolean): Resource {
  return { group, version, plural, kind, isNamespaced };
}

/** Written by server-side apply, and taken away where nothing is audited any more. */
export const reportRights: readonly Right[] = FORMS.flatMap(({ namespaced, cluster }) =>
  [namespaced, cluster].map((each): Right => ({ resource: each, verbs: ['create', 'patch', 'delete'] })),
);

export interface ReportPlace {
  readonly form: ReportForm;
  readonly resource: Resource;
  /** Of the report as it is stored; undefined where there is none. */
  digest(): string | undefined;
  /** Said before it is written: that the report comes to say this is no reason to judge again. */
  expect(digest: string): void;
}

export interface Reports {
  /** Where the report of a namespace goes ('' for what is in none); undefined where the cluster takes no reports. */
  placeFor(namespace: string): ReportPlace | undefined;
  /** Where it went before the cluster took it in another form, and still stands. */
  leftBy(namespace: string): readonly ReportPlace[];
  /** The namespace is gone, and its report with it. */
  forget(namespace: string): void;
}

/**
 * Follows the reports of this name alone, and keeps of each but a digest of what it says.
 *
 * @param everyKey each namespace has its report written when the cluster comes to take them, or takes them otherwise
 */
export function followReports(tools: Tools, everyKey: () => Iterable<string>): Reports {
  /** By namespace. */
  const expected = new Map<string, string>();
  const follow = (wanted: Resource): Followed => {
    const followed = tools.follow({
      resource: wanted,
      fieldSelector: `metadata.name=${REPORT_NAME}`,
      // somebody else's report of that name is not ours to take away
      labelSelector: 'app.kubernetes.io/managed-by=weir',
      keep: digested,
      keysOf({ object, old }) {
        const namespace = stringAt(object ?? old, 'metadata', 'namespace') ?? '';
        const isAsExpected = object !== undefined && object.digest === expected.get(namespace);
        return isAsExpected ? [] : [keyOf(namespace)];
      },
    });
    followed.onServed(() => {
      for (const key of everyKey()) tools.enqueue(key);
    });
    return followed;
  };
  const forms = FORMS.map((form) => ({
    ...form,
    ofNamespaces: follow(form.namespaced),
    ofCluster: follow(form.cluster),
  }));

  function placesFor(namespace: string): ReportPlace[] {
    const places: ReportPlace[] = [];
    for (const { form, namespaced, cluster, ofNamespaces, ofCluster } of forms) {
      const cache = namespace === '' ? ofCluster : ofNamespaces;
      if (!cache.isServed()) continue;
      const digest = () => {
        const text = cache.store.find(namespace, REPORT_NAME)?.digest;
        return typeof text === 'string' ? text : undefined;
      };
      const expect = (text: string): void => void expected.set(namespace, text);
      places.push({ form, resource: namespace === '' ? cluster : namespaced, digest, expect });
    }
    return places;
  }

  return {
    placeFor: (namespace) => placesFor(namespace)[0],
    leftBy: (namespace) =>
      placesFor(namespace)
        .slice(1)
        .filter((place) => place.digest() !== undefined),
    forget: (namespace) => void expected.delete(namespace),
  };
}

const digested: Keep = ({ apiVersion, kind, metadata, ...content }) => {
  const { name, namespace } = objectAt(metadata) ?? {};
  const place = namespace === undefined ? { name } : { name, namespace };
  return { apiVersion, kind, metadata: place, digest: digestOf(content) };
};

/** The same for the same summary and results, in whatever order an API server writes their fields. */
export function digestOf({ summary, results }: JsonObject): string {
  const text = JSON.stringify([inOrder(summary), inOrder(results)]);
  return createHash('sha256').update(text).digest('base64');
}

/** Nothing is made anew where all is in order already, as policyReport writes it and Kubernetes stores it. */
function inOrder(value: JsonValue | undefined): JsonValue {
  if (isArray(value)) return eachInOrder(value);
  if (!isObject(value)) return value ?? null;
  const keys = Object.keys(value);
  let isSame = true;
  let last = '';
  const members: [string, JsonValue][] = [];
  for (const key of keys) {
    const member = inOrder(value[key]);
    isSame &&= last <= key && member === value[key];
    last = key;
    members.push([key, member]);
  }
  return isSame ? value : Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function eachInOrder(items: readonly JsonValue[]): readonly JsonValue[] {
  let ordered: JsonValue[] | undefined;
  for (const [index, item] of items.entries()) {
    const next = inOrder(item);
    if (next !== item) ordered ??= [...items];
    if (ordered !== undefined) ordered[index] = next;
  }
  return ordered ?? items;
}
