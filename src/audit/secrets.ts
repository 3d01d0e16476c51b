/** What an audit keeps of a Secret. Nothing here hands out what a Secret contains. */
import { readDockerConfig } from '../kubernetes/dockerConfig.ts';
import { type JsonObject, stringAt } from '../kubernetes/json.ts';
import type { Keep } from '../kubernetes/keep.ts';
import { audited } from './keep.ts';

/**
 * The Secret with its type, and, where it pulls images, with the registries that it has a login for; the logins
 * themselves give way to a placeholder, so that no password stands in the memory of an audit.
 */
export const pullSecretOnly: Keep = (secret) => {
  const { data: _, stringData: __, ...rest } = audited(secret);
  const data = dataWithoutLogins(secret);
  return data === undefined ? rest : { ...rest, data };
};

const PLACEHOLDER = 'left-out';

function dataWithoutLogins(secret: JsonObject): JsonObject | undefined {
  const config = readDockerConfig(secret);
  switch (config.state) {
    case 'other type':
    case 'no data':
      return undefined;
    case 'unreadable':
      return { [keyIn(config.path)]: base64('unreadable') };
    case 'read': {
      const entries = config.logins.map(({ host, isComplete }) => [host, isComplete ? { auth: PLACEHOLDER } : {}]);
      const logins: JsonObject = Object.fromEntries(entries);
      const isOldForm = stringAt(secret, 'type') === 'kubernetes.io/dockercfg';
      return { [keyIn(config.path)]: base64(JSON.stringify(isOldForm ? logins : { auths: logins })) };
    }
  }
}

function keyIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
