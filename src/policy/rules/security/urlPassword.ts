import { configMap } from '../../../kubernetes/kinds.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeTexts } from './literals.ts';
import { urlsWithPassword } from './secretValues.ts';

/** No URL carries a user and a password (RFC 3986 section 3.2.1). The URL itself is never told. */
export const securityUrlPassword = defineRule({
  id: 'security/url-password',
  title: 'no URL in a manifest carries a password',
  why: 'A connection string is logged, traced and shown in errors, and its password with it.',
  howToFix:
    'Change the password, since it has been read; keep the whole URL in a Secret, or build it from parts of which the password comes from one.',
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
        - name: DATABASE_URL
          value: postgres://cart:hunter2@db.example.com:5432/cart
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
        - name: DATABASE_URL
          value: postgres://cart:$(DB_PASSWORD)@db.example.com:5432/cart
`,
  },

  judge(subject) {
    return judgeTexts(subject, urlIn);
  },
});

function urlIn(_name: string | undefined, value: string): string | undefined {
  if (!value.includes('://')) return undefined;
  const [scheme] = urlsWithPassword(value);
  if (scheme === undefined) return undefined;
  return `holds a ${scheme === '' ? '' : `${scheme} `}URL with a password`;
}
