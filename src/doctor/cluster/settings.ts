import { AUTOSCALER_CONFIG_KEYS, autoscalerConfigOf, readAutoscalerConfig } from '../../knative/autoscaling/config.ts';
import { type ConfigMapData, configMapData } from '../../knative/configMap.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { didYouMean } from '../../text/nearest.ts';
import { kubectl } from '../command.ts';
import { blind, type ObjectLook, seenIn } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import type { ClusterFacts } from './facts.ts';

const COMPARED = [
  { name: 'config-autoscaler', field: 'autoscaler' },
  { name: 'config-defaults', field: 'defaults' },
  { name: 'config-features', field: 'features' },
] as const;

/** Knative's own settings: they can be read, and are those by which the policies judge. */
export function settings(facts: ClusterFacts, systemNamespace: string): Verdict[] {
  if (facts.definitions.get('services.serving.knative.dev')?.is !== 'seen') return [];
  const autoscaler = settingsOf(facts.settings.get('config-autoscaler'));
  const verdicts: Verdict[] = [];
  for (const { name, field } of COMPARED) {
    const look = facts.settings.get(name);
    if (look === undefined) continue;
    const hidden = blind(`settings/${field}`, `ConfigMap ${name}`, look);
    if (hidden !== undefined) verdicts.push(hidden);
    // without the ConfigMap Knative's built-in values hold, and those of the policy stand for them
    else if (look.is === 'seen') verdicts.push(...compared(name, field, settingsOf(look), facts, systemNamespace));
  }
  return [...readable(autoscaler, systemNamespace), ...verdicts, ...bounds(autoscaler, facts, systemNamespace)];
}

export function settingsOf(look: ObjectLook | undefined): ConfigMapData {
  return configMapData(seenIn(look));
}

function edit(name: string, namespace: string): string {
  return kubectl(`edit configmap ${name}`, namespace);
}

function readable(data: ConfigMapData, namespace: string): Verdict[] {
  const check = 'settings/autoscaler-values';
  const verdicts: Verdict[] = [];
  const [problem] = readAutoscalerConfig(data).problems;
  if (problem !== undefined) {
    const found = `Knative refuses config-autoscaler and keeps what it had before: ${problem.message}`;
    verdicts.push(wrong(check, found, edit('config-autoscaler', namespace)));
  }
  const known: readonly string[] = AUTOSCALER_CONFIG_KEYS;
  for (const key of Object.keys(data)
    .filter((each) => !known.includes(each))
    .sort()) {
    verdicts.push(
      note(
        check,
        `config-autoscaler sets ${key}, which Knative does not know and ignores${didYouMean(key, known)}`,
        edit('config-autoscaler', namespace),
      ),
    );
  }
  return verdicts;
}

/** What the policies say of the cluster is what `weir check` judges by: it must be so. */
function compared(
  name: string,
  field: 'autoscaler' | 'defaults' | 'features',
  data: ConfigMapData,
  { policies }: ClusterFacts,
  namespace: string,
): Verdict[] {
  const check = `settings/${field}`;
  const all = [...policies.byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  const verdicts: Verdict[] = [];
  for (const { names, said } of grouped(all, field)) {
    const differing = Object.keys(said).filter((key) => data[key] !== undefined && data[key] !== said[key]);
    const absent = Object.keys(said).filter((key) => data[key] === undefined);
    const told = [
      ...differing.map((key) => `${key} is "${said[key]}" there and "${data[key]}" here`),
      ...absent.map((key) => `${key} is "${said[key]}" there and not set here`),
    ];
    if (told.length === 0) continue;
    const found = `${name} is not what spec.knative.${field} of ${listed(names)} says: ${told.join('; ')}. weir check judges by the policy, so that its verdict is not the cluster's`;
    verdicts.push(wrong(check, found, edit(name, namespace), `weir policy show ${names[0]}`));
  }
  const unsaid = Object.keys(data).filter(
    (key) => all.length > 0 && all.every(({ knative }) => knative[field][key] === undefined),
  );
  if (unsaid.length > 0) {
    const values = unsaid.sort().map((key) => `${key}: "${data[key]}"`);
    verdicts.push(
      note(
        check,
        `${name} sets what spec.knative.${field} of no policy says, so that weir check does not know of it: ${listed(values)}`,
      ),
    );
  }
  return verdicts.length > 0 ? verdicts : [well(check, `${name} is what the policies say`)];
}

/** Policies that say the same are told together. */
function grouped(
  policies: readonly EffectivePolicy[],
  field: 'autoscaler' | 'defaults' | 'features',
): { names: string[]; said: ConfigMapData }[] {
  const groups = new Map<string, { names: string[]; said: ConfigMapData }>();
  for (const { name, knative } of policies) {
    const said = knative[field];
    const key = JSON.stringify(Object.entries(said).sort());
    const group = groups.get(key) ?? { names: [], said };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What the policies ask of services, and what the cluster's settings make of it. */
function bounds(data: ConfigMapData, { policies }: ClusterFacts, namespace: string): Verdict[] {
  const check = 'settings/bounds';
  const config = autoscalerConfigOf(data);
  const verdicts: Verdict[] = [];
  for (const { name, autoscaling } of [...policies.byName.values()].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  )) {
    const { maxScale, minScale } = autoscaling ?? {};
    const limit = config.maxScaleLimit;
    const asked = maxScale?.default ?? 0;
    if (limit > 0 && asked > limit)
      verdicts.push(
        wrong(
          check,
          `${name} fills in max-scale ${asked}, and Knative refuses every Service above max-scale-limit ${limit} of config-autoscaler`,
          edit('config-autoscaler', namespace),
        ),
      );
    else if (limit > 0 && (maxScale?.max ?? 0) > limit)
      verdicts.push(
        note(
          check,
          `${name} allows max-scale up to ${maxScale?.max}, and Knative refuses what is above max-scale-limit ${limit} of config-autoscaler`,
          edit('config-autoscaler', namespace),
        ),
      );
    if (!config.enableScaleToZero && (minScale?.min ?? 0) === 0)
      verdicts.push(
        note(
          check,
          `${name} lets services go to zero, and enable-scale-to-zero is "false" in config-autoscaler: each keeps a pod`,
          edit('config-autoscaler', namespace),
        ),
      );
    if (minScale?.max !== undefined && config.minScale > minScale.max)
      verdicts.push(
        wrong(
          check,
          `min-scale of config-autoscaler is ${config.minScale}, above what ${name} allows (${minScale.max}): services without the annotation get it`,
          edit('config-autoscaler', namespace),
        ),
      );
  }
  return verdicts;
}
