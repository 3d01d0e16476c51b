import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { securityDefaults } from '../../../../src/policy/defaults/security.ts';
import type { Rule } from '../../../../src/policy/engine/rule.ts';
import type { SecurityPolicy } from '../../../../src/policy/model/security.ts';
import { securityCapabilities } from '../../../../src/policy/rules/security/capabilities.ts';
import { securityHost } from '../../../../src/policy/rules/security/host.ts';
import { securityPrivilegeEscalation } from '../../../../src/policy/rules/security/privilegeEscalation.ts';
import { securityRunAsNonRoot } from '../../../../src/policy/rules/security/runAsNonRoot.ts';
import { securitySeccomp } from '../../../../src/policy/rules/security/seccomp.ts';
import { aPolicy, aService, fillsOf, judgeBy, messages, paths } from '../../builders.ts';

const RESTRICTED: SecurityPolicy = {
  runAsNonRoot: { default: true },
  allowPrivilegeEscalation: { default: false },
  capabilities: { drop: { default: ['ALL'] }, add: { allowed: ['NET_BIND_SERVICE'] } },
  seccompProfile: { default: 'RuntimeDefault', allowed: ['RuntimeDefault', 'Localhost'] },
};
const restricted = aPolicy({ security: RESTRICTED });
const nothing = aPolicy();
const PATH = '/spec/template/spec/containers/0/securityContext';

function secured(securityContext: JsonValue, podSpec: JsonObject = {}): JsonObject {
  return aService({ container: { securityContext }, podSpec });
}

function aDeployment(spec: JsonObject, container: JsonObject = {}): JsonObject {
  const containers = [{ name: 'worker', image: 'registry.example.com/worker:1', ...container }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'worker' },
    spec: { template: { spec: { ...spec, containers } } },
  };
}

