import { configMap } from '../../../kubernetes/kinds.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeTexts } from './literals.ts';
import {
  hasPasswordField,
  isLiteral,
  knownToken,
  looksRandom,
  namesKey,
  namesSecret,
  urlsWithPassword,
} from './secretValues.ts';

/**
 * No secret stands in a manifest as text: in a variable, an argument or a ConfigMap.
 *
 * Found by a name that says so (DB_PASSWORD, API_KEY), by a form that its issuer made recognisable, by a password in
 * a connection string, and, under a name that ends in KEY, by looking drawn at random. The text itself is never told.
 */
export const securityCredential = defineRule({
  id: 'security/credential',
  title: 'no credential stands in a manifest as text',
  why: 'What is in Git is read by everybody who has a clone, for ever, and what is in a variable by everybody who may see the pod.',
  howToFix:
    'Change the credential, since it has been read; put the new one in a Secret that does not come from Git, and refer to it with valueFrom.secretKeyRef.',
  kinds: [...podHolders, configMap],
  action: 'deny',
  isConfidential: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        env:
        - name: DB_PASSWORD
          value: hunter2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        env:
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: cart-secrets, key: db-password}}
`,
  },

  judge(subject) {
    return judgeTexts(subject, credentialIn);
  },
});

function credentialIn(name: string | undefined, value: string): string | undefined {
  const token = knownToken(value);
  if (token !== undefined) return `holds ${token}`;
  if (value.includes('://') && urlsWithPassword(value).length > 0) return undefined; // security/url-password says it
  if (name !== undefined && value.length < 4096 && !value.includes('\n')) {
    if (namesSecret(name) && isLiteral(value)) return 'holds a credential, by its name';
    if (looksRandom(value) && namesKey(name)) return 'holds a key, by its name and form';
  }
  return value.includes('=') && hasPasswordField(value) ? 'holds a connection string with a password' : undefined;
}
