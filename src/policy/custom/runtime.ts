/** The CEL environment in which custom rules run: the standard functions, those for texts, and a meter of what they cost. */
import {
  type CelEnv,
  type CelFunc,
  type CelResult,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { MAX_STEPS } from './limits.ts';

/** Called before each turn of a loop; see meterLoops in metered.ts. `@` keeps both out of the reach of expressions. */
export const TICK = '@tick';
/** Called with what a loop goes through. */
export const RANGE = '@range';

export interface CelRuntime {
  readonly env: CelEnv;
  /** Every function by its name, each with its overloads. */
  readonly functions: ReadonlyMap<string, readonly CelFunc[]>;
  /** Runs one evaluation with a full budget; undefined where it costs more. */
  metered(evaluate: () => CelResult): CelResult | undefined;
}

let shared: CelRuntime | undefined;

/** One runtime for all rules: evaluations are synchronous and never nest, so they can share one meter. */
export function celRuntime(): CelRuntime {
  shared ??= createRuntime();
  return shared;
}

class Meter {
  #left = 0;

  reset(): void {
    this.#left = MAX_STEPS;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  charge(steps: number): void {
    this.#left -= steps;
    if (this.#left <= 0) throw new Error(`costs more than ${MAX_STEPS} steps`);
  }

  /** False ends the loop that asks; the error of a charge could be swallowed by `||`. */
  tick(): boolean {
    this.#left -= 1;
    return this.#left > 0;
  }
}

function createRuntime(): CelRuntime {
  const meter = new Meter();
  const plain = celEnv({ funcs: strings });
  const charged = [...plain.funcs].filter((func) => COSTLY.has(func.name)).map((func) => withCharge(func, meter));
  const env = celEnv({
    funcs: [
      ...strings,
      ...charged,
      celFunc(TICK, [], CelScalar.BOOL, () => meter.tick()),
      celFunc(RANGE, [CelScalar.DYN], CelScalar.DYN, (range: CelValue) => {
        meter.charge(costOf(range));
        return range;
      }),
    ],
  });

  const functions = new Map<string, CelFunc[]>();
  for (const func of env.funcs) {
    const overloads = functions.get(func.name);
    if (overloads === undefined) functions.set(func.name, [func]);
    else overloads.push(func);
  }

  return {
    env,
    functions,
    metered(evaluate) {
      meter.reset();
      // a loop can make an error at each turn, and nobody reads where in the library it was made
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        const result = evaluate();
        return meter.isSpent ? undefined : result;
      } finally {
        Error.stackTraceLimit = limit;
      }
    },
  };
}

/** Functions that go through all of an operand, which can be as large as the object is. */
const COSTLY: ReadonlySet<string> = new Set([
  '@in',
  '_==_',
  '_!=_',
  '_+_',
  'size',
  'contains',
  'matches',
  'indexOf',
  'lastIndexOf',
  'lowerAscii',
  'upperAscii',
  'replace',
  'split',
  'join',
  'format',
]);

/** The same overload, which pays for its operands before it runs. */
function withCharge(func: CelFunc, meter: Meter): CelFunc {
  const run = (target: CelValue | undefined, args: CelValue[]): CelValue => {
    meter.charge(priceOf(func.name, target, args));
    const [left, right] = args;
    // `map` and `filter` add item by item; the library's own sum of lists nests as deep as it is long
    if (func.name === '_+_' && isCelList(left) && isCelList(right)) return celList([...left, ...right]);
    const result = func.call(0, target, args);
    if (result === undefined) throw new Error(`${func.name} cannot take these`);
    // a new error takes the place of this call, and not that of the one inside
    if (isCelError(result)) throw new Error(result.message);
    return result;
  };

  if (func.target === undefined) {
    return celFunc(func.name, func.arguments, func.result, (...args: CelValue[]) => run(undefined, args));
  }
  return celMethod(func.name, func.target, func.arguments, func.result, function (...args: CelValue[]) {
    return run(this, args);
  });
}

function priceOf(name: string, target: CelValue | undefined, args: readonly CelValue[]): number {
  let price = target === undefined ? 0 : costOf(target);
  for (const arg of args) price += costOf(arg);
  // RE2 compiles its pattern at each call, and follows many states for each character.
  if (name === 'matches') return 20 + 16 * price;
  if (name === 'format') return 100 + price;
  if (name === 'join' && isCelList(target)) {
    for (const item of target) price += costOf(item);
  }
  // Each occurrence may grow to the replacement's length.
  const replacement = args[1];
  if (name === 'replace' && typeof target === 'string' && typeof replacement === 'string') {
    price += (target.length * replacement.length) / 128;
  }
  return price;
}

function costOf(value: CelValue): number {
  if (typeof value === 'string') return value.length / 128;
  if (isCelList(value) || isCelMap(value)) return value.size / 16;
  return 0;
}