describe('the defaults of security', () => {
  const all = {
    [`${PATH}/runAsNonRoot`]: true,
    [`${PATH}/allowPrivilegeEscalation`]: false,
    [`${PATH}/capabilities/drop`]: ['ALL'],
    [`${PATH}/seccompProfile`]: { type: 'RuntimeDefault' },
  };
  const without = (...fields: string[]) =>
    Object.fromEntries(Object.entries(all).filter(([path]) => !fields.some((field) => path.includes(field))));

  it.each<[string, JsonObject, Record<string, unknown>]>([
    ['nothing', aService(), all],
    ['null', secured(null), all],
    ['an empty object', secured({}), all],
    ['nonsense', secured('restricted'), {}],
    [
      'what the author set',
      secured({ runAsNonRoot: false, allowPrivilegeEscalation: true }),
      without('runAsNonRoot', 'allowPrivilege'),
    ],
    [
      'what the pod says',
      secured({}, { securityContext: { runAsNonRoot: false, seccompProfile: { type: 'Unconfined' } } }),
      without('runAsNonRoot', 'seccomp'),
    ],
    ['root by number', secured({ runAsUser: 0 }), without('runAsNonRoot')],
    ['root of the pod by number', secured({}, { securityContext: { runAsUser: 0 } }), without('runAsNonRoot')],
    ['another user than the root of the pod', secured({ runAsUser: 1000 }, { securityContext: { runAsUser: 0 } }), all],
    ['privileged', secured({ privileged: true }), without('allowPrivilege')],
    ['SYS_ADMIN', secured({ capabilities: { add: ['CAP_SYS_ADMIN'] } }), without('allowPrivilege')],
    ['dropped capabilities', secured({ capabilities: { drop: ['NET_RAW'] } }), without('capabilities')],
    ['Windows', secured({}, { os: { name: 'windows' } }), {}],
    [
      'a low port, where Knative refuses NET_BIND_SERVICE',
      aService({ container: { ports: [{ containerPort: 80 }] } }),
      without('capabilities'),
    ],
    ['a Service with traffic alone', { ...aService(), spec: { traffic: [] } }, {}],
  ])('beside %s', (_, service, expected) => {
    expect(fillsOf(securityDefaults, service, restricted)).toEqual(expected);
  });

  it.each<[string, JsonObject, Record<string, string>, boolean]>([
    [
      'Knative with secure-pod-defaults',
      aService({ container: { ports: [{ containerPort: 80 }] } }),
      { 'secure-pod-defaults': 'Enabled' },
      true,
    ],
    [
      'Knative with the feature',
      aService({ container: { ports: [{ containerPort: 443 }] } }),
      { 'kubernetes.containerspec-addcapabilities': 'enabled' },
      true,
    ],
    [
      'Knative on 8080',
      aService({ container: { ports: [{ containerPort: 8080 }] } }),
      { 'secure-pod-defaults': 'enabled' },
      false,
    ],
  ])('NET_BIND_SERVICE in %s', (_, object, features, isAdded) => {
    const policy = aPolicy({ security: RESTRICTED, knative: { ...DEFAULT_SETTINGS, features } });
    const fills = fillsOf(securityDefaults, object, policy);
    expect(fills[`${PATH}/capabilities/drop`]).toEqual(['ALL']);
    expect(fills[`${PATH}/capabilities/add`]).toEqual(isAdded ? ['NET_BIND_SERVICE'] : undefined);
  });

  it('leave a Deployment to its rules, whose fixes write the same', () => {
    const deployment = aDeployment({}, { ports: [{ containerPort: 80 }] });
    expect(fillsOf(securityDefaults, deployment, restricted)).toEqual({});
    const places = (rule: Rule) => judgeBy(rule, deployment, restricted).map(({ path, fix }) => [path, fix]);
    const add = (value: JsonValue) => [{ op: 'add', path: PATH, value }];
    const container = '/spec/template/spec/containers/0';
    expect(places(securityRunAsNonRoot)).toEqual([[container, add({ runAsNonRoot: true })]]);
    expect(places(securityPrivilegeEscalation)).toEqual([[container, add({ allowPrivilegeEscalation: false })]]);
    expect(places(securitySeccomp)).toEqual([[container, add({ seccompProfile: { type: 'RuntimeDefault' } })]]);
    const [capabilities] = judgeBy(securityCapabilities, deployment, restricted);
    expect(capabilities?.message).toBe(
      'worker does not drop ALL; set capabilities.drop to [ALL], and capabilities.add to [NET_BIND_SERVICE] for port 80',
    );
    expect(capabilities?.fix).toEqual([
      { op: 'add', path: PATH, value: { capabilities: { drop: ['ALL'] } } },
      { op: 'add', path: `${PATH}/capabilities/add`, value: ['NET_BIND_SERVICE'] },
    ]);
  });

  it('fill nothing where the policy says nothing, and let root be where it says so', () => {
    expect(fillsOf(securityDefaults, aService(), nothing)).toEqual({});
    const policy = aPolicy({
      security: { runAsNonRoot: { default: false }, allowPrivilegeEscalation: { default: true } },
    });
    expect(fillsOf(securityDefaults, aService(), policy)).toEqual({});
  });

  it('judge nothing wrong that they filled in themselves', () => {
    const fills = fillsOf(securityDefaults, aService(), restricted);
    const securityContext = {
      runAsNonRoot: fills[`${PATH}/runAsNonRoot`] ?? null,
      allowPrivilegeEscalation: fills[`${PATH}/allowPrivilegeEscalation`] ?? null,
      capabilities: { drop: fills[`${PATH}/capabilities/drop`] ?? null },
      seccompProfile: fills[`${PATH}/seccompProfile`] ?? null,
    };
    const service = secured(securityContext);
    for (const rule of [securityRunAsNonRoot, securityPrivilegeEscalation, securityCapabilities, securitySeccomp]) {
      expect(judgeBy(rule, service, restricted)).toEqual([]);
    }
    expect(fillsOf(securityDefaults, service, restricted)).toEqual({});
  });
});

