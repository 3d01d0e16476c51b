/**
 * Hardening: what Pod Security calls restricted, filled into containers, where Knative accepts it without a feature
 * flag (knative/serving pkg/apis/serving/fieldmask.go). What Knative itself would fill in under secure-pod-defaults
 * (pkg/apis/serving/v1/revision_defaults.go) is the same, so that the two agree.
 */
import { isObject, type JsonValue, valueAt } from '../../kubernetes/json.ts';
import { placeIn } from '../../kubernetes/pointer.ts';
import type { Defaulter, Fill } from '../engine/default.ts';
import type { RuleContext } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';
import {
  addedCapabilities,
  type ContainerSecurity,
  containerSecurities,
  inherited,
  isKnativeKind,
  lowPort,
  mayAddCapabilities,
} from '../rules/security/containerSecurity.ts';
import { filledKinds } from './filledKinds.ts';

type FillContainer = (security: ContainerSecurity, subject: Subject, context: RuleContext) => readonly Fill[];

function defineHardening(id: string, fillContainer: FillContainer): Defaulter {
  return {
    id,
    kinds: filledKinds,
    fill(subject, context) {
      const fills: Fill[] = [];
      if (context.policy.security === undefined) return fills;
      for (const security of containerSecurities(subject.template)) {
        if (security.isWritable) fills.push(...fillContainer(security, subject, context));
      }
      return fills;
    },
  };
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null;
}

/** Left out where the author says that root is meant, by runAsUser or runAsNonRoot of the pod. */
const runAsNonRoot = defineHardening('security/run-as-non-root', (security, _, { policy }) => {
  if (policy.security?.runAsNonRoot?.default !== true) return [];
  if (inherited(security, 'runAsNonRoot') !== undefined || inherited(security, 'runAsUser')?.value === 0) return [];
  return [{ path: placeIn(security.path, 'runAsNonRoot'), value: true, from: '/spec/security/runAsNonRoot/default' }];
});

/** Left out where the API server would refuse the two together (kubernetes pkg/apis/core/validation: privileged, SYS_ADMIN). */
const privilegeEscalation = defineHardening('security/privilege-escalation', (security, _, { policy }) => {
  if (policy.security?.allowPrivilegeEscalation?.default !== false) return [];
  if (!isAbsent(security.own.allowPrivilegeEscalation) || security.own.privileged === true) return [];
  if (addedCapabilities(security).includes('SYS_ADMIN')) return [];
  return [
    {
      path: placeIn(security.path, 'allowPrivilegeEscalation'),
      value: false,
      from: '/spec/security/allowPrivilegeEscalation/default',
    },
  ];
});

/**
 * Who listens below 1024 gets NET_BIND_SERVICE with it. Where Knative refuses that, nothing is dropped: whether the
 * runtime opens low ports to everybody, the author knows.
 */
const capabilities = defineHardening('security/capabilities', (security, subject, { policy }) => {
  const drop = policy.security?.capabilities?.drop?.default;
  const written = valueAt(security.own, 'capabilities') ?? {};
  if (drop === undefined || !isObject(written) || !isAbsent(written.drop)) return [];

  const path = placeIn(security.path, 'capabilities');
  const fills: Fill[] = [
    { path: placeIn(path, 'drop'), value: drop, from: '/spec/security/capabilities/drop/default' },
  ];
  const port = lowPort(security);
  if (port === undefined || !drop.includes('ALL') || !isAbsent(written.add)) return fills;

  const allowed = policy.security?.capabilities?.add?.allowed ?? [];
  const mayAdd = !isKnativeKind(subject.key) || mayAddCapabilities(policy.knative);
  if (!mayAdd || !allowed.includes('NET_BIND_SERVICE')) return [];
  fills.push({
    path: placeIn(path, 'add'),
    value: ['NET_BIND_SERVICE'],
    from: '/spec/security/capabilities/add/allowed',
    because: `the container listens on port ${port}`,
  });
  return fills;
});

const seccomp = defineHardening('security/seccomp', (security, _, { policy }) => {
  const type = policy.security?.seccompProfile?.default;
  if (type === undefined || inherited(security, 'seccompProfile') !== undefined) return [];
  return [
    { path: placeIn(security.path, 'seccompProfile'), value: { type }, from: '/spec/security/seccompProfile/default' },
  ];
});

export const securityDefaults: readonly Defaulter[] = [runAsNonRoot, privilegeEscalation, capabilities, seccomp];
