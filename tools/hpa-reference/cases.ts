/** Moments of a HorizontalPodAutoscaler, the same with each run: what main.go is asked. Ages are milliseconds. */

export interface PodCase {
  readonly name: string;
  readonly phase: string;
  readonly deleted: boolean;
  readonly startAge: number | null;
  /** Of its condition Ready; empty where there is none. */
  readonly ready: string;
  readonly readyAge: number;
  /** In thousandths, of each container; below zero: none. */
  readonly requests: readonly number[];
  /** In thousandths; below zero: nothing is known. */
  readonly used: number;
  readonly usedAge: number;
  readonly windowMs: number;
}

export interface ProposeCase {
  readonly op: 'propose';
  readonly pods: readonly PodCase[];
  readonly resource: 'cpu' | 'memory';
  /** What is wanted in percent of what is requested; or else on average. */
  readonly percent: number;
  readonly average: number;
  readonly replicas: number;
  readonly up: number;
  readonly down: number;
}

export interface RulesCase {
  readonly seconds: number | null;
  readonly select: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly period: number }[];
}

export interface EventCase {
  readonly age: number;
  readonly count: number;
}

export interface NormalizeCase {
  readonly op: 'normalize';
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly scaleUp: RulesCase | null;
  readonly scaleDown: RulesCase | null;
  readonly recommendations: readonly EventCase[];
  readonly ups: readonly EventCase[];
  readonly downs: readonly EventCase[];
}

const PROPOSALS = 600;
const NORMALIZATIONS = 600;
const SEED = 20261122;

export function cases(): (ProposeCase | NormalizeCase)[] {
  const draw = new Draw(SEED);
  return [
    ...Array.from({ length: PROPOSALS }, () => proposeCase(draw)),
    ...Array.from({ length: NORMALIZATIONS }, () => normalizeCase(draw)),
  ];
}

/** Numbers that look random (mulberry32). */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to below the end. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  of<Value>(first: Value, ...others: readonly Value[]): Value {
    return [first, ...others][this.below(others.length + 1)] ?? first;
  }

  /** Half a second away from every limit, all of which are whole seconds. */
  age(...seconds: readonly [number, ...number[]]): number {
    return this.of(...seconds) * 1000 + 500;
  }
}

function proposeCase(draw: Draw): ProposeCase {
  const resource = draw.of('cpu', 'cpu', 'memory');
  const count = draw.below(6);
  const isByPercent = draw.below(3) > 0;
  const isCalm = draw.below(2) === 0;
  const tolerance = draw.of(0.1, 0.1, 0, 0.05);
  return {
    op: 'propose',
    pods: Array.from({ length: count }, (_, index) => podCase(draw, `pod-${index}`, isCalm)),
    resource,
    percent: isByPercent ? draw.of(20, 50, 80, 100, 150) : 0,
    average: isByPercent ? 0 : draw.of(100, 333, 500, 1000),
    replicas: Math.max(1, count + draw.below(3) - 1),
    up: tolerance,
    down: draw.of(tolerance, 0.2),
  };
}

function podCase(draw: Draw, name: string, isCalm: boolean): PodCase {
  const isOdd = !isCalm && draw.below(3) === 0;
  const phase = isOdd ? draw.of('Pending', 'Failed', 'Running', 'Running', 'Succeeded') : 'Running';
  const request = draw.of(100, 250, 500, 1000);
  const oddAge = draw.below(5) === 0 ? null : draw.age(5, 29, 30, 60, 299, 300, 900);
  const startAge = isOdd ? oddAge : 3_600_500;
  const soonAfter = Math.max(500, (startAge ?? 0) - draw.of(5, 15, 25, 31) * 1000);
  return {
    name,
    phase,
    deleted: isOdd && draw.below(4) === 0,
    startAge,
    ready: isOdd ? draw.of('True', 'False', 'Unknown', '') : 'True',
    readyAge: isOdd ? draw.of(draw.age(0, 4, 14, 15, 16, 29, 60, 290, 3600), soonAfter) : 3_590_500,
    // of one Pod at most: which one Kubernetes names is a matter of luck
    requests:
      isOdd && name === 'pod-0' && draw.below(4) === 0 ? [request, -1] : draw.of([request], [request], [request, 50]),
    used: isOdd && draw.below(3) === 0 ? -1 : draw.below(draw.of(50, 400, 1500)),
    usedAge: draw.age(0, 1, 5),
    windowMs: draw.of(15_000, 30_000),
  };
}

function normalizeCase(draw: Draw): NormalizeCase {
  const hasRules = draw.below(3) > 0;
  const current = 1 + draw.below(20);
  const min = 1 + draw.below(4);
  const events = (): EventCase[] =>
    Array.from({ length: draw.below(4) }, () => ({
      age: draw.age(5, 14, 15, 16, 59, 60, 61, 119, 300),
      count: 1 + draw.below(5),
    }));
  return {
    op: 'normalize',
    current,
    desired: draw.below(draw.of(8, 30, 60)),
    min,
    max: min + draw.below(draw.of(3, 30, 100)),
    scaleUp: hasRules ? rulesCase(draw) : null,
    scaleDown: hasRules ? rulesCase(draw) : null,
    recommendations: Array.from({ length: draw.below(5) }, () => ({
      age: draw.age(1, 14, 15, 59, 60, 61, 120, 299, 300, 301, 900),
      count: draw.below(30),
    })),
    ups: hasRules ? events() : [],
    downs: hasRules ? events() : [],
  };
}

function rulesCase(draw: Draw): RulesCase {
  return {
    seconds: draw.of(0, 0, 60, 300),
    select: draw.of('Max', 'Max', 'Min', 'Disabled'),
    policies: Array.from({ length: 1 + draw.below(3) }, () => ({
      type: draw.of('Pods', 'Percent'),
      value: draw.of(1, 2, 4, 10, 25, 50, 100),
      period: draw.of(15, 60, 120),
    })),
  };
}
