/** The story without kubectl: the same requests, as any program may send them. */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { request } from 'node:https';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import type { Manifest, Played, Player } from './player.ts';

const SERVICES = '/apis/serving.knative.dev/v1';
const TIMEOUT_MS = 30_000;

interface Access {
  /** `https://127.0.0.1:7443` */
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

interface Answer {
  readonly status: number;
  /** Of its `Warning` headers. */
  readonly warnings: readonly string[];
  readonly body: JsonObject;
}

/** @param kubeconfig the administrator's */
export function requestPlayer(kubeconfig: string): Player {
  const access = accessIn(kubeconfig);
  return {
    name: 'requests over HTTPS',
    async apply(namespace, manifest) {
      const path = `${SERVICES}/namespaces/${namespace}/services`;
      const [document] = readManifests(manifest.text, manifest.file).documents;
      return played(typedOf(path, manifest), await ask(access, 'POST', path, JSON.stringify(document?.object)));
    },
    async listServices() {
      const path = `${SERVICES}/services`;
      const { body } = await ask(access, 'GET', path);
      const names = arrayAt(body, 'items').map((item) => {
        return `${stringAt(item, 'metadata', 'namespace')}/${stringAt(item, 'metadata', 'name')}`;
      });
      return { typed: `GET ${path}`, output: names.join('\n'), isRefused: false };
    },
    async service(namespace, name) {
      const { status, body } = await ask(access, 'GET', `${SERVICES}/namespaces/${namespace}/services/${name}`);
      if (status !== 200) throw new Error(`the API server does not show ${name} of ${namespace}: ${messageOf(body)}`);
      return body;
    },
  };
}

function typedOf(path: string, { file, changes }: Manifest): string {
  return [`POST ${path}`, `${file}${changes.length > 0 ? ', changed by sed:' : ''}`, ...changes].join('\n    ');
}

function played(typed: string, { status, warnings, body }: Answer): Played {
  const isRefused = status >= 300;
  const outcome = `${status} ${STATUS_CODES[status]}${isRefused ? `: ${messageOf(body)}` : ''}`;
  return { typed, output: [...warnings.map((text) => `Warning: ${text}`), outcome].join('\n'), isRefused };
}

function messageOf(body: JsonObject): string {
  return stringAt(body, 'message') ?? '';
}

/** Of a kubeconfig as `weir up` writes it: in JSON. */
function accessIn(kubeconfig: string): Access {
  const read: unknown = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const file = isObject(read) ? read : {};
  const [server, token] = [
    stringAt(file, 'clusters', 0, 'cluster', 'server'),
    stringAt(file, 'users', 0, 'user', 'token'),
  ];
  const ca = stringAt(file, 'clusters', 0, 'cluster', 'certificate-authority-data');
  if (server === undefined || token === undefined || ca === undefined) {
    throw new Error(`${kubeconfig} names no server with its CA, or no token`);
  }
  return { server, token, ca: Buffer.from(ca, 'base64').toString() };
}

function ask({ server, ca, token }: Access, method: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const options = { method, ca, headers, timeout: TIMEOUT_MS, agent: false } as const;
    const sent = request(`${server}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const object: unknown = JSON.parse(text);
        resolve({
          status: response.statusCode ?? 0,
          warnings: warningsOf(response),
          body: isObject(object) ? object : {},
        });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} is not answered`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** `299 - "…"`, with what is quoted escaped. */
function warningsOf({ headersDistinct }: IncomingMessage): string[] {
  return (headersDistinct.warning ?? []).flatMap((header) => {
    const [, text] = /^299 \S+ "((?:[^"\\]|\\.)*)"/.exec(header) ?? [];
    return text === undefined ? [] : [text.replaceAll(/\\(.)/g, '$1')];
  });
}
