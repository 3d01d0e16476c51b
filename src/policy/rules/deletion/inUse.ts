import {
  broker,
  channel,
  inMemoryChannel,
  kafkaChannel,
  knativeService,
  parallel,
  route,
  sequence,
  service,
} from '../../../kubernetes/kinds.ts';
import { referenceTo } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { mayBeNeeded, type Need, needsOf } from './needs.ts';

/** How many of those who need it are named. */
const NAMED = 3;

/** A DELETE of what others send events to, or listen to. */
export const deletionInUse = defineRule({
  id: 'deletion/in-use',
  title: 'what others send events to is deleted after them',
  why: 'A Trigger whose Broker is gone, or a source whose sink is gone, loses every event until somebody notices.',
  howToFix: 'Delete those that need it first, or let them name another; then delete it.',
  kinds: [broker, channel, inMemoryChannel, kafkaChannel, sequence, parallel, knativeService, route, service],
  action: 'warn',
  judgedAt: 'deletion',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, namespace: shop}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: audit, namespace: shop}
spec:
  broker: orders
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: audit}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, namespace: shop}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: audit, namespace: shop}
spec:
  broker: shipments
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: audit}}
`,
  },

  judge(subject, { inventory }) {
    const needs = needsOf(subject, inventory);
    if (needs.length === 0 && mayBeNeeded(inventory)) {
      const message = `${subject.reference.kind} ${subject.name} may be needed by objects of kinds that were installed just now, which Weir is still reading; try again in a few seconds`;
      return [{ path: '', message }];
    }
    if (needs.length === 0) return [];
    const who = listed(needs, subject.namespace);
    const message = `${subject.reference.kind} ${subject.name} is needed by ${who}; delete those first, or let them name another`;
    return [{ path: '', message }];
  },
});

function listed(needs: readonly Need[], namespace: string): string {
  const names = needs.slice(0, NAMED).map(({ object, role }) => {
    const { kind, name, namespace: home } = referenceTo(object);
    return `${kind} ${home === namespace ? name : `${home}/${name}`} (as its ${role})`;
  });
  const rest = needs.length - names.length;
  if (rest > 0) return `${names.join(', ')} and ${rest} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
