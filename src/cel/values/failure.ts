/** Why an evaluation gives no value. Thrown inside, and given back as a value at the end: they are made for no stack. */
export class EvaluationFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The evaluation costs more than it may. Nothing in an expression can make up for it. */
export class CostFailure {
  readonly message = 'operation cancelled: actual cost limit exceeded';
}

/** The sentence of cel-go where no function fits the types of the values. */
export function noSuchOverload(): EvaluationFailure {
  return new EvaluationFailure('no such overload');
}

export function noSuchKey(key: unknown): EvaluationFailure {
  return new EvaluationFailure(`no such key: ${String(key)}`);
}
