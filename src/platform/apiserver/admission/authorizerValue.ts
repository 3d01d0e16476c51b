/** `authorizer` in conditions: what the user of a request may do (k8s.io/apiserver pkg/cel/library/authz.go). */
import type { ObjectType } from '../../../cel/check/types.ts';
import { typeOf } from '../../../cel/check/types.ts';
import type { CelFunction } from '../../../cel/functions/function.ts';
import { EvaluationFailure, noSuchOverload } from '../../../cel/values/failure.ts';
import { type CelMap, type CelValue, Foreign } from '../../../cel/values/value.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../kubernetes/names.ts';
import type { Attributes, Authorizer, Decision, User } from '../auth/user.ts';

const PACKAGE = 'kubernetes.authorization';
const PATH_CHECK = `${PACKAGE}.PathCheck`;
const GROUP_CHECK = `${PACKAGE}.GroupCheck`;
const RESOURCE_CHECK = `${PACKAGE}.ResourceCheck`;
const DECISION = `${PACKAGE}.Decision`;

type Asked = NonNullable<Attributes['resource']>;

/** As an object with a field, since `authorizer.requestResource` stands for the request itself. */
export const AUTHORIZER_TYPE: ObjectType = {
  kind: 'object',
  name: `${PACKAGE}.Authorizer`,
  field: (name) => (name === 'requestResource' ? typeOf(RESOURCE_CHECK) : undefined),
};

export class AuthorizerValue implements CelMap {
  readonly kind = 'map';
  readonly isObject = true;
  readonly size = 1;
  readonly authorizer: Authorizer;
  readonly user: User;
  readonly #asked: Asked;

  constructor(authorizer: Authorizer, user: User, asked: Asked) {
    this.authorizer = authorizer;
    this.user = user;
    this.#asked = asked;
  }

  get(key: unknown): CelValue | undefined {
    return key === 'requestResource' ? new ResourceCheck(this.authorizer, this.user, this.#asked) : undefined;
  }

  has(key: unknown): boolean {
    return key === 'requestResource';
  }

  keys(): readonly string[] {
    return ['requestResource'];
  }

  of(user: User): AuthorizerValue {
    return new AuthorizerValue(this.authorizer, user, this.#asked);
  }
}

/** Values of one kind are the same only where they are one. */
abstract class Step extends Foreign {
  readonly authorizer: Authorizer;
  readonly user: User;

  constructor(authorizer: Authorizer, user: User) {
    super();
    this.authorizer = authorizer;
    this.user = user;
  }

  override equals(other: Foreign): boolean {
    return this === other;
  }
}

class PathCheck extends Step {
  readonly typeName = PATH_CHECK;
  readonly path: string;

  constructor({ authorizer, user }: AuthorizerValue, path: string) {
    super(authorizer, user);
    this.path = path;
  }
}

class GroupCheck extends Step {
  readonly typeName = GROUP_CHECK;
  readonly group: string;

  constructor({ authorizer, user }: AuthorizerValue, group: string) {
    super(authorizer, user);
    this.group = group;
  }
}

class ResourceCheck extends Step {
  readonly typeName = RESOURCE_CHECK;
  readonly asked: Asked;

  constructor(authorizer: Authorizer, user: User, asked: Asked) {
    super(authorizer, user);
    this.asked = asked;
  }

  with(changes: Partial<Asked>): ResourceCheck {
    return new ResourceCheck(this.authorizer, this.user, { ...this.asked, ...changes });
  }
}

class DecisionValue extends Foreign {
  readonly typeName = DECISION;
  readonly decision: Decision;

  constructor(decision: Decision) {
    super();
    this.decision = decision;
  }

  override equals(other: Foreign): boolean {
    return this === other;
  }
}

export const AUTHORIZER_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'path',
    signatures: [`dyn.path(string): ${PATH_CHECK}`],
    run: ([authorizer, path]) => new PathCheck(authorizerOf(authorizer), filled(path, 'path')),
  },
  {
    name: 'group',
    signatures: [`dyn.group(string): ${GROUP_CHECK}`],
    run: ([authorizer, group]) => new GroupCheck(authorizerOf(authorizer), textOf(group)),
  },
  {
    name: 'serviceAccount',
    signatures: [`dyn.serviceAccount(string, string): dyn`],
    run: ([authorizer, namespace, name]) => authorizerOf(authorizer).of(account(textOf(namespace), textOf(name))),
  },
  {
    name: 'resource',
    signatures: [`${GROUP_CHECK}.resource(string): ${RESOURCE_CHECK}`],
    run: ([check, plural]) => {
      if (!(check instanceof GroupCheck)) throw noSuchOverload();
      const { authorizer, user, group } = check;
      const nothing = { subresource: '', namespace: '', name: '' };
      return new ResourceCheck(authorizer, user, {
        group,
        version: '*',
        plural: filled(plural, 'resource'),
        ...nothing,
      });
    },
  },
  resourceStep('subresource', (subresource) => ({ subresource })),
  resourceStep('namespace', (namespace) => ({ namespace })),
  resourceStep('name', (name) => ({ name })),
  // RBAC knows of no selectors, and decides as if there were none.
  resourceStep('fieldSelector', () => ({})),
  resourceStep('labelSelector', () => ({})),
  {
    name: 'check',
    signatures: [`${PATH_CHECK}.check(string): ${DECISION}`, `${RESOURCE_CHECK}.check(string): ${DECISION}`],
    run: ([check, verb]) => new DecisionValue(decide(check, textOf(verb))),
  },
  { name: 'allowed', signatures: [`${DECISION}.allowed(): bool`], run: ([value]) => decisionOf(value).allowed },
  { name: 'reason', signatures: [`${DECISION}.reason(): string`], run: ([value]) => decisionOf(value).reason },
  { name: 'errored', signatures: [`${DECISION}.errored(): bool`], run: () => false },
  { name: 'error', signatures: [`${DECISION}.error(): string`], run: () => '' },
];

function resourceStep(name: string, change: (value: string) => Partial<Asked>): CelFunction {
  return {
    name,
    signatures: [`${RESOURCE_CHECK}.${name}(string): ${RESOURCE_CHECK}`],
    run: ([check, value]) => {
      if (!(check instanceof ResourceCheck)) throw noSuchOverload();
      return check.with(change(textOf(value)));
    },
  };
}

function decide(check: CelValue | undefined, verb: string): Decision {
  if (check instanceof PathCheck) return check.authorizer.decide({ user: check.user, verb, path: check.path });
  if (check instanceof ResourceCheck) return check.authorizer.decide({ user: check.user, verb, resource: check.asked });
  throw noSuchOverload();
}

function authorizerOf(value: CelValue | undefined): AuthorizerValue {
  if (value instanceof AuthorizerValue) return value;
  throw noSuchOverload();
}

function decisionOf(value: CelValue | undefined): Decision {
  if (value instanceof DecisionValue) return value.decision;
  throw noSuchOverload();
}

function textOf(value: CelValue | undefined): string {
  if (typeof value !== 'string') throw noSuchOverload();
  return value;
}

function filled(value: CelValue | undefined, what: string): string {
  const text = textOf(value);
  if (text.trim() === '') throw new EvaluationFailure(`${what} must not be empty`);
  return text;
}

function account(namespace: string, name: string): User {
  if (dns1123SubdomainErrors(name).length > 0) throw new EvaluationFailure('Invalid service account name');
  if (dns1123LabelErrors(namespace).length > 0) throw new EvaluationFailure('Invalid service account namespace');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { name: `system:serviceaccount:${namespace}:${name}`, uid: '', groups, extra: {} };
}
