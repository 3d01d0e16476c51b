/** Prints trees as tools/cesql-reference prints those of sdk-go. */
import type { Expression } from '../../../../src/knative/eventing/cesql/ast.ts';

export function printed(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'attribute':
    case 'exists':
      return list(expression.kind, JSON.stringify(expression.name));
    case 'not':
    case 'negate':
      return list(expression.kind, printed(expression.operand));
    case 'like':
      return list('like', printed(expression.operand), JSON.stringify(expression.pattern));
    case 'in':
      return list('in', printed(expression.operand), ...expression.set.map(printed));
    case 'call':
      return list('call', JSON.stringify(expression.name), ...expression.arguments.map(printed));
    case 'binary':
      return list(expression.operator, printed(expression.left), printed(expression.right));
  }
}

function list(...parts: readonly string[]): string {
  return `(${parts.join(' ')})`;
}
