/** The Secret and the webhook configurations as an API server has them. */
import { isConflict, isNotFound } from '../../src/kubernetes/client/errors.ts';
import { type ListWatchOptions, listWatch } from '../../src/kubernetes/client/listWatch.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import {
  mutatingWebhookConfigurations,
  secrets,
  validatingWebhookConfigurations,
} from '../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { EMPTY } from './compose.ts';
import type { Material } from './examine.ts';
import type { CertificateStore, StoredConfiguration, StoredSecret } from './store.ts';

/** Asks for a new CA, whatever its value: `kubectl annotate secret weir-webhook-certificate weir.dev/rotate=now`. */
export const ROTATE_ANNOTATION = 'weir.dev/rotate';

const LABELS = { 'app.kubernetes.io/name': 'weir-webhook', 'app.kubernetes.io/managed-by': 'weir' };

export interface ClusterStoreOptions extends Pick<ListWatchOptions, 'client' | 'clock' | 'random' | 'log'> {
  readonly namespace: string;
  /** Of the Secret. */
  readonly secretName: string;
  /** `defaults.weir.dev` */
  readonly mutatingName: string;
  /** `policy.weir.dev` */
  readonly validatingName: string;
  /** For each call, in milliseconds: less than half of the timing's `takeUp`. */
  readonly timeoutMs: number;
}

export class ClusterStore implements CertificateStore {
  readonly #options: ClusterStoreOptions;

  constructor(options: ClusterStoreOptions) {
    this.#options = options;
  }

  async secret(): Promise<StoredSecret | undefined> {
    const { client, namespace, secretName: name, timeoutMs } = this.#options;
    const secret = await orNothing(client.get(secrets, { namespace, name }, { timeoutMs }));
    if (secret === undefined) return undefined;
    return {
      version: versionOf(secret),
      material: materialOf(objectAt(secret, 'data') ?? {}),
      isRotationAsked: objectAt(secret, 'metadata', 'annotations')?.[ROTATE_ANNOTATION] !== undefined,
    };
  }

  async configurations(): Promise<readonly StoredConfiguration[]> {
    const { client, timeoutMs } = this.#options;
    const found = await Promise.all(
      this.#targets().map(({ resource, name }) => orNothing(client.get(resource, { name }, { timeoutMs }))),
    );
    return found.filter((each) => each !== undefined).map(configurationOf);
  }

  createSecret(material: Material): Promise<boolean> {
    const { client, namespace, secretName: name, timeoutMs } = this.#options;
    const metadata = { namespace, name, labels: LABELS };
    // the type asks that tls.crt and tls.key are there; they may be empty
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data: dataOf(material) };
    return unlessOvertaken(client.create(secrets, secret, { timeoutMs }), false);
  }

  replaceSecret(version: string, material: Material, answersRequest: boolean): Promise<boolean> {
    const { client, namespace, secretName: name, timeoutMs } = this.#options;
    const annotations = answersRequest ? { annotations: { [ROTATE_ANNOTATION]: null } } : {};
    const body = { metadata: { resourceVersion: version, labels: LABELS, ...annotations }, data: dataOf(material) };
    return unlessOvertaken(client.patch(secrets, { namespace, name }, { type: 'merge', body }, { timeoutMs }), true);
  }

  publish({ name, version, webhooks }: StoredConfiguration, pem: string): Promise<boolean> {
    const { client, timeoutMs } = this.#options;
    const target = this.#targets().find((each) => each.name === name);
    if (target === undefined) return Promise.resolve(false);
    const caBundle = base64(pem);
    // merges by the webhooks' names (api/admissionregistration/v1/types.go), and touches nothing else in them
    const body = {
      metadata: { resourceVersion: version },
      webhooks: webhooks.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
    };
    return unlessOvertaken(client.patch(target.resource, { name }, { type: 'strategic', body }, { timeoutMs }), true);
  }

  watch(changed: () => void): () => void {
    const { client, clock, random, log, namespace, secretName } = this.#options;
    const common = { client, clock, random, log, keep: bare };
    const watches = [
      listWatch({ ...common, resource: secrets, namespace, fieldSelector: `metadata.name=${secretName}` }),
      ...this.#targets().map(({ resource, name }) =>
        listWatch({ ...common, resource, fieldSelector: `metadata.name=${name}` }),
      ),
    ];
    for (const { store } of watches) store.onChange(changed);
    return () => {
      for (const each of watches) each.stop();
    };
  }

  #targets(): { readonly resource: Resource; readonly name: string }[] {
    const { mutatingName, validatingName } = this.#options;
    return [
      { resource: mutatingWebhookConfigurations, name: mutatingName },
      { resource: validatingWebhookConfigurations, name: validatingName },
    ];
  }
}

/** That it changed is all that a watch has to tell: no cache holds a key. */
function bare({ apiVersion = '', kind = '', metadata }: JsonObject): JsonObject {
  const kept = ['namespace', 'name', 'uid', 'resourceVersion'] as const;
  return { apiVersion, kind, metadata: Object.fromEntries(kept.map((key) => [key, stringAt(metadata, key) ?? ''])) };
}

function configurationOf(object: JsonObject): StoredConfiguration {
  const uid = stringAt(object, 'metadata', 'uid') ?? '';
  const webhooks = arrayAt(object, 'webhooks').map((webhook) => ({
    name: stringAt(webhook, 'name') ?? '',
    pem: text(stringAt(webhook, 'clientConfig', 'caBundle')),
  }));
  return {
    name: stringAt(object, 'metadata', 'name') ?? '',
    version: versionOf(object),
    // an API server counts it up with every change of the webhooks (validatingwebhookconfiguration/strategy.go)
    generation: `${uid}/${numberAt(object, 'metadata', 'generation') ?? versionOf(object)}`,
    webhooks,
  };
}

function versionOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'resourceVersion') ?? '';
}

function materialOf(data: JsonObject): Material {
  return {
    'ca.crt': text(stringAt(data, 'ca.crt')),
    'ca.key': text(stringAt(data, 'ca.key')),
    'previous-ca.crt': text(stringAt(data, 'previous-ca.crt')),
    'tls.crt': text(stringAt(data, 'tls.crt')),
    'tls.key': text(stringAt(data, 'tls.key')),
  };
}

/** The names stand in one place only. */
function dataOf(material: Material): JsonObject {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...EMPTY, ...material })) data[key] = base64(value);
  return data;
}

function base64(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64');
}

function text(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString('utf8');
}

async function orNothing(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** False where the object has changed since it was read, is there already, or is gone. */
async function unlessOvertaken(answer: Promise<JsonObject>, isGoneToo: boolean): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (isConflict(error) || (isGoneToo && isNotFound(error))) return false;
    throw error;
  }
}
