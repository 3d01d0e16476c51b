import { groupOf } from '../../../kubernetes/kinds.ts';
import { nearest } from '../../../text/nearest.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { CLOSED_GROUPS, groupWith, KNOWN_GROUPS, kindsIn, versionOf } from './known.ts';

/**
 * Kind and apiVersion are ones that exist, as far as their group is one that Weir knows or is nearly such a one. Without
 * this rule a typo there would be the way past every other rule: what no rule knows is not judged.
 */
export const unknownKind = defineRule({
  id: 'kinds/unknown',
  title: "kinds and groups of Knative's, KEDA's and Weir's exist",
  why: 'What is misspelt is of no kind that any rule judges, and the API server refuses it: the apply fails, and with Argo CD the whole application stays out of sync.',
  howToFix:
    'Write apiVersion and kind as the documentation of Knative or KEDA has them; case counts. Where your cluster has a kind that Weir does not know, turn the rule off.',
  kinds: [],
  judgesOtherKinds: true,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Servce
metadata: {name: cart}
spec:
  template:
    spec:
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
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge({ reference }) {
    return violationsOf(reference.apiVersion, reference.kind);
  },
});

/** Kinds come in thousands of objects: each pair is looked at once. Names are somebody's input, so the list is bounded. */
const remembered = new Map<string, readonly Violation[]>();
const MOST_REMEMBERED = 1000;

function violationsOf(apiVersion: string, kind: string): readonly Violation[] {
  const key = `${apiVersion} ${kind}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const violation = faultIn(apiVersion, kind);
  const violations = violation === undefined ? [] : [violation];
  if (remembered.size < MOST_REMEMBERED) remembered.set(key, violations);
  return violations;
}

function faultIn(apiVersion: string, kind: string): Violation | undefined {
  if (kind === '') return undefined;
  const isVersionless = !apiVersion.includes('/');
  const group = isVersionless ? apiVersion : groupOf(apiVersion);
  if (isVersionless && !apiVersion.includes('.')) return undefined;

  const meant = KNOWN_GROUPS.includes(group) ? group : groupNear(group);
  if (meant === undefined) return undefined;
  if (meant !== group) return wrongGroup(apiVersion, group, kind, meant);
  if (isVersionless) return withoutVersion(group, kind);
  return wrongKind(group, kind);
}

function wrongGroup(apiVersion: string, group: string, kind: string, meant: string): Violation {
  const right = versionOf(meant, kind);
  const written = right ?? apiVersion.slice(group.length + 1);
  const whole = written === '' ? meant : `${meant}/${written}`;
  return {
    path: '/apiVersion',
    message: `there is no group ${group}; did you mean "${whole}"?`,
    ...(right === undefined ? {} : { fix: [{ set: '/apiVersion', value: whole }] }),
  };
}

function withoutVersion(group: string, kind: string): Violation {
  const right = versionOf(group, kind);
  return {
    path: '/apiVersion',
    message: `apiVersion ${group} has no version; write ${group}/${right ?? 'v1'}`,
    ...(right === undefined ? {} : { fix: [{ set: '/apiVersion', value: `${group}/${right}` }] }),
  };
}

function wrongKind(group: string, kind: string): Violation | undefined {
  if (versionOf(group, kind) !== undefined) return undefined;
  const kinds = kindsIn(group);
  if (kind.endsWith('List') && kinds.includes(kind.slice(0, -'List'.length))) return undefined;

  const elsewhere = groupWith(kind);
  if (elsewhere !== undefined) {
    const apiVersion = `${elsewhere}/${versionOf(elsewhere, kind)}`;
    const message = `${group} has no kind ${kind}; it is of ${elsewhere}, so write apiVersion ${apiVersion}`;
    return { path: '/apiVersion', message, fix: [{ set: '/apiVersion', value: apiVersion }] };
  }

  const right = nearest(kind, kinds);
  if (right !== undefined) {
    const message = `${group} has no kind ${kind}; did you mean "${right}"?`;
    return { path: '/kind', message, fix: [{ set: '/kind', value: right }] };
  }
  if (!CLOSED_GROUPS.has(group)) return undefined;
  return { path: '/kind', message: `${group} has no kind ${kind}; it has ${kinds.join(', ')}` };
}

/**
 * The known group that is meant: one or two letters away, or of the same first part with another ending
 * (`serving.knative.io`). A group that is short may well be somebody's own at that distance.
 */
function groupNear(group: string): string | undefined {
  const near = nearest(group, KNOWN_GROUPS, group.length < 12 ? 1 : 2);
  if (near !== undefined) return near;
  if (!group.includes('.knative.')) return undefined;
  const first = `${group.split('.', 1)[0]}.`;
  return KNOWN_GROUPS.find((known) => known.startsWith(first) && known.endsWith('knative.dev'));
}
