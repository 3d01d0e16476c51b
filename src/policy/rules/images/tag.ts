import { stringAt } from '../../../kubernetes/json.ts';
import { workloads } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * A tag that says which build runs.
 *
 * A Revision resolves its tag to a digest once (knative/serving pkg/reconciler/revision/resolve.go), so that `latest`
 * names another image in each Revision, and nobody can say which.
 */
export const imageTag = defineRule({
  id: 'images/tag',
  title: 'images name a tag other than latest, or a digest',
  why: '`latest` is whatever was pushed last: two Revisions of one manifest run different code, and a rollback rolls nothing back.',
  howToFix: 'Name the version that was built, such as `registry.example.com/shop/cart:1.4.2`, or its digest.',
  kinds: workloads,
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

  judge(subject) {
    const violations: Violation[] = [];
    for (const container of subject.template?.containers ?? []) {
      const image = stringAt(container.value, 'image');
      if (image === undefined || image.includes('@')) continue;

      const tag = tagOf(image);
      if (tag !== undefined && tag !== 'latest') continue;
      violations.push({
        path: join(container.path, 'image'),
        message: `image ${image} of ${container.name} has ${tag === undefined ? 'no tag' : 'the tag latest'}; name the version that was built`,
      });
    }
    return violations;
  },
});

/** The part behind the last colon, unless that colon belongs to the registry's port. */
function tagOf(image: string): string | undefined {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(colon + 1) : undefined;
}
