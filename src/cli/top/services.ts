/** What is to be seen of Services: where their traffic goes, and what stands behind it. Pure. */
import { arrayAt, type JsonObject, stringAt, valueAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import type { Measured } from './measured.ts';

export interface ServiceView {
  /** `namespace/name`. */
  readonly key: string;
  readonly url: string;
  /** `Ready`, or why it is not. */
  readonly state: string;
  readonly isReady: boolean;
  readonly revisions: readonly RevisionView[];
}

export interface RevisionView {
  readonly name: string;
  /** Of the requests; 0 for one that only a tag or a Pod keeps in sight. */
  readonly percent: number;
  readonly tags: readonly string[];
  /** Undefined while nobody has decided. */
  readonly wanted: number | undefined;
  readonly there: number;
  /** Undefined where nobody tells. */
  readonly measured: Measured | undefined;
}

export interface Seen {
  readonly services: readonly JsonObject[];
  readonly podAutoscalers: readonly JsonObject[];
  readonly measured: ReadonlyMap<string, Measured>;
}

const SERVICE_LABEL = 'serving.knative.dev/service';

/** By their names. Revisions that get traffic come first, the others as far as something of them runs. */
export function serviceViews({ services, podAutoscalers, measured }: Seen): ServiceView[] {
  return services
    .map((service) => viewOf(service, podAutoscalers, measured))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function viewOf(service: JsonObject, all: readonly JsonObject[], measured: Seen['measured']): ServiceView {
  const namespace = namespaceOf(service);
  const name = nameOf(service);
  const own = all.filter(
    (each) => namespaceOf(each) === namespace && valueAt(each, 'metadata', 'labels', SERVICE_LABEL) === name,
  );
  const shares = sharesOf(service);
  const revisions = new Set([...shares.keys(), ...own.filter(isThere).map(nameOf)]);
  const ready = arrayAt(service, 'status', 'conditions').find((each) => valueAt(each, 'type') === 'Ready');
  const isReady = valueAt(ready, 'status') === 'True';
  return {
    key: `${namespace}/${name}`,
    url: stringAt(service, 'status', 'url') ?? '',
    state: isReady ? 'Ready' : (stringAt(ready, 'reason') ?? 'not ready yet'),
    isReady,
    revisions: [...revisions].map((revision) => {
      const scaler = own.find((each) => nameOf(each) === revision);
      const wanted = valueAt(scaler, 'status', 'desiredScale');
      return {
        name: revision,
        percent: shares.get(revision)?.percent ?? 0,
        tags: shares.get(revision)?.tags ?? [],
        wanted: typeof wanted === 'number' && wanted >= 0 ? wanted : undefined,
        there: Number(valueAt(scaler, 'status', 'actualScale') ?? 0),
        measured: measured.get(`${namespace}/${revision}`),
      };
    }),
  };
}

/** A Revision may be named several times: with a share, and by its tags. */
function sharesOf(service: JsonObject): Map<string, { readonly percent: number; readonly tags: readonly string[] }> {
  const shares = new Map<string, { readonly percent: number; readonly tags: readonly string[] }>();
  for (const target of arrayAt(service, 'status', 'traffic')) {
    const revision = stringAt(target, 'revisionName');
    if (revision === undefined) continue;
    const known = shares.get(revision) ?? { percent: 0, tags: [] };
    const tag = stringAt(target, 'tag');
    shares.set(revision, {
      percent: known.percent + Number(valueAt(target, 'percent') ?? 0),
      tags: tag === undefined ? known.tags : [...known.tags, tag],
    });
  }
  return shares;
}

function isThere(podAutoscaler: JsonObject): boolean {
  const scales = [valueAt(podAutoscaler, 'status', 'desiredScale'), valueAt(podAutoscaler, 'status', 'actualScale')];
  return scales.some((scale) => typeof scale === 'number' && scale > 0);
}

function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}
