import { onSettings, type Rule } from '../../engine/rule.ts';
import { securityCapabilities } from './capabilities.ts';
import { securityCredential } from './credential.ts';
import { securityHost } from './host.ts';
import { securityPrivilegeEscalation } from './privilegeEscalation.ts';
import { securityRunAsNonRoot } from './runAsNonRoot.ts';
import { securitySeccomp } from './seccomp.ts';
import { securitySecretInGit } from './secretInGit.ts';
import { securityUrlPassword } from './urlPassword.ts';

export const securityRules: readonly Rule[] = [
  ...onSettings([securityRunAsNonRoot, securityPrivilegeEscalation, securityCapabilities, securitySeccomp]),
  ...onSettings([securityHost], 'settings, with names'),
  securityCredential,
  securityUrlPassword,
  securitySecretInGit,
];
