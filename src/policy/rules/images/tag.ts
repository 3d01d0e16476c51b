import type { ImageReference } from '../../../kubernetes/image.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';
import { imagesUsed } from './used.ts';

/**
 * A tag that says which build runs.
 *
 * A Revision resolves its tag to a digest once (knative/serving pkg/reconciler/revision/resolve.go), so that `latest`
 * names another image in each Revision, and nobody can say which.
 */
export const imageTag = defineRule({
  id: 'images/tag',
  title: 'images name a tag that stays, or a digest',
  why: '`latest` is whatever was pushed last: two Revisions of one manifest run different code, and a rollback rolls nothing back.',
  howToFix: 'Name the version that was built, such as `registry.example.com/shop/cart:1.4.2`, or its digest.',
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
      - image: registry.example.com/shop/cart:latest
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
    const violations: Violation[] = [];
    for (const { text, reference, path, user } of imagesUsed(subject.template)) {
      if (!saysNothing(reference, policy)) continue;
      const { tag } = reference;
      violations.push({
        path,
        message: `image ${text} of ${user} has ${tag === undefined ? 'no tag' : `the tag ${tag}`}; name the version that was built`,
      });
    }
    return violations;
  },
});

const LATEST = ['latest'];

/** True for an image without a digest whose tag is missing or moves. */
export function saysNothing({ tag, digest }: ImageReference, policy: EffectivePolicy): boolean {
  if (digest !== undefined) return false;
  const moving = policy.images?.movingTags ?? LATEST;
  return tag === undefined || moving.some((pattern) => matchesPattern(pattern, tag));
}
