/** Asks one webhook (k8s.io/apiserver pkg/util/webhook/client.go, k8s.io/client-go rest/request.go). */

import type { Clock } from '../../../kubernetes/clock.ts';
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { goKind } from '../status/goKind.ts';
import type { Reader } from '../store/store.ts';
import { type Answer, Connection, type Target } from './connection.ts';
import { CallFailure, denied, withoutDryRun } from './failures.ts';
import { readVerdict, reviewOf, type Seen, type Verdict } from './review.ts';
import { placeOf, type ServiceResolver } from './services.ts';
import type { Address, Webhook } from './webhook.ts';

/** As many webhooks keep connections as kube-apiserver keeps clients. */
const MAX_CONNECTIONS = 30;
const DRY: readonly (string | undefined)[] = ['None', 'NoneOnDryRun'];

export interface CallerOptions {
  readonly store: Reader;
  readonly resolve: ServiceResolver | undefined;
  readonly clock: Clock;
  /** A new uid for each review. */
  readonly uid: () => string;
}

export class Caller {
  readonly #options: CallerOptions;
  /** By address and bundle; the one used last stands last. */
  readonly #connections = new Map<string, Connection>();

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * @returns what an allowing webhook has to say
   * @throws Failure where it denies, or must not be asked on a dry run; CallFailure where it gives no answer
   */
  async ask(webhook: Webhook, attributes: Seen, warn: (sentence: string) => void): Promise<Verdict> {
    if (attributes.dryRun && !DRY.includes(webhook.sideEffects)) throw withoutDryRun(webhook.name);
    if (webhook.reviewVersion === undefined) {
      const known = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
      throw new CallFailure(webhook.name, `could not create admission objects: ${known}`);
    }
    const uid = this.#options.uid();
    const review = await this.#post(webhook, reviewOf(attributes, uid, webhook.reviewVersion));
    const verdict = readVerdict(review, uid, webhook);
    for (const warning of verdict.warnings) warn(warning);
    if (!verdict.isAllowed) throw denied(webhook.name, verdict.status);
    return verdict;
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  async #post(webhook: Webhook, review: JsonObject): Promise<JsonValue> {
    const connection = this.#connectionTo(webhook);
    try {
      return bodyOf(await connection.post(JSON.stringify(review), webhook.timeoutSeconds));
    } catch (error) {
      throw new CallFailure(webhook.name, `failed to call webhook: ${messageOf(error)}`);
    }
  }

  #connectionTo(webhook: Webhook): Connection {
    const { address, caBundle, name } = webhook;
    if (address === undefined) throw noClient(name, 'webhook configuration must have either service or URL');
    const id = JSON.stringify([address, caBundle]);
    const connection =
      this.#connections.get(id) ?? new Connection(this.#targetOf(address, caBundle, name), this.#options.clock);
    this.#connections.delete(id);
    this.#makeRoom();
    this.#connections.set(id, connection);
    return connection;
  }

  /** Closes what was used longest ago. Where more webhooks than that are being asked, all of them stay. */
  #makeRoom(): void {
    for (const [id, connection] of this.#connections) {
      if (this.#connections.size < MAX_CONNECTIONS) return;
      if (connection.isInUse) continue;
      this.#connections.delete(id);
      connection.close();
    }
  }

  #targetOf(address: Address, caBundle: string | undefined, webhook: string): Target {
    if ('url' in address) return urlTarget(address.url, caBundle, webhook);
    const { namespace, name, port, path } = address;
    const { store, resolve } = this.#options;
    const serverName = `${name}.${namespace}.svc`;
    const place = () => placeOf({ namespace, name, port }, store, resolve);
    return { origin: `https://${serverName}:${port}`, path, serverName, caBundle, place };
  }
}

function urlTarget(text: string, caBundle: string | undefined, webhook: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw noClient(webhook, `Unparsable URL: parse ${JSON.stringify(text)}: invalid URL`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const place = { host, port: url.port === '' ? 443 : Number(url.port) };
  return { origin: `https://${url.host}`, path: url.pathname, serverName: host, caBundle, place: () => place };
}

function noClient(webhook: string, why: string): CallFailure {
  const inner = `failed calling webhook ${JSON.stringify(webhook)}: ${why}`;
  return new CallFailure(webhook, `could not get REST client: ${inner}`);
}

/** @throws Error where the answer is an error of HTTP, or no JSON object */
function bodyOf({ status, contentType, body }: Answer): JsonValue {
  const value = parse(body);
  if (status >= 200 && status <= 206) {
    if (isObject(value)) return value;
    throw new Error(noReview(status, contentType, body, value));
  }
  // A Status speaks for itself.
  const isStatus = stringAt(value, 'kind') === 'Status' && stringAt(value, 'status') !== 'Success';
  const message = isStatus ? stringAt(value, 'message') : undefined;
  throw new Error(message ?? httpSentence(status, /^text\//.test(contentType) ? body.trim() : 'unknown'));
}

function parse(body: string): JsonValue | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What Go says that it would have read. */
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What is no JSON at all is taken for a text, as YAML takes it. */
function noReview(status: number, contentType: string, body: string, value: JsonValue = ''): string {
  if (body === '') return `0-length response with status code: ${status} and content type: ${contentType}`;
  const fault = `json: cannot unmarshal ${goKind(value)} into Go value of type ${TYPE_META}`;
  return `couldn't get version/kind; json parse error: ${fault}`;
}

/** What client-go makes of a status without a Status (k8s.io/apimachinery pkg/api/errors, NewGenericServerResponse). */
const HTTP_SENTENCES: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function httpSentence(status: number, said: string): string {
  if (status === 403 || status === 406 || status === 415) return said;
  const known = HTTP_SENTENCES[status];
  if (known !== undefined) return known;
  if (status >= 500)
    return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
