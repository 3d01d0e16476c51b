/**
 * Secrets that hold a ServiceAccount's token: filled in, and deleted with the account
 * (k8s.io/kubernetes pkg/controller/serviceaccount/tokens_controller.go).
 */
import type { Clock } from '../../../kubernetes/clock.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import type { SecretToken } from '../auth/tokens/secretTokens.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Reader, Stored, WatchEvent } from '../store/store.ts';
import { TOKEN_CONTROLLER, type Writes } from './writes.ts';

const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const WORKERS = 4;

export interface AccountSecretsOptions {
  readonly reader: Reader;
  readonly writes: Writes;
  readonly clock: Clock;
  /** The certificate that clients of this API server trust, as PEM. */
  readonly ca: string;
  /** A token without an end. */
  readonly secretToken: (content: SecretToken) => string;
  readonly failed: (what: string, error: unknown) => void;
}

export interface AccountSecrets {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

export function accountSecretController(options: AccountSecretsOptions): AccountSecrets {
  const { reader, writes, clock, ca, secretToken } = options;
  const queue = workQueue({
    clock,
    workers: WORKERS,
    failed: (id, error) => options.failed(`secret ${id}`, error),
    async work(id) {
      const [namespace = '', name = ''] = id.split('/');
      const stored = reader.get({ resource: 'secrets', namespace, name });
      if (stored !== undefined) await unlessOvertaken(ensure(stored));
      return undefined;
    },
  });

  async function ensure(stored: Stored): Promise<void> {
    const secret = stored.object();
    const name = accountOf(secret);
    if (name === '') return;

    const { namespace } = stored.key;
    const account = reader.get({ resource: 'serviceaccounts', namespace, name });
    const told = stringAt(secret, 'metadata', 'annotations', ACCOUNT_UID) ?? '';
    if (account === undefined || (told !== '' && told !== account.uid)) {
      const how = { preconditions: { uid: stored.uid }, propagation: 'Background' } as const;
      await writes.delete(TOKEN_CONTROLLER, stored.key, how);
      return;
    }
    const before = objectAt(secret, 'data') ?? {};
    const data: JsonObject = {
      ...before,
      'ca.crt': encoded(ca),
      namespace: before.namespace || encoded(namespace),
      token:
        before.token ||
        encoded(secretToken({ namespace, secret: stored.key.name, account: { name, uid: account.uid } })),
    };
    if (equals(data, before)) return;
    const metadata = objectAt(secret, 'metadata');
    const annotations = { ...objectAt(metadata, 'annotations'), [ACCOUNT_NAME]: name, [ACCOUNT_UID]: account.uid };
    await writes.update(TOKEN_CONTROLLER, stored.key, { ...secret, metadata: { ...metadata, annotations }, data }, '');
  }

  function add({ namespace, name }: Stored['key']): void {
    queue.add(`${namespace}/${name}`);
  }

  return {
    take({ type, stored }) {
      const { resource, namespace, name } = stored.key;
      if (resource === 'secrets') {
        if (type !== 'DELETED' && stored.json.includes(TYPE)) add(stored.key);
        return;
      }
      // one that is there has done nothing to its Secrets
      if (resource !== 'serviceaccounts' || type === 'MODIFIED') return;
      const matches = (secret: Stored) => secret.json.includes(TYPE) && accountOf(secret.object()) === name;
      for (const { key } of reader.list({ resource: 'secrets', namespace, matches }).items) add(key);
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

/** Empty of a Secret that holds something else. */
function accountOf(secret: JsonObject): string {
  return secret.type === TYPE ? (stringAt(secret, 'metadata', 'annotations', ACCOUNT_NAME) ?? '') : '';
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What somebody else has changed meanwhile tells of itself; what is gone needs nothing. */
async function unlessOvertaken(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof Failure) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}
