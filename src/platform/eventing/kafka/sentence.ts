/** What goes wrong with a Kafka, as sentences. Errors of the client hold its options: they are never logged themselves. */
import type { KafkaAccess } from './access.ts';

/** The sentence, without anything that stands in a Secret. */
export function kafkaSentence(error: unknown, { servers, security }: KafkaAccess): string {
  const at = servers.join(', ');
  const sentence = sentenceFor(leavesOf(error), at);
  const secrets = [security.sasl?.password ?? '', security.tls?.key ?? ''].filter((secret) => secret !== '');
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), sentence);
}

const REFUSED = 'the connection is refused; is it started, and is this its address?';
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: REFUSED,
  ENOTFOUND: 'its name does not resolve; look at bootstrapServers',
  EAI_AGAIN: 'its name does not resolve; look at bootstrapServers',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'no answer came',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ERR_SOCKET_BAD_PORT: 'its port is none; write servers as host:port',
};
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|HOSTNAME_MISMATCH|ERR_TLS|ERR_SSL|ERR_OSSL/;

interface Leaf {
  readonly code: string;
  readonly apiId: string;
  readonly message: string;
}

function sentenceFor(leaves: readonly Leaf[], at: string): string {
  for (const { code, apiId, message } of leaves) {
    if (code === 'PLT_KFK_AUTHENTICATION' || apiId === 'SASL_AUTHENTICATION_FAILED') {
      return `Kafka at ${at} refused the credentials: ${message}`;
    }
  }
  for (const { code, apiId, message } of leaves) {
    if (CERTIFICATE.test(code)) return `the TLS of Kafka at ${at} is not accepted: ${message}`;
    const topic = /^Unknown topic (.*)\.$/.exec(message)?.[1];
    if (topic !== undefined) return `there is no topic ${topic} at ${at}; create it, or name one that is there`;
    if (apiId.endsWith('AUTHORIZATION_FAILED')) return `Kafka at ${at} does not allow it (${apiId}): ${message}`;
    const network = NETWORK[code];
    if (network !== undefined) return `no Kafka answers at ${at}: ${network}`;
  }
  for (const { code, message } of leaves) {
    if (code === 'PLT_KFK_TIMEOUT') return `Kafka at ${at} does not answer: ${message}`;
  }
  const messages = [...new Set(leaves.map(({ message }) => message))].slice(-2).join(' ');
  return `Kafka at ${at} is not to be worked with: ${messages}`;
}

const DEEPEST = 10;

/** Those behind it first: what failed on the way, and what it failed of. */
function leavesOf(error: unknown, depth = 0): Leaf[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST)
    return [{ code: '', apiId: '', message: String(error) }];
  const text = (name: string): string => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : '';
  };
  const behind: unknown[] = [];
  const errors: unknown = Reflect.get(error, 'errors');
  if (Array.isArray(errors)) behind.push(...errors);
  const cause: unknown = Reflect.get(error, 'cause');
  if (cause !== undefined && cause !== null) behind.push(cause);
  const own = { code: text('code'), apiId: text('apiId'), message: text('message') };
  return [...behind.flatMap((each) => leavesOf(each, depth + 1)), own];
}
