/** Who may do what: exceptions, broken glass, the label of a namespace, and what others still need. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { podsReady } from '../../../tools/controlplane/kubernetes/pods.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsAt } from '../../overlays/read.ts';
import { cluster, freshNamespace } from '../harness/cluster.ts';
import { broker, exception, FROM_KNATIVE, scale, service, trigger } from './harness/manifests.ts';
import { apply, as, inEnvironment, SECONDS } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;
const FIVE_HUNDRED = service({ template: scale('2', '500') });
const LABEL = 'weir.dev/environment';

async function isGone(path: string): Promise<boolean> {
  return (await api.ask('GET', path)).status === 404;
}

async function itemsAt(path: string): Promise<JsonObject[]> {
  const list = await api.get(path);
  return objectsAt(isObject(list) ? list : {}, 'items');
}

describe('people under admission', () => {
  const weir = useWeir(controlPlane);

  describe('a PolicyException', () => {
    /** Empty where it would be let in. */
    async function refusal(namespace: string): Promise<string> {
      return (await apply(namespace, FIVE_HUNDRED, '--dry-run=server')).stderr.replaceAll(/^Warning: .*\n/gm, '');
    }

    it('counts from its creation to its deletion, within seconds', async () => {
      const namespace = await inEnvironment('prod');
      const elsewhere = await inEnvironment('prod');
      expect(await refusal(namespace)).toContain('autoscaling/max-scale');

      const made = await apply(namespace, exception(), ...as('paul', 'platform'));
      expect([made.code, made.stderr]).toEqual([0, '']);
      await until('the exception excuses', { seconds: SECONDS }, async () => (await refusal(namespace)) === '');
      expect(await refusal(elsewhere)).toContain('autoscaling/max-scale');

      await kubectl(['-n', namespace, 'delete', 'policyexception', 'sale', ...as('paul', 'platform')]);
      await until('it excuses no more', { seconds: SECONDS }, async () => (await refusal(namespace)) !== '');
    });

    it('excuses nothing once it has expired', async () => {
      const namespace = await inEnvironment('prod');
      /** `True Excuses`, as the webhook wrote it into the status. */
      const inForce = async () => {
        const path = '{range .status.conditions[?(@.type=="InForce")]}{.status} {.reason}{end}';
        const asked = ['-n', namespace, 'get', 'policyexception', 'sale', '-o', `jsonpath=${path}`];
        return (await kubectl(asked)).stdout;
      };
      const soon = new Date(Date.now() + 20_000).toISOString().replace(/\.\d+Z$/, 'Z');
      expect((await apply(namespace, exception({ until: soon }), ...as('paul', 'platform'))).code).toBe(0);
      await until('the exception excuses', { seconds: SECONDS }, async () => (await refusal(namespace)) === '');
      await until('its status says so', { seconds: SECONDS }, async () => (await inForce()) === 'True Excuses');
      await until('it has expired', { seconds: SECONDS }, async () => (await refusal(namespace)) !== '');
      await until('its status says so', { seconds: SECONDS }, async () => (await inForce()) === 'False Expired');
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
    });

    it('excuses what has just been made, and a later change of what it excused needs it no more', async () => {
      const namespace = await inEnvironment('prod');
      await apply(namespace, exception(), ...as('paul', 'platform'));
      await until('the exception excuses', { seconds: SECONDS }, async () => (await refusal(namespace)) === '');
      expect((await apply(namespace, FIVE_HUNDRED)).code).toBe(0);
      await kubectl(['-n', namespace, 'delete', 'policyexception', 'sale', ...as('paul', 'platform')]);
      const other = service({ name: 'other', template: scale('2', '500') });
      await until(
        'it excuses no more',
        { seconds: SECONDS },
        async () => (await apply(namespace, other, '--dry-run=server')).code === 1,
      );
      // the ratchet: what stood there before warns
      const changed = service({ template: scale('2', '500'), container: { env: [{ name: 'LEVEL', value: 'info' }] } });
      const { code, stderr } = await apply(namespace, changed);
      expect([code, stderr.includes('Warning: autoscaling/max-scale at ')]).toEqual([0, true]);
      // and what is worse than before denies
      expect((await apply(namespace, service({ template: scale('2', '501') }))).stderr).toContain('max-scale is 501');
    });
  });

  describe('breaking the glass', () => {
    const broken = () => weir().server().metric('weir_break_glass_total{environment="prod"}');
    const eventsIn = async (namespace: string) => {
      const events = await itemsAt(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
      return events.filter(({ reason }) => reason === 'BrokeGlass');
    };

    it('lets in whom the policy names, and tells of it', async () => {
      const namespace = await inEnvironment('prod');
      const tried = await inEnvironment('prod');
      expect((await apply(namespace, FIVE_HUNDRED, ...as('jane', 'shop'))).code).toBe(1);

      expect((await apply(tried, FIVE_HUNDRED, '--dry-run=server', ...as('jane', 'weir-break-glass'))).code).toBe(0);
      const before = await broken();
      const { code, stderr } = await apply(namespace, FIVE_HUNDRED, ...as('jane', 'weir-break-glass'));
      expect(code).toBe(0);
      expect(stderr).toContain(
        'Warning: let through by break-glass as a member of weir-break-glass, which is recorded: prod denies it for autoscaling/max-scale\n',
      );
      expect(stderr).toContain('Warning: autoscaling/max-scale at ');
      expect(await broken()).toBe(before + 1);

      const events = await until('there is an Event', { seconds: SECONDS }, async () => {
        const found = await eventsIn(namespace);
        return found.length > 0 && found;
      });
      expect(events.map(({ regarding, note, type }) => [stringAt(regarding, 'name'), note, type])).toEqual([
        ['cart', expect.stringContaining('jane, a member of weir-break-glass, passed prod'), 'Warning'],
      ]);
      // Events are written in their order: that of the dry run would be there
      expect(await eventsIn(tried)).toEqual([]);
    });

    it('does not get past what Knative itself refuses', async () => {
      const namespace = await inEnvironment('prod');
      const before = await broken();
      const refused = service({ annotations: { 'autoscaling.knative.dev/min-scale': '1' } });
      expect((await apply(namespace, refused, ...as('jane', 'weir-break-glass'))).code).toBe(1);
      expect(await broken()).toBe(before);
    });
  });

  describe('the label of a namespace', () => {
    it.each([
      ['remove it', `${LABEL}-`],
      ['change it', `${LABEL}=dev`],
    ])('is kept from whoever would %s', async (_, change) => {
      const namespace = await inEnvironment('prod');
      const label = (...who: string[]) => kubectl(['label', '--overwrite', 'namespace', namespace, change, ...who]);
      const { code, stderr } = await label(...as('jane', 'shop'));
      expect([code, stderr]).toEqual([1, expect.stringContaining('is for the group platform; jane is not in it')]);
      expect(stderr).toContain('admission webhook "namespaces.policy.weir.dev" denied the request: \nnamespace/');
      expect((await label(...as('paul', 'platform'))).code).toBe(0);
    });

    it('is not taken for an environment that there is none of', async () => {
      const namespace = await freshNamespace(controlPlane);
      const { code, stderr } = await kubectl([
        'label',
        'namespace',
        namespace,
        `${LABEL}=prd`,
        ...as('paul', 'platform'),
      ]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('there is no policy prd')]);
      expect(stderr).toContain('did you mean "prod"?');
    });

    it('does not lead where there is a policy and no entry', async () => {
      const namespace = await freshNamespace(controlPlane, {});
      const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/policy.weir.dev';
      const configuration = await api.get(path);
      const webhooks = objectsAt(isObject(configuration) ? configuration : {}, 'webhooks');
      const index = webhooks.findIndex((entry) => stringAt(entry, 'name') === 'edge.policy.weir.dev');
      const patch = JSON.stringify([{ op: 'remove', path: `/webhooks/${index}` }]);
      await kubectl(['patch', 'validatingwebhookconfiguration', 'policy.weir.dev', '--type=json', '-p', patch]);
      const label = () => kubectl(['label', 'namespace', namespace, `${LABEL}=edge`, '--dry-run=server']);
      const refused = 'there is a policy edge, and no entry of the webhook';
      await until('it is refused', { seconds: SECONDS }, async () => (await label()).stderr.includes(refused));

      const back = JSON.stringify([{ op: 'add', path: `/webhooks/${index}`, value: webhooks[index] ?? {} }]);
      await kubectl(['patch', 'validatingwebhookconfiguration', 'policy.weir.dev', '--type=json', '-p', back]);
      await until('it is let in again', { seconds: SECONDS }, async () => (await label()).code === 0);
    });

    it('counts at once', async () => {
      const namespace = await freshNamespace(controlPlane);
      expect((await apply(namespace, FIVE_HUNDRED)).code).toBe(0);
      await kubectl(['label', 'namespace', namespace, `${LABEL}=prod`]);
      const other = service({ name: 'other', template: scale('2', '500') });
      expect((await apply(namespace, other)).stderr).toContain('prod allows at most 50');
    });
  });

  describe('a Revision', () => {
    const revision = (metadata: JsonObject = {}) =>
      JSON.stringify({
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Revision',
        metadata: { name: 'by-hand', ...metadata },
        spec: { containers: [{ image: 'docker.io/library/nginx:latest' }] },
      });

    it('that somebody writes is judged, and gets nothing filled in', async () => {
      const namespace = await inEnvironment('prod');
      const { code, stderr } = await apply(namespace, revision(), ...as('jane', 'shop'));
      expect(code).toBe(1);
      for (const rule of ['images/registry', 'images/tag', 'resources/limits']) expect(stderr).toContain(`${rule} at `);
      expect(stderr).not.toContain('defaults/not-applied');
    });

    it('of Knative’s is not judged, and a label on it is let in with warnings', async () => {
      const namespace = await inEnvironment('prod');
      const knative = as('system:serviceaccount:knative-serving:controller');
      const made = await kubectl(['-n', namespace, 'create', ...knative, '-f', '-'], revision());
      // Knative's own webhook has a warning of its own
      expect([made.code, made.stderr.includes('images/registry')]).toEqual([0, false]);

      const labelled = await kubectl(['-n', namespace, 'label', 'revision', 'by-hand', 'team=shop', ...as('jane')]);
      expect([labelled.code, labelled.stderr.includes('Warning: images/registry at ')]).toEqual([0, true]);
      const annotate = ['annotate', 'revision', 'by-hand', 'autoscaling.knative.dev/max-scale=500'];
      const annotated = await kubectl(['-n', namespace, ...annotate, ...as('jane')]);
      expect([annotated.code, annotated.stderr.includes('max-scale is 500')]).toEqual([1, true]);
    });
  });

  describe('a DELETE', () => {
    it.each([
      ['prod', 1, 'Error from server (Forbidden)'],
      ['staging', 0, 'Warning: deletion/'],
    ])('of what others need, and of the last NetworkPolicy, has its answer in %s', async (environment, code, words) => {
      const namespace = await inEnvironment(environment);
      for (const manifest of [broker(), trigger(), FROM_KNATIVE])
        expect((await apply(namespace, manifest)).code).toBe(0);

      const remove = (...what: string[]) =>
        kubectl(['-n', namespace, 'delete', '--dry-run=server', ...what, ...as('jane', 'shop')]);
      const asked = await until('the server has seen the Trigger', { seconds: SECONDS }, async () => {
        const answer = await remove('broker', 'orders');
        return answer.stderr !== '' && answer;
      });
      expect([asked.code, asked.stderr]).toEqual([code, expect.stringContaining(words)]);
      expect(asked.stderr).toContain('Broker orders is needed by ');
      const last = await remove('networkpolicy', 'from-knative');
      expect([last.code, last.stderr]).toEqual([code, expect.stringContaining(words)]);
      expect(last.stderr).toContain('NetworkPolicy from-knative is the last of namespace');

      // in their order
      expect((await kubectl(['-n', namespace, 'delete', 'trigger', 'on-order'])).code).toBe(0);
      await until(
        'the server has seen that it is gone',
        { seconds: SECONDS },
        async () => (await remove('broker', 'orders')).stderr === '',
      );
    });

    it('of a Service takes with it what Knative has made of it', async () => {
      const namespace = await inEnvironment('prod');
      await apply(namespace, service());
      await podsReady(api, { namespace, count: 2 });
      expect((await kubectl(['-n', namespace, 'delete', 'ksvc', 'cart', '--wait=false'])).code).toBe(0);
      const serving = `/apis/serving.knative.dev/v1/namespaces/${namespace}`;
      for (const place of [
        `${serving}/configurations`,
        `${serving}/revisions`,
        `${serving}/routes`,
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
      ]) {
        await until(`${place} is empty`, { seconds: SECONDS }, async () => (await itemsAt(place)).length === 0);
      }
    });

    it('of a namespace is for those who own the environment, and then nothing in it holds it up', async () => {
      const namespace = `test-going-${randomBytes(4).toString('hex')}`;
      const metadata = { name: namespace, labels: { [LABEL]: 'prod' } };
      await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
      for (const manifest of [broker(), trigger(), FROM_KNATIVE, service(), exception()]) {
        expect((await apply(namespace, manifest, ...as('paul', 'platform'))).code).toBe(0);
      }
      const remove = (...who: string[]) => kubectl(['delete', 'namespace', namespace, '--wait=false', ...who]);
      const asked = await until('the server has seen what is in it', { seconds: SECONDS }, async () => {
        const answer = await kubectl(['delete', 'namespace', namespace, '--dry-run=server', ...as('jane', 'shop')]);
        return answer.code === 1 && answer;
      });
      expect(asked.stderr).toContain(`Namespace ${namespace} holds `);
      expect((await remove(...as('paul', 'platform'))).code).toBe(0);
      await until(`${namespace} is gone`, { seconds: 4 * SECONDS }, () => isGone(`/api/v1/namespaces/${namespace}`));
    }, 240_000);
  });
});
