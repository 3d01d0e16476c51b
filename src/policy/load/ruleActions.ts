/** `spec.rules`: whether the rules that it names exist, and may be changed. */
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { pointer } from '../../kubernetes/pointer.ts';
import { didYouMean } from '../../text/nearest.ts';
import { familyOf } from '../engine/rule.ts';
import type { Fault } from './sentence.ts';

/** @param ruleIds every rule there is */
export function faultsInRules(spec: JsonObject, ruleIds: readonly string[]): Fault[] {
  const families = [...new Set([...ruleIds.map(familyOf), 'knative', 'custom'])];
  return faultsOf(spec, (id) => faultIn(id, ruleIds, families));
}

/** @param customIds the custom rules of the effective policy, some of which may be a parent's: `custom/team-label` */
export function unknownCustomRules(spec: JsonObject, customIds: readonly string[]): Fault[] {
  return faultsOf(spec, (id) => {
    if (!isCustom(id) || customIds.includes(id)) return undefined;
    return `no custom rule of this policy is called "${id}"${didYouMean(id, customIds)}`;
  });
}

function isCustom(id: string): boolean {
  return familyOf(id) === 'custom' && id !== 'custom/*';
}

function faultsOf(spec: JsonObject, judge: (id: string) => string | undefined): Fault[] {
  if (!isObject(spec.rules)) return [];
  const faults: Fault[] = [];
  for (const id of Object.keys(spec.rules)) {
    const message = judge(id);
    if (message !== undefined) faults.push({ pointer: pointer('spec', 'rules', id), what: 'key', message });
  }
  return faults;
}

function faultIn(id: string, known: readonly string[], families: readonly string[]): string | undefined {
  const slash = id.indexOf('/');
  const family = slash < 0 ? id : id.slice(0, slash);
  if (family === 'knative') {
    return `"${id}" cannot be changed: what it denies, Knative itself refuses`;
  }
  if (id.endsWith('/*')) {
    if (families.includes(family)) return undefined;
    const wildcards = families.map((one) => `${one}/*`);
    return `unknown family of rules "${id}"${didYouMean(id, wildcards) || `; there are ${wildcards.join(', ')}`}`;
  }
  if (known.includes(id) || isCustom(id)) return undefined;
  if (families.includes(id)) return `"${id}" is a family of rules; write "${id}/*" to mean all of them`;
  return `unknown rule "${id}"${didYouMean(id, known) || '; docs/rules.md lists them all'}`;
}
