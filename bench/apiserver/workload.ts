/** What both servers are asked for. */
import type { Call } from './load.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

export function creates(count: number, prefix: string): Call[] {
  return numbers(count).map((index) => ({
    method: 'POST',
    path: CONFIG_MAPS,
    body: configMap(`${prefix}-${index}`, 'a'),
  }));
}

export function gets(count: number, prefix: string): Call[] {
  return numbers(count).map((index) => ({ method: 'GET', path: `${CONFIG_MAPS}/${prefix}-${index}` }));
}

export function updates(count: number, prefix: string): Call[] {
  return numbers(count).map((index) => {
    const name = `${prefix}-${index}`;
    return { method: 'PUT', path: `${CONFIG_MAPS}/${name}`, body: configMap(name, 'b') };
  });
}

/** Server-side apply of Deployments: half of them new, half of them applied again with another image. */
export function applies(count: number): Call[] {
  return numbers(count).map((index) => {
    const name = `web-${index >> 1}`;
    const path = `${DEPLOYMENTS}/${name}?fieldManager=bench&force=true`;
    return { method: 'PATCH', path, body: deployment(name, index % 2), contentType: 'application/apply-patch+yaml' };
  });
}

export function lists(count: number): Call[] {
  return numbers(count).map(() => ({ method: 'GET', path: CONFIG_MAPS }));
}

/** About 1.2 kB as it is stored. */
function configMap(name: string, letter: string): string {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'bench' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels },
    data: { 'settings.properties': letter.repeat(700), mode: letter },
  });
}

function deployment(name: string, version: number): string {
  const labels = { app: name };
  const container = {
    name: 'web',
    image: `registry.example.com/shop/web:1.0.${version}`,
    ports: [{ containerPort: 8080 }],
    env: [{ name: 'MODE', value: 'bench' }],
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
  };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
