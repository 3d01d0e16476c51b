/** A kubeconfig, or several laid over each other as kubectl does: the first that names something wins. */
import path from 'node:path';
import { type Cluster, newClusters, newUsers, type User } from '@kubernetes/client-node/dist/config_types.js';
import { load } from 'js-yaml';
import type { Clock } from '../clock.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { Access, Pem } from './access.ts';
import { type Credentials, execCredentials, fixedCredentials, tokenFile } from './credentials.ts';
import { ConnectionError, sentenceOf } from './errors.ts';

export interface KubeconfigText {
  readonly file: string;
  readonly text: string;
}

/** An entry of `clusters`, `contexts` or `users`, and the file's folder, from which relative paths count. */
interface Entry {
  readonly value: JsonObject;
  readonly folder: string;
}

export function readKubeconfig(
  texts: readonly KubeconfigText[],
  { context: asked, clock }: { readonly context?: string; readonly clock: Clock },
): Access {
  const files = texts.map(({ file, text }) => ({
    file,
    folder: path.dirname(path.resolve(file)),
    root: parse(file, text),
  }));
  const where = files.map(({ file }) => file).join(', ');
  const find = (list: string, name: string): Entry | undefined => {
    for (const { root, folder } of files) {
      const value = arrayAt(root, list).find((item) => stringAt(item, 'name') === name);
      if (isObject(value)) return { value, folder };
    }
    return undefined;
  };

  const current = files.map(({ root }) => stringAt(root, 'current-context') ?? '').find((name) => name !== '');
  const contextName = asked ?? current;
  if (contextName === undefined) throw broken(`${where} has no current-context; name one with --context`);
  const context = find('contexts', contextName);
  if (context === undefined) throw broken(`${where} has no context "${contextName}"${others(files, contextName)}`);

  const clusterName = stringAt(context.value, 'context', 'cluster') ?? '';
  const cluster = find('clusters', clusterName);
  if (cluster === undefined)
    throw broken(`context "${contextName}" of ${where} names cluster "${clusterName}", which is not there`);
  const userName = stringAt(context.value, 'context', 'user') ?? '';
  const user = userName === '' ? undefined : find('users', userName);
  if (user === undefined && userName !== '') {
    throw broken(`context "${contextName}" of ${where} names user "${userName}", which is not there`);
  }
  const namespace = stringAt(context.value, 'context', 'namespace') || 'default';
  return accessOf({ contextName, namespace, cluster, user, where, clock });
}

function parse(file: string, text: string): JsonObject {
  try {
    const root: unknown = load(text);
    if (isObject(root)) return root;
  } catch (error) {
    // what follows are the lines around the place, and a kubeconfig holds secrets
    const [sentence = ''] = sentenceOf(error).split('\n', 1);
    throw broken(`the kubeconfig ${file} is no YAML: ${sentence}`);
  }
  throw broken(`the kubeconfig ${file} is no mapping`);
}

function others(files: readonly { readonly root: JsonObject }[], asked: string): string {
  const names = files.flatMap(({ root }) => arrayAt(root, 'contexts').map((item) => stringAt(item, 'name') ?? ''));
  const there = [...new Set(names)].filter((name) => name !== '' && name !== asked);
  return there.length === 0 ? '' : `; there are ${there.join(', ')}`;
}

interface Parts {
  readonly contextName: string;
  readonly namespace: string;
  readonly cluster: Entry;
  readonly user: Entry | undefined;
  readonly where: string;
  readonly clock: Clock;
}

function accessOf({ contextName, namespace, cluster, user, where, clock }: Parts): Access {
  const [server] = understood(() => newClusters([cluster.value]), where);
  if (server === undefined) throw broken(`the cluster of context "${contextName}" of ${where} is empty`);
  if (server.proxyUrl !== undefined) {
    throw broken(
      `cluster "${server.name}" of ${where} has a proxy-url, which Weir does not use; name the API server's own address`,
    );
  }
  if (!/^https?:\/\//.test(server.server)) {
    throw broken(`cluster "${server.name}" of ${where} has the server ${server.server}; write https://…`);
  }
  const who = user === undefined ? undefined : userOf(user, where);
  const cert = pem(user?.folder ?? '', who?.certFile, who?.certData);
  const key = pem(user?.folder ?? '', who?.keyFile, who?.keyData);
  const ca = pem(cluster.folder, server.caFile, server.caData);
  return {
    server: server.server.replace(/\/+$/, ''),
    context: contextName,
    namespace,
    credentials:
      user === undefined || who === undefined ? fixedCredentials({}) : credentialsOf(who, user, server, where, clock),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(server.tlsServerName === undefined ? {} : { serverName: server.tlsServerName }),
    isUnverified: server.skipTLSVerify,
  };
}

/** The user as client-node reads one, but for `tokenFile`: client-node reads that once, and it rotates. */
function userOf({ value }: Entry, where: string): User | undefined {
  const { 'token-file': _, tokenFile: __, ...rest } = objectAt(value, 'user') ?? {};
  const [user] = understood(() => newUsers([{ ...value, user: rest }]), where);
  return user;
}

function credentialsOf(
  user: User,
  { value, folder }: Entry,
  cluster: Cluster,
  where: string,
  clock: Clock,
): Credentials {
  const headers: Record<string, string> = {};
  if (user.impersonateUser != null) headers['impersonate-user'] = user.impersonateUser;

  // kubectl writes tokenFile, client-node reads token-file
  const file = stringAt(value, 'user', 'tokenFile') ?? stringAt(value, 'user', 'token-file');
  if (file !== undefined) return tokenFile(path.resolve(folder, file), headers, clock);
  if (user.token !== undefined) return fixedCredentials({ ...headers, authorization: `Bearer ${user.token}` });
  if (user.username != null) {
    const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
    return fixedCredentials({ ...headers, authorization: `Basic ${basic}` });
  }
  if (user.exec != null) return execCredentials(withFolder(user, folder), execInfo(user, cluster), headers, clock);
  if (user.authProvider != null) {
    throw broken(
      `user "${user.name}" of ${where} has an auth-provider, which Kubernetes gave up in 1.26; use exec, a token or a client certificate`,
    );
  }
  return fixedCredentials(headers);
}

/** A command with a slash in it counts from the kubeconfig's folder (client-go tools/clientcmd). */
function withFolder(user: User, folder: string): User {
  const command: unknown = user.exec.command;
  if (typeof command !== 'string' || !command.includes('/')) return user;
  return { ...user, exec: { ...user.exec, command: path.resolve(folder, command) } };
}

/** What the command learns of who asks (k8s.io/client-go/pkg/apis/clientauthentication/v1). */
function execInfo(user: User, cluster: Cluster): object {
  const about = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify,
    'certificate-authority-data': cluster.caData,
  };
  return {
    apiVersion: user.exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(user.exec.provideClusterInfo === true ? { cluster: about } : {}) },
  };
}

function pem(folder: string, file: string | undefined, data: string | undefined): Pem | undefined {
  // client-go lets data win over the file
  if (data != null) return { text: Buffer.from(data, 'base64').toString('utf8') };
  return file == null ? undefined : { file: path.resolve(folder, file) };
}

function understood<Value>(read: () => Value, where: string): Value {
  try {
    return read();
  } catch (error) {
    throw broken(`${where} is no kubeconfig: ${sentenceOf(error)}`);
  }
}

function broken(message: string): ConnectionError {
  return new ConnectionError('KUBECONFIG', message);
}
