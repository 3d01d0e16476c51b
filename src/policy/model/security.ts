/** `spec.security`: what containers may do. */
import { section } from './bounds.ts';

export interface SecurityPolicy {
  /** Fill in runAsNonRoot, allowPrivilegeEscalation: false, dropped capabilities and seccomp where the author set nothing. */
  readonly harden?: boolean;
}

export const securitySchema = section('What containers may do', {
  harden: {
    type: 'boolean',
    description: 'fill in runAsNonRoot, no privilege escalation, dropped capabilities and the seccomp profile',
  },
});
