import { asString, stringAt } from '../../../kubernetes/json.ts';
import { knativeService } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { targetsOf } from './traffic.ts';

/**
 * Longer names are cut and hashed where Knative makes a Revision's name of them (knative/pkg kmeta/names.go), so that
 * nothing can be said about the beginning.
 */
const LONGEST_NAME = 57;

/**
 * Traffic goes to Revisions that can exist.
 *
 * A Service's Revisions are called `<service>-00001` or as the template says, which must begin with `<service>-`, and
 * its Route takes no other Service's Revisions (knative/serving pkg/reconciler/route/traffic/traffic.go). More cannot be
 * known from Git: an older Revision stands in no manifest.
 */
export const unknownRevision = defineRule({
  id: 'serving/unknown-revision',
  title: 'traffic goes to Revisions that can be those of the Service',
  why: 'Knative accepts any name, and then the Route waits for a Revision that nobody will ever make: no change of traffic takes effect again.',
  howToFix: 'Name a Revision of this Service: they begin with the name of the Service and a dash.',
  kinds: [knativeService],
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata: {name: cart-v2}
    spec:
      containers:
      - image: registry.example.com/shop/cart:2.0.0
  traffic:
  - {revisionName: cart-v2, percent: 10}
  - {revisionName: v1, percent: 90}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata: {name: cart-v2}
    spec:
      containers:
      - image: registry.example.com/shop/cart:2.0.0
  traffic:
  - {revisionName: cart-v2, percent: 10}
  - {revisionName: cart-v1, percent: 90}
`,
  },

  judge(subject) {
    const name = stringAt(subject.object, 'metadata', 'name') ?? '';
    if (name === '' || name.length > LONGEST_NAME) return [];

    const violations: Violation[] = [];
    const prefix = `${name}-`;
    const ownName = asString(subject.template?.metadata.name) ?? '';
    for (const { path, revisionName } of targetsOf(subject.object)) {
      if (revisionName === '' || revisionName.startsWith(prefix)) continue;
      violations.push({
        path: join(path, 'revisionName'),
        message: `traffic goes to ${revisionName}, which cannot be a Revision of ${name}: their names begin with ${prefix}`,
        ...(ownName === `${prefix}${revisionName}`
          ? { fix: [{ set: join(path, 'revisionName'), value: ownName }] }
          : {}),
      });
    }
    return violations;
  },
});
