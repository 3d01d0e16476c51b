/** The matchConditions, run: whose requests Weir is asked about, and what of a Namespace. */
import { describe, expect, it } from '@jest/globals';
import { DYN } from '../../src/cel/check/types.ts';
import { compile } from '../../src/cel/program.ts';
import { fromJson } from '../../src/cel/values/json.ts';
import { type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { entriesOf, objectsAt, objectsOf } from './read.ts';

const configurations = [
  ...objectsOf('overlays/base/mutating-webhooks.yaml'),
  ...objectsOf('overlays/base/validating-webhooks.yaml'),
];
const entries = configurations.flatMap((configuration) => [...entriesOf(configuration)]);
const byRequest = entries.filter(([name]) => name !== 'namespaces.policy.weir.dev');

/** The names of the conditions that are not met: the webhook is called where there is none. */
function unmet(entry: JsonObject | undefined, variables: Readonly<Record<string, JsonValue>>): string[] {
  return objectsAt(entry ?? {}, 'matchConditions').flatMap((condition) => {
    const types = { object: DYN, oldObject: DYN, request: DYN };
    const compiled = compile(stringAt(condition, 'expression') ?? '', { variables: types });
    if (!compiled.ok) throw new Error(compiled.message);
    const bindings = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, fromJson(value)]));
    const outcome = compiled.program.run(bindings);
    if (!outcome.ok) throw new Error(`${stringAt(condition, 'name')}: ${outcome.message}`);
    const result = outcome.value;
    if (typeof result !== 'boolean') throw new Error(`${stringAt(condition, 'name')} gives ${String(result)}`);
    return result ? [] : [stringAt(condition, 'name') ?? ''];
  });
}

describe.each(byRequest)('%s', (_, entry) => {
  it.each`
    username                                                         | by
    ${'jane'}                                                        | ${[]}
    ${'system:admin'}                                                | ${[]}
    ${'system:serviceaccount:shop:controller'}                       | ${[]}
    ${'system:serviceaccount:argocd:argocd-application-controller'}  | ${[]}
    ${'system:serviceaccount:weir-system:weir-webhook'}              | ${[]}
    ${'system:serviceaccount:knative-serving-shop:controller'}       | ${[]}
    ${'system:serviceaccount:kube-system-tools:helm'}                | ${[]}
    ${'knative-serving'}                                             | ${[]}
    ${'system:serviceaccount:keda:deployer'}                         | ${[]}
    ${'system:serviceaccount:knative-serving:controller'}            | ${['not-by-knative']}
    ${'system:serviceaccount:knative-serving:activator'}             | ${['not-by-knative']}
    ${'system:serviceaccount:knative-eventing:eventing-controller'}  | ${['not-by-knative']}
    ${'system:serviceaccount:kube-system:generic-garbage-collector'} | ${['not-by-kubernetes']}
    ${'system:serviceaccount:kube-system:cronjob-controller'}        | ${['not-by-kubernetes']}
    ${'system:kube-controller-manager'}                              | ${['not-by-kubernetes']}
    ${'system:apiserver'}                                            | ${['not-by-kubernetes']}
    ${'system:serviceaccount:keda:keda-operator'}                    | ${['not-by-keda']}
    ${'system:serviceaccount:weir-system:weir-controller'}           | ${['not-by-weir']}
    ${'system:serviceaccount:shop:weir-controller'}                  | ${[]}
  `('of $username leaves out $by', ({ username, by }) => {
    const request = { userInfo: { username, groups: ['system:authenticated'] } };
    expect(unmet(entry, { request, object: null, oldObject: null })).toEqual(by);
  });
});

describe('namespaces.policy.weir.dev', () => {
  const entry = new Map(entries).get('namespaces.policy.weir.dev');
  const jane = { username: 'jane', groups: [] };
  const namespace = (labels?: JsonObject): JsonObject => ({ metadata: labels === undefined ? {} : { labels } });
  const prod = namespace({ 'weir.dev/environment': 'prod' });
  const dev = namespace({ 'weir.dev/environment': 'dev' });
  const team = namespace({ team: 'shop' });

  it.each`
    what                    | oldObject      | object         | isAsked
    ${'created in prod'}    | ${null}        | ${prod}        | ${true}
    ${'created in none'}    | ${null}        | ${team}        | ${false}
    ${'created unlabelled'} | ${null}        | ${namespace()} | ${false}
    ${'moved'}              | ${prod}        | ${dev}         | ${true}
    ${'taken out'}          | ${prod}        | ${team}        | ${true}
    ${'without labels'}     | ${prod}        | ${namespace()} | ${true}
    ${'brought in'}         | ${namespace()} | ${prod}        | ${true}
    ${'as it was'}          | ${prod}        | ${prod}        | ${false}
    ${'another label'}      | ${namespace()} | ${team}        | ${false}
    ${'deleted in prod'}    | ${prod}        | ${null}        | ${true}
    ${'deleted in none'}    | ${team}        | ${null}        | ${false}
  `('is asked about a Namespace that is $what: $isAsked', ({ oldObject = null, object = null, isAsked }) => {
    const request = { name: 'shop', userInfo: jane };
    expect(unmet(entry, { request, object, oldObject })).toEqual(isAsked ? [] : ['about-its-environment']);
  });

  it('is asked about those that no policy holds in never', () => {
    for (const name of ['kube-system', 'knative-serving', 'keda', 'argocd', 'weir-system']) {
      expect(unmet(entry, { request: { name, userInfo: jane }, object: prod, oldObject: null })).toEqual([
        'not-left-out',
      ]);
    }
  });

  it('is not asked when the namespace controller ends a Namespace', () => {
    const username = 'system:serviceaccount:kube-system:namespace-controller';
    const request = { name: 'shop', userInfo: { username, groups: [] } };
    expect(unmet(entry, { request, object: prod, oldObject: dev })).toEqual(['not-by-kubernetes']);
  });
});
