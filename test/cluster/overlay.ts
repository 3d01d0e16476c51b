/** Weir's overlays on the API server of the tests, which calls a webhook on this machine. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import type { ControlPlane } from '../../tools/controlplane/controlPlane.ts';
import { objectsAt, objectsIn } from '../overlays/read.ts';

export interface OverlayOptions {
  /** `dev`, `staging`, `prod`: the cluster's grade. */
  readonly grade: string;
  /** Where the webhook listens on this machine. */
  readonly port: number;
}

/**
 * What `kubectl kustomize` builds of an overlay, with the one component on top that leads the webhook's Service to this
 * machine. All else is as users apply it, the ServiceAccount's rights above all.
 */
export async function overlay({ kubectl }: ControlPlane, { grade, port }: OverlayOptions): Promise<JsonObject[]> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'weir-overlay-')));
  try {
    const at = (name: string) => path.relative(folder, path.resolve(name));
    const fields = `resources: [${at(`overlays/${grade}`)}]\ncomponents: [${at('test/cluster/outside')}]\n`;
    writeFileSync(path.join(folder, 'kustomization.yaml'), fields);
    const { code, stdout, stderr } = await kubectl(['kustomize', folder]);
    if (code !== 0 || stderr !== '') throw new Error(`kubectl kustomize of ${grade}: ${stderr}`);
    return objectsIn(stdout, grade).map((object) => atPort(object, port));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The configurations refer to a Service, and an ExternalName maps no ports. */
function atPort(object: JsonObject, port: number): JsonObject {
  if (!String(object.kind).endsWith('WebhookConfiguration')) return object;
  const webhooks = objectsAt(object, 'webhooks').map((entry) => {
    const { clientConfig } = entry;
    const service = isObject(clientConfig) ? clientConfig.service : undefined;
    return { ...entry, clientConfig: { service: { ...(isObject(service) ? service : {}), port } } };
  });
  return { ...object, webhooks };
}

/**
 * Applies an overlay as one apply, strictly. After the suite its entries are taken away, since those that fail closed
 * would stop the suites that come after; all else may stay, and the next one applies over it.
 *
 * @returns what was applied, as `kubectl -f -` reads it
 */
export async function applyOverlay(controlPlane: ControlPlane, options: OverlayOptions): Promise<string> {
  const { kubectl } = controlPlane;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await overlay(controlPlane, options) });
  applied.push(controlPlane);
  const { code, stderr } = await kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], list);
  if (code !== 0 || stderr !== '') throw new Error(`kubectl apply of ${options.grade}: ${stderr}`);
  return list;
}

const applied: ControlPlane[] = [];
afterAll(async () => {
  for (const controlPlane of new Set(applied)) await removeEntries(controlPlane);
});

/** Leaves all of Weir in place but what the API server asks. */
export async function removeEntries({ kubectl }: ControlPlane): Promise<void> {
  const entries = ['mutatingwebhookconfiguration/defaults.weir.dev', 'validatingwebhookconfiguration/policy.weir.dev'];
  await kubectl(['delete', '--ignore-not-found', ...entries]);
}
