import { objectAt, stringAt } from '../../../kubernetes/json.ts';
import { namespace } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { join, pointer } from '../../../kubernetes/pointer.ts';
import { defineRule } from '../../engine/rule.ts';
import { ENVIRONMENT_LABEL } from '../../environmentLabel.ts';

const LABELS = pointer('metadata', 'labels');

/** The label by which admission knows which policy holds in a namespace. */
export const namespaceEnvironment = defineRule({
  id: 'namespace/environment',
  title: 'a namespace carries the label of its environment',
  why: "The label `weir.dev/environment` decides which policy judges what is applied to a namespace. Without it nothing is judged there, and with another environment's the wrong policy judges.",
  howToFix: 'Set the label `weir.dev/environment` to the environment that the namespace belongs to.',
  kinds: [namespace],
  action: 'warn',
  examples: {
    bad: `
apiVersion: v1
kind: Namespace
metadata: {name: shop-prod}
`,
    good: `
apiVersion: v1
kind: Namespace
metadata:
  name: shop-prod
  labels: {weir.dev/environment: prod}
`,
  },

  judge({ object, name }, { policy }) {
    const label = stringAt(object, 'metadata', 'labels', ENVIRONMENT_LABEL);
    if (label === policy.name) return [];

    const path = join(LABELS, ENVIRONMENT_LABEL);
    if (label === undefined) {
      const message = `${withName('Namespace', name)} has no label ${ENVIRONMENT_LABEL}, so that nothing in it is judged in the cluster; set it to ${policy.name}`;
      const place = objectAt(object, 'metadata') === undefined ? '' : LABELS;
      return [{ path: place, message, fix: [{ set: path, value: policy.name }] }];
    }
    const message = `${withName('Namespace', name)} is in ${label} by its label ${ENVIRONMENT_LABEL}, and is judged for ${policy.name} here; let the two agree`;
    return [{ path, message }];
  },
});
