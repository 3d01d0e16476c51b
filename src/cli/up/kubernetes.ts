/** A real kube-apiserver with etcd on this machine, as the tests of a checkout build and start it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sentenceOf } from '../../kubernetes/client/errors.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../kubernetes/json.ts';
import { Failure } from '../failure.ts';
import { packageRoot } from '../package.ts';
import { type Platform, WEBHOOK } from './platform.ts';

/** tools/controlplane/start.ts, as far as it is used here: a package has no tools, so that it is found at run time. */
interface Tools {
  startControlPlane(): Promise<{
    readonly server: string;
    readonly ca: string;
    readonly kubeconfig: string;
    stop(): Promise<void>;
  }>;
}

/**
 * Takes the programs from KUBEBUILDER_ASSETS or from an earlier build, and builds them where neither has them.
 *
 * @throws Failure outside of a checkout, and where Go is needed and missing
 */
export async function startKubernetes(): Promise<Platform> {
  const file = path.join(packageRoot(), 'tools/controlplane/start.ts');
  if (!existsSync(file)) {
    throw new Failure(
      '--kubernetes needs a checkout of Weir, which knows how to build one; leave it out, or clone Weir',
    );
  }
  const tools: Tools = await import(pathToFileURL(file).href);
  try {
    const { server, ca, kubeconfig, stop } = await tools.startControlPlane();
    return { server, ca, kubeconfig, kind: 'kube-apiserver', keepsState: false, leadingTo, stop };
  } catch (error) {
    throw new Failure(`no Kubernetes could be started: ${sentenceOf(error)}`);
  }
}

/**
 * The API server is outside of the cluster's network, where a ClusterIP leads nowhere: the Service becomes a name of
 * this machine, and since such a Service maps no ports, the configurations name the webhook's own.
 */
export function leadingTo(port: number, objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.map((object) => {
    if (stringAt(object, 'kind') === 'Service' && stringAt(object, 'metadata', 'name') === WEBHOOK.name) {
      return { ...object, spec: { type: 'ExternalName', externalName: 'localhost' } };
    }
    const webhooks = arrayAt(object, 'webhooks');
    return webhooks.length === 0 ? object : { ...object, webhooks: webhooks.map((webhook) => atPort(webhook, port)) };
  });
}

function atPort(webhook: JsonValue, port: number): JsonValue {
  const service = objectAt(webhook, 'clientConfig', 'service');
  if (!isObject(webhook) || service === undefined) return webhook;
  return { ...webhook, clientConfig: { ...objectAt(webhook, 'clientConfig'), service: { ...service, port } } };
}
