/**
 * What macros stand for: github.com/google/cel-go parser/macro.go, ext/comprehensions.go, ext/lists.go and
 * cel/library.go. What is made here stands where the macro's bracket opens.
 */
import type { Expr, FoldExpr, LoopExpr } from './expr.ts';

type Written = Omit<LoopExpr, 'expansion'>;

const ACCUMULATOR = '@result';
/** `cel.bind` and its like: a loop without turns, whose accumulator is the variable. */
const UNUSED = '#unused';
const SORTED = '@__sortBy_input__';

/** @param variable the first variable as it stands in the text */
export function expansionOf(loop: Written, variable: Expr): Expr {
  const make = new Maker(loop);
  switch (loop.macro) {
    case 'all':
      return make.fold(loop, {
        init: make.literal(true),
        condition: make.call('@not_strictly_false', make.accumulator()),
        step: make.call('_&&_', make.accumulator(), loop.body),
      });
    case 'exists':
      return make.fold(loop, {
        init: make.literal(false),
        condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
        step: make.call('_||_', make.accumulator(), loop.body),
      });
    case 'existsOne':
      return make.fold(loop, {
        init: make.literal(0n),
        condition: make.literal(true),
        step: make.call('_?_:_', loop.body, make.call('_+_', make.accumulator(), make.literal(1n)), make.accumulator()),
        result: make.call('_==_', make.accumulator(), make.literal(1n)),
      });
    case 'filter':
      return make.collected(loop, loop.body, variable);
    case 'map':
    case 'transformList':
      return make.collected(loop, loop.filter, loop.body);
    case 'transformMap':
      return make.entered(loop, make.name(loop.variables[0] ?? ''), loop.body);
    case 'transformMapEntry':
      return make.entered(loop, loop.body);
    case 'sortBy': {
      const range = make.name(SORTED);
      const keys = make.collected({ ...loop, range }, undefined, loop.body);
      return make.bound(SORTED, loop.range, make.method('@sortByAssociatedKeys', make.name(SORTED), keys));
    }
    case 'optMap':
    case 'optFlatMap': {
      const value = make.method('value', loop.range);
      const inner = make.bound(loop.variables[0] ?? '', value, loop.body);
      return make.call(
        '_?_:_',
        make.method('hasValue', loop.range),
        loop.macro === 'optMap' ? make.call('optional.of', inner) : inner,
        make.call('optional.none'),
      );
    }
  }
}

interface Carried {
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  /** What was carried to the end, unless something else is made of it. */
  readonly result?: Expr;
}

class Maker {
  readonly #place: Pick<Written, 'at' | 'start' | 'end'>;

  constructor({ at, start, end }: Written) {
    this.#place = { at, start, end };
  }

  literal(value: boolean | bigint): Expr {
    return { kind: 'literal', ...this.#place, value };
  }

  name(name: string): Expr {
    return { kind: 'name', ...this.#place, name };
  }

  accumulator(): Expr {
    return this.name(ACCUMULATOR);
  }

  call(name: string, ...args: Expr[]): Expr {
    return { kind: 'call', ...this.#place, name, target: undefined, args };
  }

  method(name: string, target: Expr, ...args: Expr[]): Expr {
    return { kind: 'call', ...this.#place, name, target, args };
  }

  list(...values: Expr[]): Expr {
    return { kind: 'list', ...this.#place, items: values.map((value) => ({ value, isOptional: false })) };
  }

  fold(
    { range, variables }: Pick<Written, 'range' | 'variables'>,
    { init, condition, step, result }: Carried,
  ): FoldExpr {
    const end = result ?? this.accumulator();
    return {
      kind: 'fold',
      ...this.#place,
      range,
      variables,
      accumulator: ACCUMULATOR,
      init,
      condition,
      step,
      result: end,
    };
  }

  /** A list of what each turn makes. */
  collected(loop: Pick<Written, 'range' | 'variables'>, filter: Expr | undefined, item: Expr): Expr {
    const step = this.call('_+_', this.accumulator(), this.list(item));
    return this.fold(loop, {
      init: this.list(),
      condition: this.literal(true),
      step: this.#where(filter, step),
    });
  }

  /** A map of what each turn makes. */
  entered(loop: Written, ...entry: Expr[]): Expr {
    const step = this.call('cel.@mapInsert', this.accumulator(), ...entry);
    return this.fold(loop, {
      init: { kind: 'map', ...this.#place, entries: [] },
      condition: this.literal(true),
      step: this.#where(loop.filter, step),
    });
  }

  bound(name: string, value: Expr, body: Expr): Expr {
    return {
      kind: 'fold',
      ...this.#place,
      range: this.list(),
      variables: [UNUSED],
      accumulator: name,
      init: value,
      condition: this.literal(false),
      step: this.name(name),
      result: body,
    };
  }

  #where(filter: Expr | undefined, step: Expr): Expr {
    return filter === undefined ? step : this.call('_?_:_', filter, step, this.accumulator());
  }
}
