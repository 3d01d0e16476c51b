/** The kinds that a custom rule names: any group of its own, and of the groups that Weir knows only kinds that exist. */

import type { JsonValue } from '../../kubernetes/json.ts';
import * as kindsInUse from '../../kubernetes/kinds.ts';
import { defineKind, type Kind, kindKey } from '../../kubernetes/kinds.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { CustomProblem } from './problem.ts';

/** Kinds of Kubernetes itself that no rule of Weir's judges (Kubernetes 1.36). */
const OTHER_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'Endpoints',
    'LimitRange',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'ResourceQuota',
  ],
  apps: ['ControllerRevision', 'DaemonSet', 'ReplicaSet'],
  'networking.k8s.io': ['Ingress', 'IngressClass'],
  policy: ['PodDisruptionBudget'],
};

/** Groups in which every kind is known, so that another one is a typo. */
const CLOSED_GROUPS: ReadonlySet<string> = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'serving.knative.dev',
]);

function knownKinds(): string[] {
  const inUse = Object.values(kindsInUse).flatMap((value) => (typeof value === 'object' ? [value.key] : []));
  const others = Object.entries(OTHER_KINDS).flatMap(([group, kinds]) => kinds.map((kind) => kindKey(group, kind)));
  return [...inUse, ...others];
}

const KNOWN: readonly string[] = knownKinds();

/** Reads `match.kinds`; what is wrong is added to the problems. */
export function kindsOf(names: readonly JsonValue[], problems: CustomProblem[]): Kind[] {
  const kinds: Kind[] = [];
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue;
    const message = problemIn(name);
    if (message !== undefined) problems.push({ pointer: `/match/kinds/${index}`, message });
    const slash = name.indexOf('/');
    kinds.push(defineKind(name.slice(0, Math.max(slash, 0)), name.slice(slash + 1)));
  }
  return kinds;
}

/** The core Service has ports and a selector, no template: a rule that looks into one is meant for Knative's. */
export function checkCoreService(names: readonly JsonValue[], expression: string, problems: CustomProblem[]): void {
  const index = names.indexOf(kindsInUse.service.key);
  if (index < 0 || !/\bspec\s*\.\s*\??template\b/.test(expression)) return;
  const message = `"Service" alone is Kubernetes' own, which has no spec.template; did you mean "${kindsInUse.knativeService.key}"?`;
  problems.push({ pointer: `/match/kinds/${index}`, message });
}

const KIND = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Z][A-Za-z0-9]*$/;
const WITH_VERSION = /^(?:(?<group>[^/]+)\/)?v[0-9][a-z0-9]*\/(?<kind>[^/]+)$/;

function problemIn(name: string): string | undefined {
  const versioned = WITH_VERSION.exec(name)?.groups;
  if (versioned !== undefined) {
    return `a kind is named without its version; write "${kindKey(versioned.group ?? '', versioned.kind ?? '')}"`;
  }
  if (!KIND.test(name)) {
    return `"${name}" is no kind; write group/Kind, such as serving.knative.dev/Service, or a core kind alone, such as Secret`;
  }
  if (KNOWN.includes(name)) return undefined;

  const slash = name.indexOf('/');
  if (!CLOSED_GROUPS.has(slash < 0 ? '' : name.slice(0, slash))) return undefined;
  const kind = name.slice(slash + 1);
  const elsewhere = KNOWN.find((known) => known.endsWith(`/${kind}`));
  if (elsewhere !== undefined) return `unknown kind "${name}"; did you mean "${elsewhere}"?`;
  return `unknown kind "${name}"${didYouMean(name, KNOWN)}`;
}
