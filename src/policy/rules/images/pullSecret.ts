import { isArray } from '../../../kubernetes/json.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { covers, effectiveNames, FIELD, neededSecrets } from './pullSecrets.ts';

/** Pods with an image of a private registry pull it with the secret that the policy names for it. */
export const imagePullSecret = defineRule({
  id: 'images/pull-secret',
  title: 'images of a private registry are pulled with its secret',
  why: 'Without a login the registry refuses the image, and the pod waits in ImagePullBackOff.',
  howToFix:
    "Add the registry's secret to the pod's imagePullSecrets. A Knative pod without a list gets it filled in; every other has to name it itself.",
  kinds: podHolders,
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      imagePullSecrets:
      - name: another
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
      imagePullSecrets:
      - name: regcred
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, context) {
    const { template } = subject;
    const needed = neededSecrets(template, context);
    if (template === undefined || needed.length === 0) return [];

    const names = effectiveNames(subject, template, context);
    const missing = needed.filter((need) => !covers(names, need, subject, context));
    const path = `${template.specPath}/${FIELD}`;
    const hasList = isArray(template.spec[FIELD]);
    return missing.map(({ pull, image }): Violation => {
      const entry = { name: pull.secret };
      // A pod's own list replaces its ServiceAccount's, whose names therefore come along.
      const all = [...names.map((name) => ({ name })), entry];
      const fix: Edit = hasList ? { set: `${path}/-`, value: entry } : { set: path, value: all };
      const have = names.length === 0 ? 'the pod has no pull secret' : `the pod's pull secrets are ${names.join(', ')}`;
      return {
        path,
        message: `image ${image.text} of ${image.user} is pulled with the secret ${pull.secret}, and ${have}; add ${pull.secret} to imagePullSecrets`,
        fix: [fix],
      };
    });
  },
});
