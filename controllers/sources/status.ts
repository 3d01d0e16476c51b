/** What the statuses of all sources have in common (knative/eventing pkg/apis/sources/v1/*_lifecycle.go). */
import type { EventingFeatures } from '../../src/knative/eventing/features.ts';
import { validateEventing } from '../../src/knative/eventing/validate.ts';
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Resolved } from '../eventing/destination.ts';
import { happening } from '../serving/write.ts';
import type { StatusDraft } from '../status/draft.ts';

export const SINK_PROVIDED = 'SinkProvided';
export const DEPLOYED = 'Deployed';

/**
 * What Knative's webhook would have refused the source for, where nobody asked it: its first sentence, with its place.
 *
 * @param features where they decide anything, which they do of ApiServerSources
 */
export function specProblem(source: JsonObject, features?: EventingFeatures): string | undefined {
  const [error] = validateEventing(source, features);
  if (error === undefined) return undefined;
  return `${error.path}: ${error.message}${error.details === undefined ? '' : ` (${error.details})`}`;
}

export function setSink(status: StatusDraft, sink: Resolved & { readonly ok: true }): void {
  status.set('sinkUri', sink.url);
  status.set('sinkCACerts', sink.caCerts);
  status.set('sinkAudience', sink.audience);
  status.conditions.markTrue(SINK_PROVIDED);
}

/** @param attributes of the types of events that it makes */
export function setAttributes(
  status: StatusDraft,
  attributes: readonly { readonly type: string; readonly source: string }[],
): void {
  status.set(
    'ceAttributes',
    attributes.map(({ type, source }) => ({ source, type })),
  );
}

/** In the words of Knative's controllers of PingSources and ApiServerSources. */
export function sinkNotFound(source: JsonObject): Happening {
  const sink = objectAt(source, 'spec', 'sink') ?? {};
  const ref = objectAt(sink, 'ref');
  const { namespace } = referenceTo(source);
  const whole = ref === undefined ? sink : { ...sink, ref: { ...ref, namespace: ref.namespace || namespace } };
  return happening(source, 'Warning', 'SinkNotFound', 'Resolve', `Sink not found: ${JSON.stringify(whole)}`);
}
