/** Who Weir is to the API server: a token, a token file that rotates, a command that gives one. */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import type { Clock } from '../clock.ts';
import { ConnectionError, sentenceOf, whyUnread } from './errors.ts';

export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  /** PEM, where a command gives a client certificate. */
  readonly cert?: string;
  readonly key?: string;
}

export interface Credentials {
  current(): Promise<Credential>;
  /** The server refused what `current` gave: the next is read anew. False where that can change nothing. */
  renew(): boolean;
}

export function fixedCredentials(headers: Readonly<Record<string, string>>): Credentials {
  return { current: async () => ({ headers }), renew: () => false };
}

/** The kubelet writes a new token when 80 % of the old one's life is over; client-go reads the file anew each minute. */
const TOKEN_AGE_MS = 60_000;

/**
 * The token of a file, which rotates: the kubelet swaps a ServiceAccount's. While the file cannot be read, the last
 * token that could be is used on.
 */
export function tokenFile(file: string, headers: Readonly<Record<string, string>>, clock: Clock): Credentials {
  let known: Credential | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function current(): Promise<Credential> {
    const now = clock.now().getTime();
    if (known !== undefined && Math.abs(now - readAt) < TOKEN_AGE_MS) return known;
    try {
      const token = (await readFile(file, 'utf8')).trim();
      if (token !== '') known = { headers: { ...headers, authorization: `Bearer ${token}` } };
    } catch (error) {
      if (known === undefined) {
        throw new ConnectionError('TOKEN', `the token file ${file} cannot be read: ${whyUnread(error)}`, error);
      }
    }
    if (known === undefined) throw new ConnectionError('TOKEN', `the token file ${file} is empty`);
    readAt = now;
    return known;
  }

  return {
    current,
    renew() {
      readAt = Number.NEGATIVE_INFINITY;
      return true;
    },
  };
}

/** How long a command may take to give a credential; one that asks a person in a browser takes a while. */
const EXEC_MS = 120_000;

/**
 * A command that gives the credential, as kubeconfig's `exec` names it; client-node runs it and remembers what it gave
 * until that expires.
 */
export function execCredentials(
  user: User,
  info: object,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
): Credentials {
  // KUBERNETES_EXEC_INFO is part of the contract (client-go pkg/apis/clientauthentication), and client-node leaves it out
  const environment = [...(user.exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
  const asked: User = { ...user, exec: { ...user.exec, env: environment } };
  let plugin: Promise<{ applyAuthentication(user: User, options: RequestOptions): Promise<void> }> | undefined;

  async function run(): Promise<Credential> {
    const options: RequestOptions = { headers: {} };
    plugin ??= import('@kubernetes/client-node/dist/exec_auth.js').then(({ ExecAuth }) => new ExecAuth());
    await (await plugin).applyAuthentication(asked, options);
    const authorization = Object.entries(options.headers ?? {}).find(([name]) => name === 'Authorization')?.[1];
    return {
      headers: typeof authorization === 'string' ? { ...headers, authorization } : headers,
      ...(typeof options.cert === 'string' ? { cert: options.cert } : {}),
      ...(typeof options.key === 'string' ? { key: options.key } : {}),
    };
  }

  let running: Promise<Credential> | undefined;
  return {
    async current() {
      // requests that start together share one run of the command
      running ??= withinTime(run(), clock).finally(() => {
        running = undefined;
      });
      try {
        return await running;
      } catch (error) {
        const command = String(user.exec.command);
        const message = `the command ${command} gave no credential for user ${user.name}: ${sentenceOf(error).trim()}`;
        throw new ConnectionError('EXEC', message, error);
      }
    },
    renew() {
      plugin = undefined;
      return true;
    },
  };
}

function withinTime<Value>(work: Promise<Value>, clock: Clock): Promise<Value> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(EXEC_MS, () => reject(new Error(`no answer within ${EXEC_MS / 1000} s`)));
    work.then(resolve, reject).finally(callOff);
  });
}
