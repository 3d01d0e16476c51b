/** `--set max-scale=10,target=50`: the settings that are tried beside the manifest's own. */
import {
  AUTOSCALING_ANNOTATIONS,
  AUTOSCALING_GROUP,
  annotationOfKey,
  KPA,
} from '../../knative/autoscaling/annotations.ts';
import { effectiveClass } from '../../knative/autoscaling/effective.ts';
import { annotationErrors } from '../../knative/autoscaling/validate.ts';
import type { JsonObject, JsonValue } from '../../kubernetes/json.ts';
import { oneLine } from '../../report/safeText.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';
import type { FoundService } from './service.ts';

export interface Variant {
  /** As it was asked for. */
  readonly label: string;
  /** By their whole key. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly containerConcurrency?: number;
}

const PREFIX = `${AUTOSCALING_GROUP}/`;
/** The one setting of a template beside its annotations that the autoscaler minds. */
const CONCURRENCY = 'containerConcurrency';
const MOST_CONCURRENCY = 1000;
/** What can be tried: the names without their group, and containerConcurrency. */
const NAMES = [...AUTOSCALING_ANNOTATIONS.map(([key]) => key.slice(PREFIX.length)), CONCURRENCY];

/** @throws Failure that says which part cannot be read, and what would be right */
export function readVariant(text: string): Variant {
  const annotations: Record<string, string> = {};
  let containerConcurrency: number | undefined;
  for (const part of text.split(',')) {
    const [name = '', ...values] = part.split('=');
    const value = values.join('=').trim();
    const key = `${PREFIX}${name.trim().replace(PREFIX, '')}`;
    if (values.length === 0 || value === '') {
      throw new Failure(`--set ${oneLine(text)}: "${oneLine(part)}" is no KEY=VALUE, such as max-scale=10`);
    }
    if (name.trim() === CONCURRENCY) containerConcurrency = concurrencyOf(value, text);
    else if (annotationOfKey(key) !== undefined) annotations[key] = value;
    else {
      const meant = didYouMean(name.trim(), NAMES) || ` (one of ${NAMES.join(', ')})`;
      throw new Failure(`--set ${oneLine(text)}: the autoscaler knows no "${oneLine(name.trim())}"${meant}`);
    }
  }
  return { label: oneLine(text), annotations, ...(containerConcurrency === undefined ? {} : { containerConcurrency }) };
}

function concurrencyOf(value: string, text: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number <= MOST_CONCURRENCY) return number;
  throw new Failure(`--set ${oneLine(text)}: containerConcurrency is a whole number from 0 to ${MOST_CONCURRENCY}`);
}

/** The Service with a variant laid over it. @throws Failure with Knative's own words where it would refuse it */
export function withVariant(
  service: FoundService,
  variant: Variant,
): { annotations: JsonObject; containerConcurrency: number } {
  const annotations: Record<string, JsonValue | undefined> = { ...service.annotations };
  for (const [key, value] of Object.entries(variant.annotations)) {
    // another spelling of the same annotation would come first
    for (const other of annotationOfKey(key) ?? []) delete annotations[other];
    annotations[key] = value;
  }
  const [error] = annotationErrors(annotations, service.config);
  if (error !== undefined) {
    const asked = variant.label === 'as it is' ? 'the Service' : `--set ${variant.label}`;
    throw new Failure(`${asked}: Knative would refuse ${error.key}: ${error.message}`);
  }
  const path = '/spec/template/metadata/annotations';
  const { value: className } = effectiveClass({ annotations, path, config: service.config });
  if (className !== KPA) {
    throw new Failure(
      `the class ${oneLine(className)} is not simulated: weir simulate knows Knative's own autoscaler (${KPA})`,
    );
  }
  return { annotations, containerConcurrency: variant.containerConcurrency ?? service.containerConcurrency };
}
