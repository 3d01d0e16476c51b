/** Weir's overlays for an API server that calls a webhook on this machine. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { arrayAt, isObject, type JsonObject } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import type { ControlPlane } from '../controlPlane.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface OverlayOptions {
  /** `dev`, `staging`, `prod`: the cluster's grade. */
  readonly grade: string;
  /** Where the webhook listens on this machine. */
  readonly port: number;
  /** Of overlays/components, by name. */
  readonly components?: readonly string[];
}

/**
 * What `kubectl kustomize` builds of an overlay, with the one component on top that leads the webhook's Service to this
 * machine. All else is as users apply it, the ServiceAccount's rights above all.
 */
export async function overlayOutside(
  { kubectl }: Pick<ControlPlane, 'kubectl'>,
  { grade, port, components = [] }: OverlayOptions,
): Promise<JsonObject[]> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'weir-overlay-')));
  try {
    const at = (name: string) => path.relative(folder, path.join(ROOT, name));
    const added = ['tools/controlplane/weir/outside', ...components.map((name) => `overlays/components/${name}`)];
    const fields = `resources: [${at(`overlays/${grade}`)}]\ncomponents: [${added.map(at).join(', ')}]\n`;
    writeFileSync(path.join(folder, 'kustomization.yaml'), fields);
    const { code, stdout, stderr } = await kubectl(['kustomize', folder]);
    if (code !== 0 || stderr !== '') throw new Error(`kubectl kustomize of ${grade}: ${stderr}`);
    const { documents, errors } = readManifests(stdout, grade);
    if (errors.length > 0) throw new Error(`${grade}: ${errors.map(({ message }) => message).join(', ')}`);
    return documents.map(({ object }) => atPort(object, port));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The configurations refer to a Service, and an ExternalName maps no ports. */
function atPort(object: JsonObject, port: number): JsonObject {
  if (!String(object.kind).endsWith('WebhookConfiguration')) return object;
  const webhooks = arrayAt(object, 'webhooks')
    .filter(isObject)
    .map((entry) => {
      const { clientConfig } = entry;
      const service = isObject(clientConfig) ? clientConfig.service : undefined;
      return { ...entry, clientConfig: { service: { ...(isObject(service) ? service : {}), port } } };
    });
  return { ...object, webhooks };
}
