import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { matchesImage } from './pattern.ts';
import { imagesUsed } from './used.ts';

/** Images from registries that the policy allows. How a pattern is read: pattern.ts. */
export const imageRegistry = defineRule({
  id: 'images/registry',
  title: 'images come from an allowed registry',
  why: "What runs was built, scanned and kept by somebody who answers for it; an image from elsewhere can change, vanish or be somebody else's.",
  howToFix: 'Push the image to an allowed registry and name it there, or add its registry to `images.registries`.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com.evil.io/shop/cart:1.4.2
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
`,
  },

  judge(subject, { policy }) {
    const allowed = policy.images?.registries;
    if (allowed === undefined) return [];

    const violations: Violation[] = [];
    for (const { text, reference, path, user } of imagesUsed(subject.template)) {
      if (allowed.some((pattern) => matchesImage(pattern, reference))) continue;
      const full = `${reference.host}/${reference.path}`;
      const meaning = text.startsWith(full) ? '' : `, which is ${full},`;
      violations.push({
        path,
        message: `image ${text}${meaning} of ${user} comes from no registry that ${policy.name} allows (${allowed.join(', ') || 'none'})`,
      });
    }
    return violations;
  },
});
