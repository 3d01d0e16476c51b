/**
 * `authorizer.group('apps').resource('deployments').namespace('shop').check('delete').allowed()`
 * (k8s.io/apiserver pkg/cel/library/authz.go). Who answers is the caller's own.
 */
import { noSuchOverload } from '../values/failure.ts';
import { type CelValue, Foreign } from '../values/value.ts';
import { textArg } from './arguments.ts';
import { type CelFunction, type FunctionTable, tableOf } from './function.ts';
import { KUBERNETES_FUNCTIONS_LIST } from './kubernetes.ts';

/** What an expression asks: whether somebody may do something with a resource, or at a path. */
export interface AccessQuestion {
  readonly verb: string;
  /** Absent where whoever sends the request is meant. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly resource?: ResourceQuestion;
}

export interface ResourceQuestion {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export type Ask = (question: AccessQuestion) => { readonly allowed: boolean; readonly reason: string };

type Subject = Pick<AccessQuestion, 'serviceAccount'>;

const PACKAGE = 'kubernetes.authorization';

class Authorizer extends Foreign {
  readonly typeName = `${PACKAGE}.Authorizer`;
  readonly ask: Ask;
  readonly subject: Subject;

  constructor(ask: Ask, subject: Subject) {
    super();
    this.ask = ask;
    this.subject = subject;
  }

  override equals(other: Foreign): boolean {
    return other === this;
  }
}

class Check extends Foreign {
  readonly typeName: string;
  readonly ask: Ask;
  readonly question: Omit<AccessQuestion, 'verb'>;

  constructor(kind: 'PathCheck' | 'GroupCheck' | 'ResourceCheck', ask: Ask, question: Omit<AccessQuestion, 'verb'>) {
    super();
    this.typeName = `${PACKAGE}.${kind}`;
    this.ask = ask;
    this.question = question;
  }

  override equals(other: Foreign): boolean {
    return other === this;
  }
}

class Decision extends Foreign {
  readonly typeName = `${PACKAGE}.Decision`;
  readonly allowed: boolean;
  readonly reason: string;

  constructor({ allowed, reason }: { readonly allowed: boolean; readonly reason: string }) {
    super();
    this.allowed = allowed;
    this.reason = reason;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Decision && other.allowed === this.allowed;
  }
}

/** The value of the variable `authorizer`. */
export function authorizerValue(ask: Ask): CelValue {
  return new Authorizer(ask, {});
}

/** The value of the variable `authorizer.requestResource`. */
export function requestResourceValue(ask: Ask, resource: ResourceQuestion): CelValue {
  return new Check('ResourceCheck', ask, { resource });
}

const NOTHING: ResourceQuestion = { group: '', resource: '', subresource: '', namespace: '', name: '' };

function authorizerArg(args: readonly CelValue[]): Authorizer {
  const [value] = args;
  if (!(value instanceof Authorizer)) throw noSuchOverload();
  return value;
}

function checkArg(args: readonly CelValue[]): Check {
  const [value] = args;
  if (!(value instanceof Check)) throw noSuchOverload();
  return value;
}

function decisionArg(args: readonly CelValue[]): Decision {
  const [value] = args;
  if (!(value instanceof Decision)) throw noSuchOverload();
  return value;
}

/** Says more of the resource that is meant. Selectors are taken, and do not make the question narrower. */
function narrowing(name: string, field?: keyof ResourceQuestion): CelFunction {
  return {
    name,
    signatures: [`${PACKAGE}.ResourceCheck.${name}(string): ${PACKAGE}.ResourceCheck`],
    run: (args) => {
      const { ask, question } = checkArg(args);
      const text = textArg(args, 1);
      const resource = { ...NOTHING, ...question.resource, ...(field !== undefined && { [field]: text }) };
      return new Check('ResourceCheck', ask, { ...question, resource });
    },
  };
}

function answer(name: string, type: string, read: (decision: Decision) => CelValue): CelFunction {
  return { name, signatures: [`${PACKAGE}.Decision.${name}(): ${type}`], run: (args) => read(decisionArg(args)) };
}

const COST = 350;

const AUTHORIZATION: readonly CelFunction[] = [
  {
    name: 'path',
    signatures: [`${PACKAGE}.Authorizer.path(string): ${PACKAGE}.PathCheck`],
    run: (args) => {
      const { ask, subject } = authorizerArg(args);
      return new Check('PathCheck', ask, { ...subject, path: textArg(args, 1) });
    },
  },
  {
    name: 'group',
    signatures: [`${PACKAGE}.Authorizer.group(string): ${PACKAGE}.GroupCheck`],
    run: (args) => {
      const { ask, subject } = authorizerArg(args);
      return new Check('GroupCheck', ask, { ...subject, resource: { ...NOTHING, group: textArg(args, 1) } });
    },
  },
  {
    name: 'serviceAccount',
    signatures: [`${PACKAGE}.Authorizer.serviceAccount(string, string): ${PACKAGE}.Authorizer`],
    run: (args) => {
      const { ask } = authorizerArg(args);
      return new Authorizer(ask, { serviceAccount: { namespace: textArg(args, 1), name: textArg(args, 2) } });
    },
  },
  {
    name: 'resource',
    signatures: [`${PACKAGE}.GroupCheck.resource(string): ${PACKAGE}.ResourceCheck`],
    run: (args) => {
      const { ask, question } = checkArg(args);
      const resource = { ...NOTHING, ...question.resource, resource: textArg(args, 1) };
      return new Check('ResourceCheck', ask, { ...question, resource });
    },
  },
  narrowing('subresource', 'subresource'),
  narrowing('namespace', 'namespace'),
  narrowing('name', 'name'),
  narrowing('fieldSelector'),
  narrowing('labelSelector'),
  {
    name: 'check',
    signatures: ['PathCheck', 'ResourceCheck'].map((kind) => `${PACKAGE}.${kind}.check(string): ${PACKAGE}.Decision`),
    run: (args, meter) => {
      meter.charge(COST);
      const { ask, question } = checkArg(args);
      return new Decision(ask({ ...question, verb: textArg(args, 1) }));
    },
  },
  answer('allowed', 'bool', ({ allowed }) => allowed),
  answer('reason', 'string', ({ reason }) => reason),
  answer('errored', 'bool', () => false),
  answer('error', 'string', () => ''),
];

/** Kubernetes' functions, and those that ask who may do what. */
export const ADMISSION_FUNCTIONS: FunctionTable = tableOf(KUBERNETES_FUNCTIONS_LIST, AUTHORIZATION);
