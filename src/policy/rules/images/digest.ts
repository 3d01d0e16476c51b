import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { saysNothing } from './tag.ts';
import { imagesUsed } from './used.ts';

const DIGEST = /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

/**
 * A digest, which names exactly one image for ever.
 *
 * Knative resolves a tag to a digest once for each Revision (knative/serving pkg/reconciler/revision/resolve.go), so
 * pods of one Revision agree; Git, a rollback to it and other kinds of workload still only know the tag.
 */
export const imageDigest = defineRule({
  id: 'images/digest',
  title: 'images are pinned by digest',
  why: 'A tag can be pushed again: the digest says which bytes were tested, and that the same ones run.',
  howToFix:
    'Append the digest that your build prints, and keep the tag for people: `registry.example.com/shop/cart:1.4.2@sha256:…`.',
  kinds: podHolders,
  action: 'warn',
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
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
`,
  },

  judge(subject, { policy }) {
    const isTagJudged = (policy.actions['images/tag'] ?? policy.actions['images/*']) !== 'off';
    const violations: Violation[] = [];
    for (const { text, reference, path, user } of imagesUsed(subject.template)) {
      const { digest } = reference;
      if (digest !== undefined && DIGEST.test(digest)) continue;
      if (isTagJudged && saysNothing(reference, policy)) continue; // images/tag asks for a tag or a digest already
      const what = digest === undefined ? 'has no digest' : 'has a digest that is none';
      violations.push({ path, message: `image ${text} of ${user} ${what}; append @sha256: and its 64 digits` });
    }
    return violations;
  },
});
