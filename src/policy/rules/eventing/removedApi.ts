import {
  channelProvisioner,
  convertRemoved,
  convertsByVersion,
  PING_EVENT,
  removedKinds,
  servedApiVersion,
  successorOf,
} from '../../../knative/eventing/legacy.ts';
import { referringKinds } from '../../../knative/eventing/references.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { referencesIn } from './references.ts';

const removedKeys = new Set<string>(removedKinds.map((kind) => kind.key));
const kinds = [...new Map([...referringKinds, ...removedKinds].map((kind) => [kind.key, kind])).values()];

/** Kinds and versions that no Knative from 1.0 on serves. */
export const removedApi = defineRule({
  id: 'eventing/removed-api',
  title: 'kinds and API versions are still served',
  why: 'The API server knows no such resource: the apply fails, and with Argo CD the whole application stays out of sync.',
  howToFix: 'Take the kind that came after it: PingSource for CronJobSource, `v1` for alpha and beta versions.',
  kinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: sources.knative.dev/v1
kind: CronJobSource
metadata: {name: heartbeat}
spec:
  schedule: "*/5 * * * *"
  data: '{"message": "still here"}'
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders}}
`,
    good: `
apiVersion: sources.knative.dev/v1
kind: PingSource
metadata: {name: heartbeat}
spec:
  schedule: "*/5 * * * *"
  contentType: application/json
  data: '{"message": "still here"}'
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders}}
`,
  },

  judge(subject) {
    if (removedKeys.has(subject.key)) return [judgeRemoved(subject)];
    const violations: Violation[] = [];
    const apiVersion = servedApiVersion(subject.object);
    if (apiVersion !== undefined) {
      const message = `${titleOf(subject.reference)} is of ${subject.reference.apiVersion}, which is not served any more; write apiVersion ${apiVersion}`;
      const fix = convertsByVersion(subject.object) ? { fix: [{ set: '/apiVersion', value: apiVersion }] } : {};
      violations.push({ path: '/apiVersion', message, ...fix });
    }
    violations.push(...judgeReferences(subject));
    return violations;
  },
});

function judgeRemoved({ object, key, reference }: Subject): Violation {
  const what = `${titleOf(reference)} is of a kind that Knative does not have any more`;
  if (key === channelProvisioner.key) {
    const message = `${what}; remove it, and name the kind of channel in a channelTemplate`;
    return { path: '/kind', message, fix: [{ remove: '' }] };
  }
  const successor = successorOf(object) ?? '';
  const converted = convertRemoved(object);
  const isPing = converted?.kind === 'PingSource';
  const note = isPing ? `, whose events have the type ${PING_EVENT}` : '';
  const message = `${what}; write ${successor} instead${note}`;
  return { path: '/kind', message, ...(converted === undefined ? {} : { fix: [{ set: '', value: converted }] }) };
}

function judgeReferences({ object, reference }: Subject): Violation[] {
  const violations: Violation[] = [];
  for (const placed of referencesIn(object)) {
    if (placed.path === '/spec/broker') continue;
    const { apiVersion: written, kind } = placed.reference;
    const apiVersion = servedApiVersion({ apiVersion: written, kind });
    if (apiVersion === undefined) continue;
    const path = join(placed.path, 'apiVersion');
    const message = `the ${placed.role} of ${titleOf(reference)} is named by ${written}, which is not served any more; write ${apiVersion}`;
    violations.push({ path, message, fix: [{ set: path, value: apiVersion }] });
  }
  return violations;
}
