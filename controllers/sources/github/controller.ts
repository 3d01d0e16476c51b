/** GitHubSources: wires their controller, and brings one of them on. A key is its namespace and name. */
import { gitHubOrigins, gitHubProblem, gitHubSecret } from '../../../src/knative/eventing/sources/github.ts';
import { overridesOf, overridesProblem } from '../../../src/knative/eventing/sources/overrides.ts';
import { sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import { type Addressables, followAddressables } from '../../eventing/addressables.ts';
import { ownKey } from '../../eventing/keys.ts';
import type { MakeController, Outcome, Round, Tools } from '../../manager/controller.ts';
import { keyOf, placeOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { SINK_PROVIDED, setAttributes, setSink } from '../status.ts';
import type { SourceSurroundings } from '../surroundings.ts';

export const gitHubSources: Resource = {
  group: 'sources.knative.dev',
  version: 'v1alpha1',
  plural: 'githubsources',
  kind: 'GitHubSource',
  isNamespaced: true,
};

const SECRETS = 'SecretsProvided';
const WEBHOOK = 'WebhookConfigured';
const DEPENDENTS = [SECRETS, SINK_PROVIDED, WEBHOOK];
/** A Secret that is missing comes without that anything here hears of it. */
const LOOK_AGAIN_MS = 5000;

type Dependencies = Tools & SourceSurroundings & { readonly store: Store; readonly addressables: Addressables };

export function gitHubSourceController(surroundings: SourceSurroundings): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: gitHubSources, keysOf: ownKey });
    return {
      name: 'githubsources',
      rights: [{ resource: gitHubSources, subresource: 'status', verbs: ['update'] }],
      reconcile: (key, round) => reconcile(key, round, { ...tools, ...surroundings, store, addressables }),
      leave: (key) => surroundings.hooks.remove(key),
    };
  };
}

async function reconcile(key: string, { client }: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const { namespace, name } = placeOf(key);
  const source = tools.store.find(namespace, name);
  tools.addressables.forget(key);
  if (source === undefined || isBeingDeleted(source)) {
    tools.hooks.remove(key);
    return undefined;
  }
  const status = new StatusDraft(source, DEPENDENTS);
  const { conditions } = status;
  await look(source, status, tools);
  if (conditions.is('Ready', 'True')) tools.hooks.set(key, { source, url: status.text('sinkUri') });
  else tools.hooks.remove(key);
  await writeStatus(client, gitHubSources, source, status.toJson(tools.clock.now()));
  return conditions.is(SECRETS, 'False') ? { again: new Date(tools.clock.now().getTime() + LOOK_AGAIN_MS) } : undefined;
}

/** In the order of Knative's own controller. The access token is not looked at: nothing is asked of GitHub. */
async function look(source: JsonObject, status: StatusDraft, tools: Dependencies): Promise<void> {
  const { conditions } = status;
  const key = keyOf(source);
  const { namespace } = placeOf(key);
  const missing = await secretProblem(source, namespace, tools);
  if (missing !== undefined) {
    conditions.markFalse(SECRETS, 'SecretTokenNotFound', missing);
    return;
  }
  conditions.markTrue(SECRETS);
  const sink = tools.addressables.resolverFor({ namespace, key })(objectAt(source, 'spec')?.sink);
  if (!sink.ok) {
    conditions.markFalse(SINK_PROVIDED, 'NotFound', sink.message);
    return;
  }
  setSink(status, sink);
  const problem = gitHubProblem(source) ?? overridesProblem(overridesOf(source));
  if (problem !== undefined) {
    conditions.markFalse(WEBHOOK, 'InvalidSource', problem);
    return;
  }
  const url = `${tools.hooksUrl}/${key}`;
  status.set('address', { name: 'http', url });
  conditions.markTrue(
    WEBHOOK,
    'NotRegistered',
    `GitHub, which cannot reach this machine, was told nothing: lead its webhooks to ${url}`,
  );
  setAttributes(status, gitHubOrigins(source));
}

async function secretProblem(
  source: JsonObject,
  namespace: string,
  { secretOf }: Dependencies,
): Promise<string | undefined> {
  const secret = gitHubSecret(source);
  if (secret === undefined) return 'missing Secret key selector';
  try {
    const value = await secretOf({ namespace, ...secret });
    return value === ''
      ? `key ${JSON.stringify(secret.key)} of Secret ${JSON.stringify(secret.name)} is empty`
      : undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}
