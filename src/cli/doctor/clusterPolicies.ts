/** The policies by which a cluster judges: those of the ConfigMap that its Deployment mounts, else those of a folder. */
import { createHash } from 'node:crypto';
import type { PolicyFacts } from '../../doctor/cluster/facts.ts';
import { WEIR_NAMESPACE } from '../../doctor/cluster/facts.ts';
import { seenIn } from '../../doctor/look.ts';
import { configMaps } from '../../kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { describeError } from '../../policy/load/error.ts';
import { isPolicyFile, loadPolicies } from '../../policy/load/load.ts';
import { everyRule } from '../../policy/rules/every.ts';
import { findPolicies } from '../policy/folder.ts';
import type { Looking } from './looking.ts';

/**
 * @param deployment of the webhook; undefined where there is none
 * @param named by `--policies`
 */
export async function policiesOf(
  deployment: JsonObject | undefined,
  looking: Looking,
  named: string | undefined,
  cwd: string,
): Promise<PolicyFacts> {
  const name = mountedBy(deployment);
  const configMap =
    name === undefined ? undefined : { name, look: await looking.get(configMaps, { namespace: WEIR_NAMESPACE, name }) };
  const data = objectAt(seenIn(configMap?.look), 'data');
  if (configMap !== undefined && data !== undefined) {
    const shownAs = `ConfigMap ${configMap.name}`;
    const files = filesOf(data);
    const { resolvePolicies } = await import('../../policy/load/resolve.ts');
    const { policies, errors } = resolvePolicies(
      files.map(({ name: file, text }) => ({ file, text })),
      { ruleIds: everyRule.map(({ id }) => id) },
    );
    return {
      shownAs,
      areClusters: true,
      byName: policies,
      errors: errors.map(describeError),
      hash: hashOf(files),
      configMap,
    };
  }
  const { folder, shownAs } = findPolicies(named, cwd);
  const { policies, errors } = await loadPolicies(folder, shownAs);
  return { shownAs, areClusters: false, byName: policies, errors: errors.map(describeError), hash: '', configMap };
}

/** The ConfigMap of the volume `policies` (overlays/base/deployment.yaml). */
function mountedBy(deployment: JsonObject | undefined): string | undefined {
  const volumes = arrayAt(deployment, 'spec', 'template', 'spec', 'volumes');
  return stringAt(
    volumes.find((volume) => stringAt(volume, 'name') === 'policies'),
    'configMap',
    'name',
  );
}

interface File {
  readonly name: string;
  readonly text: string;
}

/** As the kubelet mounts them. */
function filesOf(data: JsonObject): File[] {
  return Object.keys(data)
    .filter(isPolicyFile)
    .sort()
    .flatMap((name) => {
      const text = stringAt(data, name);
      return text === undefined ? [] : [{ name, text }];
    });
}

/** The hash that src/process/policies/folder.ts gives the mounted folder. */
export function hashOf(files: readonly File[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) {
    for (const part of [name, text]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return hash.digest('hex').slice(0, 12);
}
