/** The webhook configurations as they lie in overlays/base, held against the rule catalogue and the shipped policies. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { removedKinds } from '../../src/knative/eventing/legacy.ts';
import { type JsonObject, numberAt, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import type { Kind } from '../../src/kubernetes/kinds.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { judgedIn } from '../../tools/generate/overlays/admitted.ts';
import { resourceOf } from '../../tools/generate/overlays/resources.ts';
import {
  joiningConfiguration,
  mutatingConfiguration,
  validatingConfiguration,
} from '../../tools/generate/overlays/webhooks.ts';
import { entriesOf, objectsAt, objectsOf, only, textsAt } from './read.ts';

const MUTATING = 'overlays/base/mutating-webhooks.yaml';
const VALIDATING = 'overlays/base/validating-webhooks.yaml';
const JOINING = 'overlays/components/default-environment/mutating-webhooks.yaml';

const { policies } = await loadPolicies('policies');
const environments = [...policies.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
const names = environments.map(({ name }) => name);

const mutating = entriesOf(only(objectsOf(MUTATING), 'MutatingWebhookConfiguration', 'defaults.weir.dev'));
const validating = entriesOf(only(objectsOf(VALIDATING), 'ValidatingWebhookConfiguration', 'policy.weir.dev'));
const entries = [...mutating, ...validating];

const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease'];
const LEFT_OUT = [...SYSTEM, 'knative-serving', 'knative-eventing', 'keda', 'argocd', 'weir-system'];

/** `group/plural` with each operation, worked out from the kind's name and not from the generator's table. */
function wanted(kinds: readonly Kind[], operations: readonly string[]): string[] {
  const gone = [...removedKinds.map(({ key }) => key), 'keda.k8s.io/ScaledObject'];
  return kinds
    .filter(({ key }) => !gone.includes(key))
    .flatMap(({ group, kind }) => operations.map((operation) => `${operation} ${group}/${pluralOf(kind)}`));
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

function registered(entry: JsonObject | undefined): string[] {
  if (entry === undefined) return [];
  return objectsAt(entry, 'rules').flatMap((rule) =>
    textsAt(rule, 'apiGroups').flatMap((group) =>
      textsAt(rule, 'resources').flatMap((resource) =>
        textsAt(rule, 'operations').map((operation) => `${operation} ${group}/${resource}`),
      ),
    ),
  );
}

const unique = (items: readonly string[]) => [...new Set(items)].sort();
const isClusterWide = (item: string) => / rbac\.authorization\.k8s\.io\/cluster|\/namespaces$/.test(item);

const judged = unique([
  ...[...catalogue.rules, ...(catalogue.admission?.changes ?? [])].flatMap(({ kinds }) =>
    wanted(kinds, ['CREATE', 'UPDATE']),
  ),
  ...(catalogue.admission?.deletions ?? []).flatMap(({ kinds }) => wanted(kinds, ['DELETE'])),
]);

describe('the written files', () => {
  it.each([
    [MUTATING, mutatingConfiguration],
    [VALIDATING, validatingConfiguration],
  ] as const)('%s is current; npm run generate writes it anew', (file, write) => {
    expect(readFileSync(file, 'utf8')).toBe(write(environments));
  });

  it(`${JOINING} is current; npm run generate writes it anew`, () => {
    expect(readFileSync(JOINING, 'utf8')).toBe(joiningConfiguration('dev'));
    const entry = entriesOf(only(objectsOf(JOINING), 'MutatingWebhookConfiguration', 'defaults.weir.dev'));
    expect([...entry.keys()]).toEqual(['namespaces.defaults.weir.dev']);
    expect(registered(entry.get('namespaces.defaults.weir.dev'))).toEqual(['CREATE /namespaces']);
    expect(names).toContain('dev');
  });

  it('policies/kustomization.yaml packs every policy', () => {
    const files = readdirSync('policies').filter((name) => /\.ya?ml$/.test(name) && name !== 'kustomization.yaml');
    const [generator] = objectsAt(
      only(objectsOf('policies/kustomization.yaml'), 'Kustomization'),
      'configMapGenerator',
    );
    expect(textsAt(generator ?? {}, 'files')).toEqual(files.sort());
  });
});

describe('the entries', () => {
  it('are one for each environment, and two for what is in none', () => {
    expect([...mutating.keys()]).toEqual(names.map((name) => `${name}.defaults.weir.dev`));
    const others = ['cluster.policy.weir.dev', 'namespaces.policy.weir.dev'];
    expect([...validating.keys()]).toEqual([...names.map((name) => `${name}.policy.weir.dev`), ...others]);
  });

  it.each(names)('%s judges in its namespaces every kind of a rule, and nothing else', (name) => {
    const inNamespaces = judged.filter((item) => !isClusterWide(item));
    expect(unique(registered(validating.get(`${name}.policy.weir.dev`)))).toEqual(inNamespaces);
  });

  it.each(names)('%s fills in every kind of a default, and nothing else', (name) => {
    const kinds = catalogue.defaulters.flatMap((defaulter) => wanted(defaulter.kinds, ['CREATE', 'UPDATE']));
    expect(unique(registered(mutating.get(`${name}.defaults.weir.dev`)))).toEqual(unique(kinds));
  });

  it('judge what stands in no namespace by one of their own', () => {
    const clusterWide = judged.filter((item) => isClusterWide(item) && !item.endsWith('/namespaces'));
    expect(unique(registered(validating.get('cluster.policy.weir.dev')))).toEqual(clusterWide);
    expect(unique(registered(validating.get('namespaces.policy.weir.dev')))).toEqual(
      unique(
        ['CREATE', 'UPDATE', 'DELETE'].flatMap((operation) =>
          ['namespaces', 'namespaces/finalize', 'namespaces/status'].map((resource) => `${operation} /${resource}`),
        ),
      ),
    );
  });

  it('name no wildcard, no Pod, no Lease, and no subresource but those of Namespaces', () => {
    const all = entries.flatMap(([, entry]) => registered(entry));
    expect(all.filter((item) => item.includes('*'))).toEqual([]);
    expect(all.filter((item) => /\/(pods|nodes|leases|events|endpoints|endpointslices)\b/.test(item))).toEqual([]);
    expect(unique(all.filter((item) => item.split('/').length > 2)).map((item) => item.split(' ')[1])).toEqual(
      ['CREATE', 'DELETE', 'UPDATE'].flatMap(() => ['/namespaces/finalize', '/namespaces/status']),
    );
  });

  it.each(entries)('%s waits for 5 seconds, writes nothing on a dry run, and is asked in every version', (_, entry) => {
    expect(entry).toMatchObject({
      timeoutSeconds: 5,
      sideEffects: 'NoneOnDryRun',
      matchPolicy: 'Equivalent',
      admissionReviewVersions: ['v1'],
    });
    for (const rule of objectsAt(entry, 'rules')) {
      expect(textsAt(rule, 'apiVersions')).not.toEqual([]);
      const isOfCluster = registered({ rules: [rule] }).every(
        (item) => isClusterWide(item) || item.includes('/namespaces'),
      );
      expect(stringAt(rule, 'scope')).toBe(isOfCluster ? 'Cluster' : 'Namespaced');
    }
  });

  it.each(names)(
    'of %s are chosen by the label of the namespace, and leave out what must start without Weir',
    (name) => {
      for (const [configuration, path] of [
        [mutating, `/mutate/${name}`],
        [validating, `/validate/${name}`],
      ] as const) {
        const suffix = configuration === mutating ? 'defaults.weir.dev' : 'policy.weir.dev';
        const entry = configuration.get(`${name}.${suffix}`) ?? {};
        expect(valueAt(entry, 'namespaceSelector')).toEqual({
          matchExpressions: [
            { key: 'weir.dev/environment', operator: 'In', values: [name] },
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: LEFT_OUT },
          ],
        });
        expect(stringAt(entry, 'clientConfig', 'service', 'path')).toBe(path);
      }
    },
  );

  it('fail closed where an unjudged change would count', () => {
    const closed = [...validating].filter(([, entry]) => stringAt(entry, 'failurePolicy') === 'Fail');
    expect(closed.map(([name]) => name)).toEqual([
      'prod.policy.weir.dev',
      'staging.policy.weir.dev',
      'namespaces.policy.weir.dev',
    ]);
    for (const [, entry] of mutating) {
      expect(entry).toMatchObject({ failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded' });
    }
  });

  it('lead to the Service of the webhook', () => {
    const service = only(objectsOf('overlays/base/service.yaml'), 'Service');
    const [port] = objectsAt(service, 'spec', 'ports');
    for (const [, entry] of entries) {
      const target = objectAt(entry, 'clientConfig', 'service') ?? {};
      expect(stringAt(target, 'name')).toBe(stringAt(service, 'metadata', 'name'));
      expect(stringAt(target, 'namespace')).toBe(stringAt(service, 'metadata', 'namespace'));
      expect(numberAt(target, 'port')).toBe(numberAt(port, 'port'));
      expect(objectAt(entry, 'clientConfig')).not.toHaveProperty('caBundle');
    }
  });

  it('run before those of Knative, by the name of their configuration', () => {
    const own = stringAt(only(objectsOf(MUTATING), 'MutatingWebhookConfiguration'), 'metadata', 'name') ?? '';
    for (const knatives of [
      'webhook.serving.knative.dev',
      'webhook.eventing.knative.dev',
      'sinkbindings.webhook.sources.knative.dev',
    ]) {
      expect([knatives, own].sort()[0]).toBe(own);
    }
  });
});

describe('a rule of a policy of one’s own', () => {
  const withRuleFor = (group: string, kind: string) => {
    const [policy] = environments;
    if (policy === undefined) throw new Error('no policy');
    const [rule] = catalogue.rules;
    if (rule === undefined) throw new Error('no rule');
    const key = group === '' ? kind : `${group}/${kind}`;
    return { ...policy, custom: [{ ...rule, id: 'custom/own', kinds: [{ group, kind, key }] }] };
  };

  it('brings its kind to admission, in its own environment', () => {
    const rules = judgedIn(withRuleFor('', 'ServiceAccount'));
    expect(rules.flatMap(({ resources }) => resources)).toContain('serviceaccounts');
    expect(environments.flatMap((policy) => judgedIn(policy)).flatMap(({ resources }) => resources)).not.toContain(
      'serviceaccounts',
    );
  });

  it('never brings Pods or Leases', () => {
    for (const [group, kind] of [
      ['', 'Pod'],
      ['coordination.k8s.io', 'Lease'],
    ] as const) {
      expect(judgedIn(withRuleFor(group, kind)).flatMap(({ resources }) => resources)).not.toContain(pluralOf(kind));
    }
  });

  it('says where a kind of others is to be added', () => {
    expect(() => judgedIn(withRuleFor('example.com', 'Widget'))).toThrow(
      'as what an API server serves example.com/Widget is not known; add it to src/kubernetes/served.ts',
    );
  });

  it('knows that kinds which are gone are served by nobody', () => {
    for (const kind of removedKinds) expect(resourceOf(kind)).toBeUndefined();
  });
});
