/** With what Kafka is reached, read out of Secrets of the object's own namespace each time anew. */
import {
  kafkaSecurity,
  netProtocol,
  netSecrets,
  SECURITY_KEYS,
  type SecurityData,
} from '../../../src/knative/eventing/kafkaSecurity.ts';
import { sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import type { KafkaAccess } from '../../../src/platform/eventing/kafka/access.ts';
import type { SecretOf } from '../github/receiver.ts';

/** Of a KafkaSource's `net`. @throws Error with a sentence, in the words of a cluster's controller */
export async function accessBySource(
  source: JsonObject,
  servers: readonly string[],
  secretOf: SecretOf,
): Promise<KafkaAccess> {
  const { namespace } = referenceTo(source);
  const data: SecurityData = { protocol: netProtocol(source) };
  if (data.protocol === 'PLAINTEXT') return { servers, security: {} };
  for (const { as, name, key } of netSecrets(source)) {
    data[as] = await secretOf({ namespace, name, key }).catch((error: unknown) => {
      throw new Error(`failed to read secret ${namespace}/${name}: ${sentenceOf(error)}`);
    });
    if (data[as] === '') throw new Error(`missing secret key or empty secret value (${namespace}/${name}.${key})`);
  }
  return accessWith(servers, data);
}

/** Of the whole Secret that a KafkaSink names. @throws Error with a sentence */
export async function accessBySecret(
  { namespace, name }: { readonly namespace: string; readonly name: string | undefined },
  servers: readonly string[],
  secretData: SecretData,
): Promise<KafkaAccess> {
  if (name === undefined) return { servers, security: {} };
  const all = await secretData({ namespace, name }).catch((error: unknown) => {
    throw new Error(`failed to get secret ${namespace}/${name}: ${sentenceOf(error)}`);
  });
  const data: SecurityData = {};
  for (const key of SECURITY_KEYS) {
    const value = all.get(key);
    if (value !== undefined) data[key] = value;
  }
  return accessWith(servers, data);
}

/** All values of a Secret, by their keys. @throws Error where there is none */
export type SecretData = (secret: {
  readonly namespace: string;
  readonly name: string;
}) => Promise<ReadonlyMap<string, string>>;

function accessWith(servers: readonly string[], data: SecurityData): KafkaAccess {
  const read = kafkaSecurity(data);
  if (!read.ok) throw new Error(read.problem);
  return { servers, security: read.security };
}
