/** The overlays on a real API server: applied strictly, and with the rights that they give. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isObject } from '../../src/kubernetes/json.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { FOLLOWED } from '../../webhooks/cluster/kinds.ts';
import { objectsAt, textsAt } from '../overlays/read.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';
import { applyOverlay, removeEntries } from './overlay.ts';

const controlPlane = cluster();
const { kubectl } = controlPlane;
const ACCOUNT = 'system:serviceaccount:weir-system:weir-webhook';
/** The entries are taken away again before anybody is asked. */
const NOWHERE = 1;

describe.each(['dev', 'staging', 'prod'])('overlays/%s', (grade) => {
  it('is applied without an error or a warning, and is the same the second time', async () => {
    const list = await applyOverlay(controlPlane, { grade, port: NOWHERE });
    const again = await kubectl(['diff', '--server-side', '-f', '-'], list);
    expect([again.code, again.stdout]).toEqual([0, '']);
  });
});

describe('the rights of the ServiceAccount', () => {
  beforeAll(async () => {
    await applyOverlay(controlPlane, { grade: 'prod', port: NOWHERE });
    await removeEntries(controlPlane);
  });

  /** What it may do in a namespace beyond what every ServiceAccount may, as `verb resource.group name`. */
  async function rightsIn(namespace: string): Promise<string[]> {
    const rules = await rulesOf(ACCOUNT, namespace);
    const common = new Set(await rulesOf('system:serviceaccount:weir-system:default', namespace));
    // its own validating configuration it may read twice over: for its certificate, and to know its entries
    return [...new Set(rules)].filter((rule) => !common.has(rule)).sort();
  }

  async function rulesOf(user: string, namespace: string): Promise<string[]> {
    const review = JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace },
    });
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:weir-system', 'system:authenticated'];
    const as = [`--as=${user}`, ...groups.map((group) => `--as-group=${group}`)];
    const { stdout, stderr } = await kubectl(['create', '--validate=false', ...as, '-o', 'json', '-f', '-'], review);
    if (stdout === '') throw new Error(stderr);
    const answer: unknown = JSON.parse(stdout);
    return objectsAt(isObject(answer) ? answer : {}, 'status', 'resourceRules').flatMap((rule) => {
      const names = textsAt(rule, 'resourceNames').map((name) => ` ${name}`);
      return textsAt(rule, 'verbs').flatMap((verb) =>
        textsAt(rule, 'apiGroups').flatMap((group) =>
          textsAt(rule, 'resources').flatMap((resource) =>
            (names.length === 0 ? [''] : names).map(
              (name) => `${verb} ${resource}${group === '' ? '' : `.${group}`}${name}`,
            ),
          ),
        ),
      );
    });
  }

  const CONFIGURATIONS = ['get', 'list', 'watch', 'patch'].flatMap((verb) => [
    `${verb} mutatingwebhookconfigurations.admissionregistration.k8s.io defaults.weir.dev`,
    `${verb} validatingwebhookconfigurations.admissionregistration.k8s.io policy.weir.dev`,
  ]);
  const EVERYWHERE = [
    ...FOLLOWED.flatMap(({ kind, plural }) =>
      ['get', 'list', 'watch'].map((verb) => `${verb} ${plural}${kind.group === '' ? '' : `.${kind.group}`}`),
    ),
    'patch policyexceptions/status.weir.dev',
    'create events.events.k8s.io',
    'patch events.events.k8s.io',
    ...CONFIGURATIONS,
  ];

  it('are the same in every namespace', async () => {
    expect(await rightsIn('default')).toEqual([...EVERYWHERE].sort());
  });

  it('are in its own what the certificate needs, beside', async () => {
    const own = [
      'create secrets',
      'create leases.coordination.k8s.io',
      ...['get', 'list', 'watch', 'patch'].map((verb) => `${verb} secrets weir-webhook-certificate`),
      ...['get', 'update'].map((verb) => `${verb} leases.coordination.k8s.io weir-webhook`),
    ];
    expect(await rightsIn('weir-system')).toEqual([...EVERYWHERE, ...own].sort());
  });

  it.each([
    ['no', 'get', 'secrets/another', 'weir-system'],
    ['no', 'list', 'secrets', 'weir-system'],
    ['no', 'get', 'secrets/weir-webhook-certificate', 'default'],
    ['no', 'delete', 'secrets/weir-webhook-certificate', 'weir-system'],
    ['no', 'get', 'configmaps/weir-policies', 'weir-system'],
    ['no', 'patch', 'validatingwebhookconfigurations/another', ''],
    ['no', 'delete', 'validatingwebhookconfigurations/policy.weir.dev', ''],
    ['no', 'patch', 'policyexceptions.weir.dev/sale', 'default'],
    ['no', 'patch', 'services.serving.knative.dev/cart', 'default'],
    ['yes', 'patch', 'validatingwebhookconfigurations/policy.weir.dev', ''],
    ['yes', 'get', 'secrets/weir-webhook-certificate', 'weir-system'],
    ['yes', 'watch', 'triggers.eventing.knative.dev', 'default'],
  ])('say %s to: %s %s', async (answer, verb, resource, namespace) => {
    const where = namespace === '' ? [] : ['--namespace', namespace];
    const { stdout } = await kubectl(['auth', 'can-i', verb, resource, `--as=${ACCOUNT}`, ...where]);
    expect(stdout.trim()).toBe(answer);
  });

  it('of those who view a namespace include its exceptions, and those of its administrators no more', async () => {
    const namespace = await freshNamespace(controlPlane);
    for (const role of ['view', 'admin']) {
      await kubectl([
        'create',
        'rolebinding',
        role,
        `--clusterrole=${role}`,
        `--user=${role}`,
        '--namespace',
        namespace,
      ]);
    }
    const mayI = async (user: string, verb: string, ...more: string[]) => {
      const args = [
        'auth',
        'can-i',
        verb,
        'policyexceptions.weir.dev',
        `--as=${user}`,
        '--namespace',
        namespace,
        ...more,
      ];
      return (await kubectl(args)).stdout.trim();
    };
    const isAggregated = async () => (await mayI('view', 'list')) === 'yes';
    await until('view has the rights that are aggregated to it', { seconds: 20 }, isAggregated);
    expect([await mayI('admin', 'list'), await mayI('admin', 'create')]).toEqual(['yes', 'no']);
    expect(await mayI('jane', 'create', '--as-group=platform')).toBe('yes');
  });
});