describe('security/run-as-non-root', () => {
  it.each<[string, JsonObject, typeof restricted, string[], string[]]>([
    ['true', secured({ runAsNonRoot: true }), restricted, [], []],
    ['another user', secured({ runAsUser: 1000 }), restricted, [], []],
    [
      'root',
      secured({ runAsUser: 0 }),
      nothing,
      ['container 1 runs as root (runAsUser is 0); name another user'],
      [`${PATH}/runAsUser`],
    ],
    [
      'root of the pod',
      secured({}, { securityContext: { runAsUser: 0 } }),
      nothing,
      ['container 1 runs as root (runAsUser is 0); name another user'],
      ['/spec/template/spec/securityContext/runAsUser'],
    ],
    [
      'false',
      secured({ runAsNonRoot: false }),
      restricted,
      ['container 1 may run as root (runAsNonRoot is not true); set runAsNonRoot: true'],
      [`${PATH}/runAsNonRoot`],
    ],
    ['false, which nobody minds', secured({ runAsNonRoot: false }), nothing, [], []],
    [
      'nothing',
      aService(),
      restricted,
      ['container 1 may run as root (no runAsNonRoot); set runAsNonRoot: true'],
      ['/spec/template/spec/containers/0'],
    ],
    ['nothing, which nobody minds', aService(), nothing, [], []],
    ['true of the pod', secured({}, { securityContext: { runAsNonRoot: true } }), restricted, [], []],
    [
      'false over true of the pod',
      secured({ runAsNonRoot: false }, { securityContext: { runAsNonRoot: true } }),
      restricted,
      ['container 1 may run as root (runAsNonRoot is not true); set runAsNonRoot: true'],
      [`${PATH}/runAsNonRoot`],
    ],
    [
      'nonsense',
      secured('none'),
      restricted,
      ['container 1 may run as root (no runAsNonRoot); set runAsNonRoot: true'],
      [`${PATH}/runAsNonRoot`],
    ],
  ])('%s', (_, service, policy, expected, where) => {
    const findings = judgeBy(securityRunAsNonRoot, service, policy);
    expect(messages(findings)).toEqual(expected);
    expect(paths(findings)).toEqual(where);
  });

  it('replaces nonsense', () => {
    expect(judgeBy(securityRunAsNonRoot, secured('none'), restricted)).toMatchObject([
      { fix: [{ op: 'replace', path: PATH, value: { runAsNonRoot: true } }] },
    ]);
  });
});

describe('security/privilege-escalation', () => {
  it.each<[string, JsonObject, typeof restricted, string[]]>([
    ['false', secured({ allowPrivilegeEscalation: false }), restricted, []],
    [
      'true',
      secured({ allowPrivilegeEscalation: true }),
      nothing,
      ['container 1 may gain rights while it runs; set allowPrivilegeEscalation: false'],
    ],
    [
      'nothing',
      aService(),
      restricted,
      ['container 1 does not say that it gains no rights; set allowPrivilegeEscalation: false'],
    ],
    ['nothing, which nobody minds', aService(), nothing, []],
    [
      'true, which the policy lets be',
      secured({ allowPrivilegeEscalation: true }),
      aPolicy({ security: { allowPrivilegeEscalation: { default: true } } }),
      [],
    ],
    ['privileged in Knative, which refuses it', secured({ privileged: true }), restricted, []],
    [
      'privileged elsewhere',
      aDeployment({}, { securityContext: { privileged: true } }),
      restricted,
      ['worker is privileged, which makes it root on the node; leave privileged out'],
    ],
  ])('%s', (_, object, policy, expected) => {
    expect(messages(judgeBy(securityPrivilegeEscalation, object, policy))).toEqual(expected);
  });
});

