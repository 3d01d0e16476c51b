import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { domainMapping, knativeService, route } from '../../../kubernetes/kinds.ts';
import { annotationsOf, labelsOf, shortTitleOf, titleOf } from '../../../kubernetes/object.ts';
import { join, pointer } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { Visibility } from '../../model/network.ts';

export const VISIBILITY_LABEL = 'networking.knative.dev/visibility';
export const VISIBILITY_PATH = pointer('metadata', 'labels', VISIBILITY_LABEL);

/**
 * Who reaches a Service from where.
 *
 * Only a label of the Service or the Route counts, and only the value `cluster-local`; with any other the Route is
 * public, without a word (knative/serving pkg/reconciler/route/config/domain.go). A DomainMapping is always public
 * (pkg/reconciler/domainmapping/resources/ingress.go).
 */
export const networkVisibility = defineRule({
  id: 'network/visibility',
  title: 'services are visible where the environment lets them be',
  why: 'A service is reachable from the internet unless it says otherwise, and a misspelt label says nothing.',
  howToFix:
    'Set the label networking.knative.dev/visibility: cluster-local on the Service itself, or leave it out for public.',
  kinds: [knativeService, route, domainMapping],
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  labels: {networking.knative.dev/visibility: internal}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  labels: {networking.knative.dev/visibility: cluster-local}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, { policy }) {
    const allowed = policy.network?.visibility?.allowed;
    if (subject.key === domainMapping.key) return judgeMapping(subject, policy.name, allowed);

    const label = labelsOf(subject.object)[VISIBILITY_LABEL];
    if (typeof label === 'string' && !KNOWN.has(label)) {
      return [
        {
          path: VISIBILITY_PATH,
          message: `${VISIBILITY_LABEL} is "${label}", which Knative reads as public; write cluster-local, or public if that is meant`,
          fix: [{ set: VISIBILITY_PATH, value: meansLocal(label, allowed) ? 'cluster-local' : 'public' }],
        },
      ];
    }

    const visibility: Visibility = label === 'cluster-local' ? 'cluster-local' : 'public';
    const misplaced = visibility === 'public' && label === undefined ? misplacedLabel(subject) : undefined;
    if (misplaced !== undefined) return [misplaced];
    if (allowed === undefined || allowed.includes(visibility)) return [];

    const right = allowed[0];
    const fix: Edit[] =
      right === 'cluster-local' ? [{ set: VISIBILITY_PATH, value: right }] : [{ remove: VISIBILITY_PATH }];
    return [
      {
        path: label === undefined ? '/metadata/labels' : VISIBILITY_PATH,
        message: `${titleOf(subject.reference)} is ${visibility}, and ${policy.name} allows ${allowed.join(' and ') || 'nothing'} alone`,
        ...(right === undefined ? {} : { fix }),
      },
    ];
  },
});

const KNOWN = new Set(['cluster-local', 'public', '']);

/** A word such as `internal` or `cluster-locl` asks for less than public. */
function meansLocal(label: string, allowed: readonly Visibility[] | undefined): boolean {
  if (allowed !== undefined && !allowed.includes('cluster-local')) return false;
  if (allowed !== undefined && !allowed.includes('public')) return true;
  return !OPEN_WORDS.has(label.toLowerCase());
}

const OPEN_WORDS = new Set(['external', 'externalip', 'internet', 'open', 'world', 'all']);

function judgeMapping(subject: Subject, environment: string, allowed: readonly Visibility[] | undefined): Violation[] {
  if (allowed === undefined || allowed.includes('public')) return [];
  const target = stringAt(subject.object, 'spec', 'ref', 'name') ?? 'its service';
  return [
    {
      path: '/spec/ref',
      message: `${titleOf(subject.reference)} makes ${target} public, and ${environment} allows cluster-local alone; remove it`,
    },
  ];
}

function placeOfMisplaced({ object, template }: Subject): string | undefined {
  const isLocal = (holder: JsonObject | undefined) => holder?.[VISIBILITY_LABEL] === 'cluster-local';
  if (isLocal(annotationsOf(object))) return pointer('metadata', 'annotations', VISIBILITY_LABEL);
  if (isLocal(template?.labels)) return join(template?.path ?? '', 'metadata', 'labels', VISIBILITY_LABEL);
  return isLocal(template?.annotations) ? join(template?.annotationsPath ?? '', VISIBILITY_LABEL) : undefined;
}

/** Where people write the label although only the object's own labels count. */
function misplacedLabel(subject: Subject): Violation | undefined {
  const path = placeOfMisplaced(subject);
  if (path === undefined) return undefined;
  return {
    path,
    message: `${VISIBILITY_LABEL} counts as a label of the ${subject.reference.kind} itself alone, so that ${shortTitleOf(subject.reference)} is public; move it to metadata.labels`,
    fix: [{ remove: path }, { set: VISIBILITY_PATH, value: 'cluster-local' }],
  };
}
