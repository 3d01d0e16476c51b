import { comparisonsOf } from '../../../knative/eventing/filterShape.ts';
import { stringAt } from '../../../kubernetes/json.ts';
import { eventType, trigger } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';

const LONGEST = 1024;

/** CloudEvents ask for a type that changes when the content changes in a way that breaks its readers (spec, `type`). */
export const eventTypeVersion = defineRule({
  id: 'eventing/event-type-version',
  title: 'event types carry a version',
  why: 'When the content of an event changes, its readers cannot all change at the same moment: with a version in the type, both are sent for a while, and each reader takes the one that it knows.',
  howToFix:
    'Name the type as `eventing.eventTypes.pattern` wants it, such as `com.example.order.created.v1`, at the sender first; types that others name go into `eventing.eventTypes.except`.',
  kinds: [trigger, eventType],
  action: 'warn',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment}
spec:
  broker: orders
  filter: {attributes: {type: com.example.order.created}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment}
spec:
  broker: orders
  filter: {attributes: {type: com.example.order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
`,
  },

  judge(subject, { policy }) {
    const wanted = policy.eventing?.eventTypes;
    const pattern = wanted?.pattern === undefined ? undefined : compiled(wanted.pattern);
    if (pattern === undefined) return [];
    const isWrong = (type: string) =>
      type !== '' &&
      type.length <= LONGEST &&
      !type.includes('*') && // eventing/filter-pattern tells it
      !pattern.test(type) &&
      !wanted?.except?.some((exception) => matchesPattern(exception, type));
    const messageFor = (type: string) => {
      const example = pattern.test(`${type}.v1`) ? `${type}.v1` : 'com.example.order.created.v1';
      const what = `event type ${type} of ${titleOf(subject.reference)} does not match ${pattern.source}`;
      return `${what}; ${policy.name} wants a version in it, such as ${example}`;
    };

    if (subject.key === eventType.key) {
      const type = stringAt(subject.object, 'spec', 'type') ?? '';
      return isWrong(type) ? [{ path: '/spec/type', message: messageFor(type) }] : [];
    }
    return comparisonsOf(subject.object)
      .filter(({ attribute, dialect, value }) => attribute === 'type' && dialect === 'exact' && isWrong(value))
      .map(({ path, value }) => ({ path, message: messageFor(value) }));
  },
});

const patterns = new Map<string, RegExp | undefined>();

/** The policy's pattern, compiled once; the loader has told it already where it is none. */
function compiled(source: string): RegExp | undefined {
  if (!patterns.has(source)) patterns.set(source, compile(source));
  return patterns.get(source);
}

function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}
