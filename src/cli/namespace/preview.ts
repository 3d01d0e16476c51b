/** `weir namespace preview`: what a namespace contains by the policy of its environment. */
import { guardRailsOf } from '../../guardrails/guardRails.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../kubernetes/names.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { findPolicies } from '../policy/folder.ts';
import { pickPolicy } from '../policy/use.ts';
import { namespaceIn, type Planned, plan } from './cluster.ts';
import { asJson, asText, asYaml, type Preview } from './output.ts';

export interface PreviewOptions extends ClusterOptions {
  readonly env?: string;
  readonly policies?: string;
  readonly output: string;
}

const FORMATS = ['text', 'yaml', 'json'] as const;

export async function preview(name: string, options: PreviewOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const output = outputFormat(options.output, FORMATS);
  if (dns1123LabelErrors(name).length > 0) {
    throw new Failure(`"${name}" is no name of a namespace; names have up to 63 lower-case letters, digits and dashes`);
  }
  const found = await look(name, options, io);
  if (output === 'yaml') io.stdout.write(asYaml(found));
  else if (output === 'json') io.stdout.write(asJson(found));
  else io.stdout.write(asText(found, context.colors(io.stdout)));
  return EXIT.clean;
}

async function look(name: string, options: PreviewOptions, io: Io): Promise<Preview> {
  const { env, kubeconfig, context } = options;
  const bare: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  if (env !== undefined && kubeconfig === undefined && context === undefined) {
    return previewOf(bare, await policyFor(env, options, io), undefined);
  }
  return withCluster(options, io, async (client) => {
    const namespace = await namespaceIn(client, name);
    const environment = env ?? stringAt(namespace, 'metadata', 'labels', ENVIRONMENT_LABEL);
    if (environment === undefined) throw new Failure(withoutEnvironment(name, namespace, client.name));
    const policy = await policyFor(environment, options, io);
    const { objects } = guardRailsOf(namespace ?? bare, policy);
    const planned = namespace === undefined ? [] : await plan(client, name, objects);
    return previewOf(namespace ?? bare, policy, { server: client.name, isThere: namespace !== undefined, planned });
  });
}

function withoutEnvironment(name: string, namespace: JsonObject | undefined, server: string): string {
  if (namespace === undefined)
    return `${server} has no namespace ${name}; --env names the environment that it would be in`;
  return `the namespace ${name} has no label ${ENVIRONMENT_LABEL} at ${server}; --env names the environment that it would be in`;
}

async function policyFor(environment: string, { policies }: PreviewOptions, io: Io): Promise<EffectivePolicy> {
  const { folder, shownAs } = findPolicies(policies, io.cwd);
  const set = await loadPolicies(folder, shownAs);
  const { policy } = pickPolicy(environment, set, shownAs);
  if (set.abstract.has(environment)) {
    throw new Failure(
      `the policy ${environment} is for others to extend, and no namespace is in it; there are ${[...set.policies.keys()].join(', ')}`,
    );
  }
  return policy;
}

function previewOf(
  namespace: JsonObject,
  policy: EffectivePolicy,
  cluster: { readonly server: string; readonly isThere: boolean; readonly planned: readonly Planned[] } | undefined,
): Preview {
  return {
    name: stringAt(namespace, 'metadata', 'name') ?? '',
    policy,
    rails: guardRailsOf(namespace, policy),
    cluster,
  };
}
