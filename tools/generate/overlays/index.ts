/** Writes what hangs on the rule catalogue, on what rules look up, on what controllers need, and on the policies: parts of overlays/base, and policies/kustomization.yaml. */
import { readdirSync } from 'node:fs';
import { writeGenerated } from '../generated.ts';
import { controllerClusterRole, controllerRole } from './controllerRights.ts';
import { environmentsOf } from './environments.ts';
import { clusterRole } from './rights.ts';
import { joiningConfiguration, mutatingConfiguration, validatingConfiguration } from './webhooks.ts';

const POLICIES = 'policies';

function policyKustomization(): string {
  const names = readdirSync(POLICIES).filter((name) => /\.ya?ml$/.test(name) && name !== 'kustomization.yaml');
  return `# Written by tools/generate/overlays from the files of this folder: npm run generate
# The policies as the ConfigMap that the webhook reads. It lies here because Kustomize reads no file outside of its root;
# its name carries a hash, so that a changed policy is a new ConfigMap, rolled out like an image and rolled back like one.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
configMapGenerator:
- name: weir-policies
  files:
${names
  .sort()
  .map((name) => `  - ${name}\n`)
  .join('')}`;
}

const policies = await environmentsOf(POLICIES);
writeGenerated('overlays/base/mutating-webhooks.yaml', mutatingConfiguration(policies));
writeGenerated('overlays/base/validating-webhooks.yaml', validatingConfiguration(policies));
writeGenerated('overlays/components/default-environment/mutating-webhooks.yaml', joiningConfiguration('dev'));
writeGenerated('overlays/base/cluster-role.yaml', clusterRole());
writeGenerated('overlays/base/controller-cluster-role.yaml', controllerClusterRole(policies));
writeGenerated('overlays/base/controller-role.yaml', controllerRole(policies));
writeGenerated(`${POLICIES}/kustomization.yaml`, policyKustomization());
