/** The pull secrets of private registries, at pods that name none. */
import { placeIn } from '../../kubernetes/pointer.ts';
import type { Defaulter } from '../engine/default.ts';
import { accountSecrets, covers, FIELD, neededSecrets } from '../rules/images/pullSecrets.ts';
import { filledKinds } from './filledKinds.ts';

const pullSecret: Defaulter = {
  id: 'images/pull-secret',
  kinds: filledKinds,
  // images and accounts, too, into which nothing is filled
  reads: (path) => path.endsWith(`/${FIELD}`),

  fill(subject, context) {
    const { template } = subject;
    if (template === undefined || (template.spec[FIELD] ?? null) !== null) return [];

    const needed = neededSecrets(template, context);
    const [first] = needed;
    if (first === undefined) return [];

    // A pod's own list replaces its ServiceAccount's: what that has must not get lost.
    const { account, names } = accountSecrets(subject, template.spec, context);
    const missing = needed.filter((need) => !covers(names, need, subject, context));
    if (missing.length === 0) return [];
    const all = [...names, ...missing.map(({ pull }) => pull.secret)];
    return [
      {
        path: placeIn(template.specPath, FIELD),
        value: all.map((name) => ({ name })),
        from: first.from,
        ...(names.length === 0
          ? {}
          : { because: `with those of ServiceAccount ${account}, which a pod's own replace` }),
      },
    ];
  },
};

export const imagesDefaults: readonly Defaulter[] = [pullSecret];
