/**
 * Secrets that pull images: which registries they hold a login for. Nothing here hands out what a Secret contains.
 *
 * Types and keys: k8s.io/api core/v1 types.go (SecretTypeDockerConfigJson, SecretTypeDockercfg). How a registry is found
 * among the entries: kubernetes pkg/credentialprovider/keyring.go (schemes and paths aside, `*` stands for one part of
 * a host).
 */
import { isObject, type JsonObject, type JsonValue, stringAt, valueAt } from './json.ts';

export const DOCKER_CONFIG_JSON = 'kubernetes.io/dockerconfigjson';
export const DOCKER_CFG = 'kubernetes.io/dockercfg';

export type DockerConfig =
  | { readonly state: 'read'; readonly path: string; readonly logins: readonly RegistryLogin[] }
  | { readonly state: 'other type' }
  | { readonly state: 'no data'; readonly key: string }
  | { readonly state: 'unreadable'; readonly path: string };

export interface RegistryLogin {
  /** The host as kubelet compares it: `registry.example.com`, `*.example.com`. */
  readonly host: string;
  /** False where the entry holds neither `auth` nor a user name and a password. */
  readonly isComplete: boolean;
}

const KEYS: Readonly<Record<string, string>> = {
  [DOCKER_CONFIG_JSON]: '.dockerconfigjson',
  [DOCKER_CFG]: '.dockercfg',
};

/** The Secret's key for its type; undefined for a type that pulls nothing. */
export function dockerConfigKey(type: string): string | undefined {
  return Object.hasOwn(KEYS, type) ? KEYS[type] : undefined;
}

export function readDockerConfig(secret: JsonObject): DockerConfig {
  const type = stringAt(secret, 'type') ?? '';
  const key = dockerConfigKey(type);
  if (key === undefined) return { state: 'other type' };

  const plain = stringAt(secret, 'stringData', key);
  const encoded = stringAt(secret, 'data', key);
  if (plain === undefined && encoded === undefined) return { state: 'no data', key };

  const path = plain === undefined ? `/data/${key}` : `/stringData/${key}`;
  const config = parse(plain ?? Buffer.from(encoded ?? '', 'base64').toString('utf8'));
  const logins = type === DOCKER_CFG ? config : valueAt(config, 'auths');
  return isObject(logins) ? { state: 'read', path, logins: loginsIn(logins) } : { state: 'unreadable', path };
}

/** JSON's own error would quote the text. */
function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function loginsIn(entries: JsonObject): RegistryLogin[] {
  return Object.entries(entries).map(([registry, entry]) => ({
    host: hostOf(registry),
    isComplete: isComplete(entry),
  }));
}

function isComplete(entry: JsonValue | undefined): boolean {
  if (stringAt(entry, 'auth') || stringAt(entry, 'identitytoken')) return true;
  return Boolean(stringAt(entry, 'username')) && Boolean(stringAt(entry, 'password'));
}

function hostOf(registry: string): string {
  const withoutScheme = registry.slice(registry.indexOf('://') < 0 ? 0 : registry.indexOf('://') + 3);
  const slash = withoutScheme.indexOf('/');
  const host = (slash < 0 ? withoutScheme : withoutScheme.slice(0, slash)).toLowerCase();
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

/** The login for the registry's host, or undefined. */
export function loginFor(host: string, logins: readonly RegistryLogin[]): RegistryLogin | undefined {
  return logins.find((login) => login.host === host || matchesParts(login.host, host));
}

function matchesParts(pattern: string, host: string): boolean {
  if (!pattern.includes('*')) return false;
  const wanted = pattern.split('.');
  const parts = host.split('.');
  return wanted.length === parts.length && wanted.every((part, index) => part === '*' || part === parts[index]);
}
