/** `spec.rbac`: who may do what. */
import { section, textList } from './bounds.ts';

/** Access to a resource that only these subjects may be given: who may set what. */
export interface ReservedAccess {
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly subjects: readonly string[];
}

export interface RbacPolicy {
  readonly reserved?: readonly ReservedAccess[];
}

export const rbacSchema = section('Who may do what', {
  reserved: {
    type: 'array',
    description: 'write access that only the named subjects may be given',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['apiGroup', 'resources', 'subjects'],
      properties: {
        apiGroup: { type: 'string', description: 'the API group; empty for the core group' },
        resources: textList('resources, in plural: policyexceptions'),
        subjects: textList('Kind:name of each subject, such as Group:platform or ServiceAccount:argocd/argocd'),
      },
    },
  },
});
