/** Guard rails that a namespace does without: named in its annotation, and only where the policy lets it. */
import { type JsonObject, stringAt } from '../kubernetes/json.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { GUARD_RAILS, type GuardRailName } from '../policy/model/namespace.ts';
import { didYouMean } from '../text/nearest.ts';
import { OPT_OUT } from './marks.ts';

export interface OptOut {
  readonly taken: ReadonlySet<GuardRailName>;
  /** What the annotation says in vain, each as a sentence. */
  readonly refused: readonly string[];
}

export function optOutOf(namespace: JsonObject, policy: EffectivePolicy): OptOut {
  const taken = new Set<GuardRailName>();
  const refused: string[] = [];
  const allowed = policy.namespace?.optOut?.allowed ?? [];
  const text = stringAt(namespace, 'metadata', 'annotations', OPT_OUT) ?? '';
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === '') continue;
    const known = GUARD_RAILS.find((each) => each === name);
    if (known === undefined) {
      const hint = didYouMean(name, GUARD_RAILS) || `; there are ${GUARD_RAILS.join(', ')}`;
      refused.push(`${OPT_OUT} names "${name}", which is no guard rail${hint}`);
    } else if (!allowed.includes(known)) {
      const may =
        allowed.length === 0
          ? 'lets no namespace leave any out'
          : `lets a namespace leave out ${allowed.join(', ')} alone`;
      refused.push(`${OPT_OUT} names ${known}, and ${policy.name} ${may}; it is kept`);
    } else taken.add(known);
  }
  return { taken, refused };
}
