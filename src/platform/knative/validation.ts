/**
 * What Knative's own webhooks refuse, where no Knative runs: asked about each of its kinds in every namespace, at the place
 * where they would be asked, and in their words. What they fill in is looked at and not written (docs/adr/0014).
 */

import { validateEventingChange } from '../../knative/eventing/immutable.ts';
import { validateKafkaSink } from '../../knative/eventing/kafkaSink.ts';
import { validatedEventingKinds, validateEventing } from '../../knative/eventing/validate.ts';
import type { FieldError } from '../../knative/fieldError.ts';
import { printFieldErrors } from '../../knative/printErrors.ts';
import { validate } from '../../knative/serving/index.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import {
  configuration,
  domainMapping,
  inMemoryChannel,
  kafkaChannel,
  kafkaSource,
  kindKey,
  knativeService,
  revision,
  route,
} from '../../kubernetes/kinds.ts';
import { isBeingDeleted } from '../../kubernetes/object.ts';
import { steps } from '../../kubernetes/pointer.ts';
import type { AdmissionAttributes, Validator } from '../apiserver/admission/admission.ts';
import { denied } from '../apiserver/admission/failures.ts';
import type { Reader } from '../apiserver/store/store.ts';
import { type PlatformSettings, platformSettings } from './settings.ts';

/** Their names, by which users look up whose refusal it is. */
const SERVING = 'validation.webhook.serving.knative.dev';
const EVENTING = 'validation.webhook.eventing.knative.dev';
const IN_MEMORY_CHANNEL = 'validation.inmemorychannel.eventing.knative.dev';
const KAFKA = 'validation.webhook.kafka.eventing.knative.dev';

const CONFIGURATIONS = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
const KAFKA_SINK = kindKey('eventing.knative.dev', 'KafkaSink');
const BAD_REQUEST = { code: 400, reason: 'BadRequest' };

interface Asked {
  readonly object: JsonObject;
  /** Undefined where it is new. */
  readonly old: JsonObject | undefined;
  /** Who asks. */
  readonly user: string;
  readonly settings: PlatformSettings;
}

type Refusal = (asked: Asked) => string;

interface Judge {
  readonly webhook: string;
  /** Why the object is refused; empty where it is not. */
  readonly refusalOf: Refusal;
}

const JUDGES: ReadonlyMap<string, Judge> = new Map([
  ...[knativeService, configuration, route, revision, domainMapping].map(({ key }): [string, Judge] => [
    key,
    { webhook: SERVING, refusalOf: servingRefusal },
  ]),
  ...validatedEventingKinds.map(({ key }): [string, Judge] => [key, { webhook: EVENTING, refusalOf: eventingRefusal }]),
  [inMemoryChannel.key, { webhook: IN_MEMORY_CHANNEL, refusalOf: eventingRefusal }],
  [kafkaChannel.key, { webhook: KAFKA, refusalOf: eventingRefusal }],
  [kafkaSource.key, { webhook: KAFKA, refusalOf: eventingRefusal }],
  [KAFKA_SINK, { webhook: KAFKA, refusalOf: kafkaSinkRefusal }],
]);

/**
 * @param reader what is stored: Knative's ConfigMaps, and whether Knative itself is there, which then judges alone
 * @throws Failure 400 as that of Knative's webhook
 */
export function knativeValidation(reader: Reader): Validator {
  const settings = platformSettings(reader);
  const isThere = (webhook: string) =>
    reader.get({ resource: CONFIGURATIONS, namespace: '', name: webhook }) !== undefined;

  return ({ operation, resource, subresource, object, old, user }: AdmissionAttributes) => {
    if ((operation !== 'CREATE' && operation !== 'UPDATE') || subresource !== '' || object === undefined) return;
    const judge = JUDGES.get(kindKey(resource.group, resource.kind));
    if (judge === undefined || isThere(judge.webhook)) return;
    // of before this was asked, it may be such that Knative never took it: nothing must hold up what goes
    if (old !== undefined && isBeingDeleted(old)) return;

    const message = judge.refusalOf({
      object,
      old: operation === 'UPDATE' ? old : undefined,
      user: user.name,
      settings: settings(),
    });
    if (message !== '') throw denied(judge.webhook, { ...BAD_REQUEST, message });
  };
}

function servingRefusal({ object, old, settings }: Asked): string {
  const errors = validate(object, settings.serving, old === undefined ? {} : { old });
  // what the schema does not have is dropped without a word, as it is where Knative runs
  return sentenceOf(errors.filter(({ message }) => !message.startsWith('unknown field ')));
}

function eventingRefusal(asked: Asked): string {
  return sentenceOf([...validateEventing(asked.object, asked.settings.eventing), ...changesOf(asked)]);
}

function kafkaSinkRefusal(asked: Asked): string {
  return sentenceOf([...validateKafkaSink(asked.object), ...changesOf(asked)]);
}

function changesOf({ object, old, user }: Asked): FieldError[] {
  return old === undefined ? [] : validateEventingChange(object, old, user);
}

/** What could not be decoded was not validated; Go tells it without what is right. */
function sentenceOf(errors: readonly FieldError[]): string {
  const undecoded = errors.map(undecodedAs).filter((error) => error !== undefined);
  if (undecoded.length > 0) return `decoding request failed: ${printFieldErrors(undecoded)}`;
  return errors.length === 0 ? '' : `validation failed: ${printFieldErrors(errors)}`;
}

function undecodedAs({ path, message }: FieldError): FieldError | undefined {
  if (message.startsWith('cannot decode ')) return { path, message };
  if (!message.startsWith('unknown field ')) return undefined;
  const field = JSON.stringify(steps(path).at(-1));
  return { path, message: `cannot decode incoming new object: json: unknown field ${field}` };
}
