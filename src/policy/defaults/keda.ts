/** How far and how fast KEDA scales where the author does not say. HorizontalPodAutoscalers are left as they are. */
import { numberAt, valueAt } from '../../kubernetes/json.ts';
import { scaledJob, scaledObject } from '../../kubernetes/kinds.ts';
import type { Defaulter, Fill } from '../engine/default.ts';
import type { RuleContext } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';
import type { KedaPolicy } from '../model/keda.ts';

/** What KEDA takes by itself. */
const KEDA_MAX = 100;

const minReplicaCount: Defaulter = {
  id: 'keda/min-replicas',
  kinds: [scaledObject],

  fill(subject, { policy }) {
    const wanted = policy.keda?.minReplicaCount?.default;
    if (wanted === undefined || isWritten(subject, 'minReplicaCount')) return [];

    const idle = numberAt(subject.object, 'spec', 'idleReplicaCount');
    const max =
      numberAt(subject.object, 'spec', 'maxReplicaCount') ?? policy.keda?.maxReplicaCount?.default ?? KEDA_MAX;
    if (wanted > max) return [fill('minReplicaCount', max, "kept at the author's maxReplicaCount")];
    if (idle !== undefined && wanted <= idle) {
      return [fill('minReplicaCount', idle + 1, "kept above the author's idleReplicaCount")];
    }
    return [fill('minReplicaCount', wanted)];
  },
};

const maxReplicaCount: Defaulter = {
  id: 'keda/max-replicas',
  kinds: [scaledObject, scaledJob],

  fill(subject, { policy }) {
    const wanted = policy.keda?.maxReplicaCount?.default;
    if (wanted === undefined || isWritten(subject, 'maxReplicaCount')) return [];
    const min = numberAt(subject.object, 'spec', 'minReplicaCount') ?? 0;
    if (min > wanted) return [fill('maxReplicaCount', min, "kept at the author's minReplicaCount")];
    return [fill('maxReplicaCount', wanted)];
  },
};

const timing: Defaulter = {
  id: 'keda/timing',
  kinds: [scaledObject, scaledJob],

  fill(subject, { policy }: RuleContext) {
    const fills: Fill[] = [];
    const interval = policy.keda?.pollingInterval?.default;
    if (interval !== undefined) fills.push(fill('pollingInterval', interval));
    const cooldown = policy.keda?.cooldownPeriod?.default;
    if (cooldown !== undefined && subject.key === scaledObject.key) fills.push(fill('cooldownPeriod', cooldown));
    return fills;
  },
};

function isWritten(subject: Subject, field: string): boolean {
  return valueAt(subject.object, 'spec', field) !== undefined;
}

function fill(field: keyof KedaPolicy, value: number, because?: string): Fill {
  const from = `/spec/keda/${field}/default`;
  return { path: `/spec/${field}`, value, from, ...(because === undefined ? {} : { because }) };
}

export const kedaDefaults: readonly Defaulter[] = [minReplicaCount, maxReplicaCount, timing];
