/** `spec.admission`: who may do at the API what others may not. */
import { type JsonSchema, section, textList } from './bounds.ts';

export interface AdmissionPolicy {
  readonly environmentLabel?: {
    /** Who may take a namespace out of the environment: remove its label, change it, or delete it in use. */
    readonly groups?: readonly string[];
    /** Who may bring a namespace in; whoever RBAC lets where it is left out. */
    readonly joinGroups?: readonly string[];
  };
  /** Who is let through where the policy denies, with a record of it. */
  readonly breakGlass?: { readonly groups?: readonly string[] };
}

const group: JsonSchema = { type: 'string', format: 'group' };

export const admissionSchema = section('Who may do at the API what others may not, by the groups of whoever asks', {
  environmentLabel: section('The label weir.dev/environment of namespaces', {
    groups: textList(
      'groups whose members may take a namespace out of the environment: remove its label, change it, or delete a namespace that is in use; whoever RBAC lets, where it is left out',
      group,
    ),
    joinGroups: textList(
      'groups whose members may bring a namespace into the environment, by creating it with the label or by setting it; whoever RBAC lets, where it is left out',
      group,
    ),
  }),
  breakGlass: section('Who is let through where the policy denies, which is recorded', {
    groups: textList(
      'groups that people join for an emergency, best by impersonation: kubectl --as-group; what Knative itself refuses stays refused',
      group,
    ),
  }),
});
