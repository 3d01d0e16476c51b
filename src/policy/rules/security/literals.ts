/** The texts that a workload or a ConfigMap writes down: where a secret could stand. */

import { arrayAt, asArray, isObject, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { configMap } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import type { Container } from '../../../kubernetes/podTemplate.ts';
import { join, pointer } from '../../../kubernetes/pointer.ts';
import type { Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { rememberLast } from '../rememberLast.ts';

/**
 * Says what is wrong with a text (`holds a credential`), or undefined. The name is the variable's or the option's;
 * an argument may have none.
 */
export type JudgeText = (name: string | undefined, value: string) => string | undefined;

/** Judges environment variables with a value, then arguments; a ConfigMap's entries. No text gets into a violation. */
export function judgeTexts(subject: Subject, judge: JudgeText): Violation[] {
  const violations: Violation[] = [];
  if (subject.key === configMap.key) {
    judgeEntries(subject, judge, violations);
    return violations;
  }
  for (const container of subject.template?.containers ?? []) {
    judgeVariables(container, subject.name, judge, violations);
    judgeArguments(container, 'command', judge, violations);
    judgeArguments(container, 'args', judge, violations);
  }
  return violations;
}

/** The fix takes the text out and refers to a Secret instead. */
function judgeVariables(container: Container, workload: string, judge: JudgeText, violations: Violation[]): void {
  const variables = asArray(container.value.env);
  for (let index = 0; index < variables.length; index++) {
    const variable = variables[index];
    const name = stringAt(variable, 'name');
    const value = stringAt(variable, 'value');
    if (name === undefined || value === undefined || value === '') continue;
    const what = judge(name, value);
    if (what === undefined) continue;

    const path = join(container.path, 'env', index);
    const reference = { name, valueFrom: { secretKeyRef: referenceFor(workload, name) } };
    violations.push({
      path: join(path, 'value'),
      message: `the variable ${name} of ${container.name} ${what}; refer to a Secret with valueFrom.secretKeyRef`,
      fix: [{ set: path, value: reference }],
    });
  }
}

/** A Secret named after the workload, with a key named after the variable: DB_PASSWORD of cart is db-password in cart-secrets. */
function referenceFor(workload: string, variable: string) {
  const key = variable.toLowerCase().replaceAll('_', '-');
  return { name: `${workload === '' ? 'app' : workload}-secrets`, key };
}

/** `--token=x`, `--token x` and bare arguments. */
function judgeArguments(
  container: Container,
  field: 'command' | 'args',
  judge: JudgeText,
  violations: Violation[],
): void {
  let option: string | undefined;
  const texts = arrayAt(container.value, field);
  for (let index = 0; index < texts.length; index++) {
    const argument = texts[index];
    if (typeof argument !== 'string') continue;
    const equals = argument.startsWith('-') ? argument.indexOf('=') : -1;
    const name = equals > 0 ? argument.slice(0, equals) : option;
    option = argument.startsWith('--') && equals < 0 ? argument : undefined;
    if (option !== undefined) continue;

    const what = judge(name, equals > 0 ? argument.slice(equals + 1) : argument);
    if (what === undefined) continue;
    const where = name === undefined ? `argument ${index + 1}` : `the option ${name}`;
    violations.push({
      path: join(container.path, field, index),
      message: `${where} of ${container.name} ${what}; put it in a Secret`,
    });
  }
}

/** Asked for by every rule about texts: with thousands of keys, to list them takes as long as to judge them. */
const entriesOf = rememberLast((data: JsonObject) => Object.entries(data));

function judgeEntries(subject: Subject, judge: JudgeText, violations: Violation[]): void {
  const { data } = subject.object;
  if (!isObject(data)) return;
  for (const [key, value] of entriesOf(data)) {
    if (typeof value !== 'string' || value === '') continue;
    const what = judge(key, value);
    if (what === undefined) continue;
    violations.push({
      path: pointer('data', key),
      message: `the entry ${key} of ${titleOf(subject.reference)} ${what}; put it in a Secret`,
    });
  }
}
