/**
 * timeoutSeconds, responseStartTimeoutSeconds and idleTimeoutSeconds within the environment's bounds.
 *
 * A request ends after timeoutSeconds whatever the other two say (knative/serving pkg/http/handler/timeout.go), so a
 * missing or zero one of them counts as timeoutSeconds itself.
 */

import { numberAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Rule, RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { boundRule, type Told } from '../boundRule.ts';
import { isRefused } from '../knative/errors.ts';

const TIMEOUT = 'timeoutSeconds';
type Field = 'timeoutSeconds' | 'responseStartTimeoutSeconds' | 'idleTimeoutSeconds';

export const timeout = timeoutRule({
  id: 'serving/timeout',
  field: TIMEOUT,
  title: 'timeoutSeconds stays within the bounds of the environment',
  why: 'While a request may run, its pod may not go: one service with a timeout of hours holds up every node that is to be drained.',
  bad: 500,
  good: 300,
});

export const responseStartTimeout = timeoutRule({
  id: 'serving/response-start-timeout',
  field: 'responseStartTimeoutSeconds',
  title: 'responseStartTimeoutSeconds stays within the bounds of the environment',
  why: 'A caller that waits minutes for the first byte has given up long ago, and its request still takes a place in the pod.',
  bad: 900,
  good: 60,
});

export const idleTimeout = timeoutRule({
  id: 'serving/idle-timeout',
  field: 'idleTimeoutSeconds',
  title: 'idleTimeoutSeconds stays within the bounds of the environment',
  why: 'A request in which nothing moves any more takes a place in the pod, and keeps the pod from scaling down.',
  bad: 900,
  good: 60,
});

interface TimeoutRule {
  readonly id: string;
  readonly field: Field;
  readonly title: string;
  readonly why: string;
  readonly bad: number;
  readonly good: number;
}

function timeoutRule({ id, field, title, why, bad, good }: TimeoutRule): Rule {
  return boundRule<number, number>({
    id,
    title,
    why,
    howToFix: `Set \`spec.template.spec.${field}\` to what a request really needs, within the bounds that the message names.`,
    kinds: [knativeService, configuration],
    action: 'deny',
    examples: { bad: example(field, bad), good: example(field, good) },
    label: field,
    bounds: ({ policy }) => policy.serving?.[field],
    parse: (bound) => bound,
    read: (subject, context) => readTimeout(subject, context, field),
    tell: (subject, context) => tellTimeout(subject, context, field),
    fix: (subject, _, bound) => (subject.template === undefined ? [] : [{ set: pathOf(subject, field), value: bound }]),
  });
}

function readTimeout({ template }: Subject, { policy }: RuleContext, field: Field): number | undefined {
  const value = numberAt(template?.spec, field) ?? 0;
  if (value !== 0) return value;

  const whole = numberAt(template?.spec, TIMEOUT) ?? 0;
  if (field === TIMEOUT || whole === 0) return undefined;
  // A timeoutSeconds over its own bound is one mistake, and serving/timeout says it.
  return Math.min(whole, policy.serving?.timeoutSeconds?.max ?? whole);
}

function tellTimeout(subject: Subject, context: RuleContext, field: Field): Told | undefined {
  const path = pathOf(subject, field);
  if (isRefused(subject, context, path)) return undefined;
  const spec = subject.template?.spec;
  const value = numberAt(spec, field) ?? 0;
  const text = value === 0 ? `not set, so that timeoutSeconds ${numberAt(spec, TIMEOUT)} counts` : `${value}`;
  return { text, path };
}

function pathOf(subject: Subject, field: Field): string {
  return join(subject.template?.specPath ?? '/spec/template/spec', field);
}

function example(field: Field, value: number): string {
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      ${field}: ${value}
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}
