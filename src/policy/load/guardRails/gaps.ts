/** What only a whole policy lacks, whichever of its parents should have said it. */
import { arrayAt, type JsonObject, stringAt, textsAt } from '../../../kubernetes/json.ts';
import type { Contradiction } from '../sanity.ts';
import { blockedPods } from './room.ts';

const PULL_SECRETS = ['namespace', 'pullSecrets'];

/** @param spec with its parents' values in it; one that is abstract is judged in those that extend it */
export function guardRailGaps(spec: JsonObject): Contradiction[] {
  return spec.abstract === true ? [] : [...blockedPods(spec), ...halfPullSecrets(spec), ...halfRetired(spec)];
}

/** Without a source nothing is copied, and without names there is nothing to name: both would pass in silence. */
function halfPullSecrets(spec: JsonObject): Contradiction[] {
  const names = arrayAt(spec, ...PULL_SECRETS, 'names').length;
  const left = [...PULL_SECRETS, 'names'];
  if (names > 0 && stringAt(spec, ...PULL_SECRETS, 'from') === undefined) {
    const message = `${left.join('.')} names Secrets, and nobody says which namespace holds them; write ${PULL_SECRETS.join('.')}.from`;
    return [{ left, right: PULL_SECRETS, message }];
  }
  if (names === 0 && arrayAt(spec, ...PULL_SECRETS, 'serviceAccounts').length > 0) {
    const accounts = [...PULL_SECRETS, 'serviceAccounts'];
    const message = `${accounts.join('.')} names ServiceAccounts, and ${left.join('.')} no Secret for them; write the names of Secrets`;
    return [{ left: accounts, right: left, message }];
  }
  return [];
}

/** What is handed out would be taken back, or the other way round. */
function halfRetired(spec: JsonObject): Contradiction[] {
  return ['names', 'serviceAccounts'].flatMap((field): Contradiction[] => {
    const left = [...PULL_SECRETS, 'retired', field];
    const right = [...PULL_SECRETS, field];
    const both = textsAt(spec, ...left).filter((name) => textsAt(spec, ...right).includes(name));
    if (both.length === 0) return [];
    const message = `${left.join('.')} names ${both.join(', ')}, which ${right.join('.')} hands out; name it in one of them`;
    return [{ left, right, message }];
  });
}
