/** The entries of webhook configurations: whose they are, and where they lead. */
import { arrayAt, isObject, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { itemsOf } from '../look.ts';
import { type Answer, type ClusterFacts, MUTATING, VALIDATING } from './facts.ts';

export interface Entry {
  readonly configuration: string;
  readonly name: string;
  readonly failsClosed: boolean;
  /** `namespace/name` of its Service; undefined for one with a URL. */
  readonly service: string | undefined;
  readonly caBundle: string;
}

/** Every entry of every configuration. */
export function entriesOf({ mutating, validating }: Pick<ClusterFacts, 'mutating' | 'validating'>): Entry[] {
  return [...itemsOf(mutating), ...itemsOf(validating)].flatMap((configuration) =>
    arrayAt(configuration, 'webhooks')
      .filter(isObject)
      .map((entry) => entryOf(configuration, entry)),
  );
}

function entryOf(configuration: JsonObject, entry: JsonObject): Entry {
  const namespace = stringAt(entry, 'clientConfig', 'service', 'namespace');
  const name = stringAt(entry, 'clientConfig', 'service', 'name');
  return {
    configuration: nameOf(configuration),
    name: stringAt(entry, 'name') ?? '',
    failsClosed: (stringAt(entry, 'failurePolicy') ?? 'Fail') === 'Fail',
    service: namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`,
    caBundle: stringAt(entry, 'clientConfig', 'caBundle') ?? '',
  };
}

/** Whose webhook it is, as far as the doctor knows them. */
export function ownerOf(configuration: string): Answer['of'] | 'other' {
  if (configuration === MUTATING || configuration === VALIDATING) return 'weir';
  return configuration.endsWith('.knative.dev') ? 'knative' : 'other';
}
