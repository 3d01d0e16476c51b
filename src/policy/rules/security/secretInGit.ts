import { objectAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { secret } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { isPlaceholder } from './secretValues.ts';

/**
 * No Secret comes from Git in the clear: base64 is no encryption.
 *
 * This is about manifests, not about clusters, where a Secret has its data by nature: an object that an API server has
 * seen (it has a uid or a resourceVersion), and one that somebody sends to it, are left alone.
 */
export const securitySecretInGit = defineRule({
  id: 'security/secret-in-git',
  title: 'no Secret comes from Git in the clear',
  why: 'base64 is no encryption: whoever has a clone has the Secret, and history keeps it after it is taken out.',
  howToFix:
    'Change the secret, since it has been read; keep it in a SealedSecret, an ExternalSecret or a file that SOPS encrypts.',
  kinds: [secret],
  action: 'warn',
  isConfidential: true,
  examples: {
    bad: `
apiVersion: v1
kind: Secret
metadata: {name: db-credentials}
type: Opaque
data: {password: aHVudGVyMg==}
`,
    good: `
apiVersion: v1
kind: Secret
metadata: {name: db-credentials}
type: Opaque
stringData: {password: "\${DB_PASSWORD}"}
`,
  },

  judge({ object, name }, { user }) {
    if (user !== undefined || isFromCluster(object.metadata) || valueAt(object, 'sops') !== undefined) return [];
    for (const field of ['data', 'stringData']) {
      const entries = Object.entries(objectAt(object, field) ?? {});
      if (!entries.some(([, value]) => typeof value === 'string' && value !== '' && !isPlaceholder(value))) continue;
      return [
        {
          path: `/${field}`,
          message: `${withName('Secret', name)} stands in the manifest in the clear; let a SealedSecret or an ExternalSecret make it`,
        },
      ];
    }
    return [];
  },
});

function isFromCluster(metadata: Parameters<typeof stringAt>[0]): boolean {
  return stringAt(metadata, 'uid') !== undefined || stringAt(metadata, 'resourceVersion') !== undefined;
}
