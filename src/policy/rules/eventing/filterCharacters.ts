import { parseCesql } from '../../../knative/eventing/cesql/parse.ts';
import { unknownCharacter } from '../../../knative/eventing/cesql/problem.ts';
import { expressionsOf } from '../../../knative/eventing/filterShape.ts';
import { trigger } from '../../../kubernetes/kinds.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * What CESQL has no word for. The specification refuses it (cloudevents/spec cesql/spec.md), but Knative's webhook and
 * its brokers drop the character with a line in their logs and take the rest (cloudevents/sdk-go sql/v2
 * parser/parser.go, where the lexer keeps its own way with errors). What does not even parse then is told by
 * knative/eventing.
 */
export const filterCharacters = defineRule({
  id: 'eventing/filter-characters',
  title: 'cesql filters hold nothing that CESQL does not know',
  why: 'Knative drops the character and takes the rest: `! EXISTS subject` then means `EXISTS subject`.',
  howToFix: 'Write what CESQL has for it: NOT for `!`, AND for `&&`, OR for `||`, and nothing for a semicolon.',
  kinds: [trigger],
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: unaddressed}
spec:
  broker: orders
  filters:
  - cesql: "! EXISTS subject"
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: clerk}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: unaddressed}
spec:
  broker: orders
  filters:
  - cesql: "NOT EXISTS subject"
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: clerk}}
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const { path, text } of expressionsOf(subject.object)) {
      const parsed = parseCesql(text);
      if (!parsed.ok) continue;
      const [first] = parsed.passedOver;
      if (first === undefined) continue;
      const message = `${unknownCharacter(first, text)}, for Knative drops it and takes the rest`;
      violations.push({ path, message });
    }
    return violations;
  },
});
