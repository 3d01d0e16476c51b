/**
 * How Kafka is reached, out of Secrets (knative-extensions/eventing-kafka-broker control-plane/pkg/security/secret.go,
 * secrets_provider_net_spec.go). What stands in a Secret is in no sentence here.
 */
import { type JsonObject, objectAt, stringAt, valueAt } from '../../kubernetes/json.ts';

/** The keys of a KafkaSink's Secret, by which those of a KafkaSource are called here, too. */
export const SECURITY_KEYS = [
  'protocol',
  'sasl.mechanism',
  'user',
  'password',
  'ca.crt',
  'user.crt',
  'user.key',
  'user.skip',
] as const;
export type SecurityKey = (typeof SECURITY_KEYS)[number];
export type SecurityData = Partial<Record<SecurityKey, string>>;

export type Mechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface KafkaSecurity {
  readonly sasl?: { readonly mechanism: Mechanism; readonly username: string; readonly password: string };
  /** PEM; without `ca` those of the machine count. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export type ReadSecurity =
  | { readonly ok: true; readonly security: KafkaSecurity }
  | { readonly ok: false; readonly problem: string };

const PROTOCOLS = ['PLAINTEXT', 'SASL_PLAINTEXT', 'SSL', 'SASL_SSL'];
const MECHANISMS: readonly Mechanism[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
const TRUE = /^(1|t|true)$/i;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----/;

export function kafkaSecurity(data: SecurityData): ReadSecurity {
  const protocol = data.protocol;
  if (protocol === undefined)
    return failed(`protocol required (key: protocol) supported protocols: [${PROTOCOLS.join(' ')}]`);
  if (!PROTOCOLS.includes(protocol)) {
    return failed(`the protocol is unsupported (key: protocol), supported protocols: [${PROTOCOLS.join(' ')}]`);
  }
  const sasl = protocol.startsWith('SASL') ? readSasl(protocol, data) : undefined;
  if (sasl !== undefined && !sasl.ok) return sasl;
  const tls = protocol.endsWith('SSL') ? readTls(protocol, data) : undefined;
  if (tls !== undefined && !tls.ok) return tls;
  return { ok: true, security: { ...sasl?.security, ...tls?.security } };
}

/** Which key of which Secret stands for what, of a KafkaSource's `net`. */
export function netSecrets(
  source: JsonObject,
): readonly { readonly as: SecurityKey; readonly name: string; readonly key: string }[] {
  const found: { as: SecurityKey; name: string; key: string }[] = [];
  for (const [as, part, field] of NET_FIELDS) {
    const ref = objectAt(source, 'spec', 'net', part, field, 'secretKeyRef');
    const name = stringAt(ref, 'name') ?? '';
    if (name !== '') found.push({ as, name, key: stringAt(ref, 'key') ?? '' });
  }
  return found;
}

/** Whether its credentials are asked for at all, as Kafka's name for it. */
export function netProtocol(source: JsonObject): string {
  const isSasl = valueAt(source, 'spec', 'net', 'sasl', 'enable') === true;
  const isTls = valueAt(source, 'spec', 'net', 'tls', 'enable') === true;
  if (isSasl) return isTls ? 'SASL_SSL' : 'SASL_PLAINTEXT';
  return isTls ? 'SSL' : 'PLAINTEXT';
}

const NET_FIELDS = [
  ['user.crt', 'tls', 'cert'],
  ['user.key', 'tls', 'key'],
  ['ca.crt', 'tls', 'caCert'],
  ['sasl.mechanism', 'sasl', 'type'],
  ['user', 'sasl', 'user'],
  ['password', 'sasl', 'password'],
] as const satisfies readonly (readonly [SecurityKey, string, string])[];

function readSasl(protocol: string, data: SecurityData): ReadSecurity {
  const { user = '', password = '' } = data;
  const named = data['sasl.mechanism'] ?? 'PLAIN';
  const mechanism = MECHANISMS.find((each) => each === named);
  if (mechanism === undefined) {
    return failed(
      `[protocol ${protocol}] unsupported SASL mechanism (key: sasl.mechanism); use one of ${MECHANISMS.join(', ')}`,
    );
  }
  if (user === '') return failed(`[protocol ${protocol}] SASL user required (key: user)`);
  if (password === '') return failed(`[protocol ${protocol}] SASL password required (key: password)`);
  return { ok: true, security: { sasl: { mechanism, username: user, password } } };
}

function readTls(protocol: string, data: SecurityData): ReadSecurity {
  const { 'ca.crt': ca, 'user.crt': cert, 'user.key': key } = data;
  if (ca !== undefined && !CERTIFICATE.test(ca))
    return failed(`[protocol ${protocol}] failed to parse CA certificates (key: ca.crt)`);
  const common = ca === undefined ? {} : { ca };
  // as in a cluster: with SASL the user is who SASL says
  if (protocol !== 'SSL' || TRUE.test(data['user.skip'] ?? '')) return { ok: true, security: { tls: common } };
  for (const [name, text, shape] of [
    ['user.key', key, PRIVATE_KEY],
    ['user.crt', cert, CERTIFICATE],
  ] as const) {
    if (text === undefined) {
      return failed(
        `[protocol ${protocol}] required user key (key: ${name}) - use "user.skip: true" to disable client auth`,
      );
    }
    if (!shape.test(text)) return failed(`[protocol ${protocol}] what stands there is no PEM (key: ${name})`);
  }
  if (PRIVATE_KEY.exec(key ?? '')?.[1] === 'RSA ') {
    return failed(
      `[protocol ${protocol}] unsupported user key format in user.key, 'PKCS #1' format is not supported, convert private key to 'PKCS #8'`,
    );
  }
  return { ok: true, security: { tls: { ...common, cert: cert ?? '', key: key ?? '' } } };
}

function failed(problem: string): ReadSecurity & { readonly ok: false } {
  return { ok: false, problem };
}
