/** The catalogues that admission judges by, made once of the one that it is given. */
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';

interface AdmissionCatalogues {
  /** Every rule, with those that look at who asks. */
  readonly changes: Catalogue;
  /** What is judged when an object goes: as it stands, nothing is filled into it. */
  readonly deletions: Catalogue;
  /** Kinds that some rule knows, as `group/Kind`. */
  readonly kinds: ReadonlySet<string>;
  /** True for a rule whose finding may rest on an object that has not arrived yet. */
  needsOthers(rule: string, policy: EffectivePolicy): boolean;
  /** True for a rule of the policy's own that looks at who asks. */
  asksWho(rule: string, policy: EffectivePolicy): boolean;
}

const made = new WeakMap<Catalogue, AdmissionCatalogues>();

export function admissionCatalogues(catalogue: Catalogue): AdmissionCatalogues {
  const known = made.get(catalogue) ?? make(catalogue);
  made.set(catalogue, known);
  return known;
}

function make(catalogue: Catalogue): AdmissionCatalogues {
  const { rules, admission } = catalogue;
  const changes = [...rules, ...(admission?.changes ?? [])];
  const deletions = admission?.deletions ?? [];
  const needing = new Set(rules.filter((rule) => rule.needsOthers === true).map(({ id }) => id));
  return {
    changes: { ...catalogue, rules: changes },
    deletions: { rules: deletions, defaulters: [], knativeDefaults: (object) => object },
    kinds: new Set([...changes, ...deletions].flatMap((rule) => rule.kinds.map(({ key }) => key))),
    needsOthers: (id, { custom }) =>
      needing.has(id) || custom.some((rule) => rule.id === id && rule.needsOthers === true),
    asksWho: (id, { custom }) => custom.some((rule) => rule.id === id && rule.asksWho === true),
  };
}