describe('security/capabilities', () => {
  const drop = 'does not drop ALL; set capabilities.drop to [ALL]';

  it.each<[string, JsonObject, typeof restricted, string[]]>([
    ['ALL dropped', secured({ capabilities: { drop: ['ALL'] } }), restricted, []],
    ['one dropped', secured({ capabilities: { drop: ['NET_RAW'] } }), restricted, [`container 1 ${drop}`]],
    [
      'all in lower case',
      secured({ capabilities: { drop: ['all'] } }),
      restricted,
      ['container 1 does not drop ALL, and "all" in lower case is none; set capabilities.drop to [ALL]'],
    ],
    [
      'a low port',
      aService({ container: { ports: [{ containerPort: 80 }] } }),
      restricted,
      [`container 1 ${drop}, or listen above 1023 rather than on 80`],
    ],
    ['nothing, which nobody minds', aService(), nothing, []],
    [
      'an allowed one',
      aDeployment({}, { securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }),
      restricted,
      [],
    ],
    [
      'another one',
      aDeployment({}, { securityContext: { capabilities: { drop: ['ALL'], add: ['CAP_NET_ADMIN'] } } }),
      restricted,
      ['worker asks for the capability NET_ADMIN, and prod allows NET_BIND_SERVICE; leave it out'],
    ],
    [
      'the worst, where the policy says nothing',
      aDeployment({}, { securityContext: { capabilities: { add: ['NET_RAW', 'SYS_ADMIN'] } } }),
      nothing,
      ['worker asks for the capability SYS_ADMIN, which is as good as root on the node; leave it out'],
    ],
    [
      'one in Knative, which refuses it',
      secured({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      restricted,
      [],
    ],
    ['what a privileged one has anyway', aDeployment({}, { securityContext: { privileged: true } }), restricted, []],
  ])('%s', (_, object, policy, expected) => {
    expect(messages(judgeBy(securityCapabilities, object, policy))).toEqual(expected);
  });
});

describe('security/seccomp', () => {
  it.each<[string, JsonObject, typeof restricted, string[]]>([
    ['RuntimeDefault', secured({ seccompProfile: { type: 'RuntimeDefault' } }), restricted, []],
    ['what the pod says', secured({}, { securityContext: { seccompProfile: { type: 'Localhost' } } }), restricted, []],
    [
      'Unconfined',
      secured({ seccompProfile: { type: 'Unconfined' } }),
      nothing,
      ['container 1 has the seccomp profile Unconfined; set seccompProfile.type to RuntimeDefault'],
    ],
    [
      'nothing',
      aService(),
      restricted,
      ['container 1 has no seccomp profile; set seccompProfile.type to RuntimeDefault'],
    ],
    ['nothing, which nobody minds', aService(), nothing, []],
  ])('%s', (_, object, policy, expected) => {
    expect(messages(judgeBy(securitySeccomp, object, policy))).toEqual(expected);
  });
});

describe('security/host', () => {
  it.each<[string, JsonObject, string[]]>([
    ['nothing', aDeployment({}), []],
    ['false', aDeployment({ hostNetwork: false }), []],
    [
      'the network',
      aDeployment({ hostNetwork: true }),
      ["pods of worker share their node's network (hostNetwork); leave it out"],
    ],
    [
      'the processes',
      aDeployment({ hostPID: true }),
      ["pods of worker share their node's processes (hostPID); leave it out"],
    ],
    [
      'files',
      aDeployment({ volumes: [{ name: 'run', hostPath: { path: '/run' } }] }),
      ['pods of worker mount /run of their node (run); use an emptyDir or a PersistentVolumeClaim'],
    ],
    [
      'a port',
      aDeployment({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
      ['worker takes port 80 of its node (hostPort); leave it out, and reach the pods by a Service'],
    ],
    ['nonsense', aDeployment({ volumes: [null, 'x'], hostPID: 'yes' }, { ports: [7] }), []],
    ['what Knative refuses', aService({ podSpec: { hostNetwork: true, volumes: [{ hostPath: {} }] } }), []],
  ])('%s', (_, object, expected) => {
    expect(messages(judgeBy(securityHost, object))).toEqual(expected);
  });

  it('judges what a feature makes Knative accept', () => {
    const features = { 'kubernetes.podspec-hostnetwork': 'Allowed' };
    const policy = aPolicy({ knative: { ...DEFAULT_SETTINGS, features } });
    expect(judgeBy(securityHost, aService({ podSpec: { hostNetwork: true, hostPID: true } }), policy)).toHaveLength(1);
  });
});
