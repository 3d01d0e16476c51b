/**
 * `spec.security`: what containers may do. A field that the policy names is demanded: where the author set nothing,
 * its default is filled in, and what is still missing then breaks the rule. What is dangerous in itself (root,
 * privileged, Unconfined) breaks the rules whatever the policy names.
 */
import { type JsonSchema, section, textList } from './bounds.ts';

export interface SecurityPolicy {
  readonly runAsNonRoot?: { readonly default?: boolean };
  readonly allowPrivilegeEscalation?: { readonly default?: boolean };
  readonly capabilities?: {
    readonly drop?: { readonly default?: readonly string[] };
    readonly add?: { readonly allowed?: readonly string[] };
  };
  readonly seccompProfile?: { readonly default?: SeccompProfileType; readonly allowed?: readonly SeccompProfileType[] };
}

/** A Localhost profile needs a file's name beside it, so it cannot be a default. */
export type SeccompProfileType = 'RuntimeDefault' | 'Localhost' | 'Unconfined';

const capability: JsonSchema = { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' };

export const securitySchema = section('What containers may do', {
  runAsNonRoot: section('securityContext.runAsNonRoot', {
    default: {
      type: 'boolean',
      description:
        'true is filled in and demanded; false lets images run as root. An image whose USER is a name rather than a number does not start with it',
    },
  }),
  allowPrivilegeEscalation: section('securityContext.allowPrivilegeEscalation', {
    default: { type: 'boolean', description: 'false is filled in and demanded; true lets setuid programs gain rights' },
  }),
  capabilities: section('securityContext.capabilities', {
    drop: section('capabilities that containers give up', {
      default: textList('filled in and demanded: [ALL]', capability),
    }),
    add: section('capabilities that containers ask for', {
      allowed: textList('those that they may; the list of Pod Security is [NET_BIND_SERVICE]', capability),
    }),
  }),
  seccompProfile: section('securityContext.seccompProfile.type', {
    default: { enum: ['RuntimeDefault'], description: 'filled in and demanded' },
    allowed: textList('types that containers may have', { enum: ['RuntimeDefault', 'Localhost', 'Unconfined'] }),
  }),
});
