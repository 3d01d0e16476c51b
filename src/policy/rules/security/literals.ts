/** The texts that a workload or a ConfigMap writes down: where a secret could stand. */
import { arrayAt, isObject, stringAt } from '../../../kubernetes/json.ts';
import { configMap } from '../../../kubernetes/kinds.ts';
import type { Container } from '../../../kubernetes/podTemplate.ts';
import { join, pointer } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import type { Subject } from '../../engine/subject.ts';

export interface Literal {
  readonly path: string;
  readonly value: string;
  /** The variable's or the option's name; undefined for an argument that is none. */
  readonly name: string | undefined;
  /** `the variable DB_PASSWORD of cart`. */
  readonly where: string;
  /** Takes the text out and refers to a Secret instead; only a variable can. */
  readonly fix?: readonly Edit[];
}

/** Environment variables with a value, then arguments; a ConfigMap's entries. */
export function literalsOf(subject: Subject): Literal[] {
  if (subject.key === configMap.key) return entriesOf(subject);
  const literals: Literal[] = [];
  for (const container of subject.template?.containers ?? []) {
    variablesOf(container, subject.name, literals);
    argumentsOf(container, 'command', literals);
    argumentsOf(container, 'args', literals);
  }
  return literals;
}

function variablesOf(container: Container, workload: string, literals: Literal[]): void {
  for (const [index, variable] of arrayAt(container.value, 'env').entries()) {
    const name = stringAt(variable, 'name');
    const value = stringAt(variable, 'value');
    if (name === undefined || value === undefined || value === '') continue;
    const path = join(container.path, 'env', index);
    literals.push({
      path: join(path, 'value'),
      value,
      name,
      where: `the variable ${name} of ${container.name}`,
      fix: [{ set: path, value: { name, valueFrom: { secretKeyRef: referenceFor(workload, name) } } }],
    });
  }
}

/** A Secret named after the workload, with a key named after the variable: DB_PASSWORD of cart is db-password in cart-secrets. */
function referenceFor(workload: string, variable: string) {
  const key = variable.toLowerCase().replaceAll('_', '-');
  return { name: `${workload === '' ? 'app' : workload}-secrets`, key };
}

/** `--token=x`, `--token x` and bare arguments. */
function argumentsOf(container: Container, field: 'command' | 'args', literals: Literal[]): void {
  let option: string | undefined;
  for (const [index, argument] of arrayAt(container.value, field).entries()) {
    if (typeof argument !== 'string') continue;
    const path = join(container.path, field, index);
    const equals = argument.startsWith('-') ? argument.indexOf('=') : -1;
    const name = equals > 0 ? argument.slice(0, equals) : option;
    const value = equals > 0 ? argument.slice(equals + 1) : argument;
    option = argument.startsWith('--') && equals < 0 ? argument : undefined;
    if (option !== undefined) continue;
    const what = name === undefined ? `argument ${index + 1}` : `the option ${name}`;
    literals.push({ path, value, name, where: `${what} of ${container.name}` });
  }
}

function entriesOf(subject: Subject): Literal[] {
  const { data } = subject.object;
  if (!isObject(data)) return [];
  const literals: Literal[] = [];
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string' || value === '') continue;
    literals.push({
      path: pointer('data', key),
      value,
      name: key,
      where: `the entry ${key} of ConfigMap ${subject.name}`,
    });
  }
  return literals;
}
