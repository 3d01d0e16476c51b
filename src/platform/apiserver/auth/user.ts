/** Who asks. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What is asked for, as RBAC judges it (k8s.io/apiserver pkg/authorization/authorizer). */
export interface Attributes {
  readonly user: User;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, or `impersonate`, `bind`, `escalate`, … */
  readonly verb: string;
  /** Absent for a path that is no resource. */
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** `/healthz`, where `resource` is absent. */
  readonly path?: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why not, or by which binding. */
  readonly reason: string;
}

export interface Authorizer {
  decide(attributes: Attributes): Decision;
}
