/** What a Trigger asks for beside what sources are known to send: a filter that fits nothing is nobody's error. */
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { nameOf, referenceTo, titleOf } from '../../kubernetes/object.ts';
import { nearest } from '../../text/nearest.ts';
import { kubectl } from '../command.ts';
import { note, type Verdict } from '../verdict.ts';

/** knative/eventing pkg/apis/sources/v1/{ping,apiserver}_types.go, knative-extensions/eventing-kafka-broker kafka_types.go. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  PingSource: ['dev.knative.sources.ping'],
  KafkaSource: ['dev.knative.kafka.event'],
  ApiServerSource: ['resource', 'ref'].flatMap((mode) =>
    ['add', 'update', 'delete'].map((verb) => `dev.knative.apiserver.${mode}.${verb}`),
  ),
};

/** A type that is nearly one which a source sends: an application may send it, but hardly does. */
export function mistyped(trigger: JsonObject, senders: readonly JsonObject[], namespace: string): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const type of typesOf(trigger)) {
    const known = senders.flatMap((source) => TYPES[referenceTo(source).kind] ?? []);
    if (known.includes(type)) continue;
    const meant = nearest(type, known);
    const source = senders.find((each) => meant !== undefined && TYPES[referenceTo(each).kind]?.includes(meant));
    if (meant === undefined || source === undefined) continue;
    const found = `Trigger ${nameOf(trigger)} asks for events of type ${type}, and ${titleOf(referenceTo(source))} sends ${meant}: nothing of it passes`;
    verdicts.push(note('events/filter', found, kubectl(`edit trigger ${nameOf(trigger)}`, namespace)));
  }
  return verdicts;
}

/** Those that have to be met as they stand: of `filter`, or of the filters' `exact`. */
function typesOf(trigger: JsonObject): string[] {
  const filters = arrayAt(trigger, 'spec', 'filters');
  const types =
    filters.length > 0
      ? filters.map((filter) => stringAt(filter, 'exact', 'type'))
      : [stringAt(trigger, 'spec', 'filter', 'attributes', 'type')];
  return types.filter((type): type is string => type !== undefined && type !== '');
}
