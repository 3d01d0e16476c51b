/** `semver("1.2.3")` (k8s.io/apiserver pkg/cel/library/semverlib.go). */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Foreign } from '../values/value.ts';
import { textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

const STRICT =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

class Semver extends Foreign {
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly string[];

  constructor(numbers: readonly bigint[], prerelease: readonly string[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Semver && compareVersions(this, other) === 0;
  }
}

function parseSemver(text: string, isNormalized: boolean): Semver | undefined {
  const match = STRICT.exec(isNormalized ? normalized(text) : text);
  if (match === null) return undefined;
  const numbers = match.slice(1, 4).map((part) => BigInt(part ?? '0'));
  return new Semver(numbers, match[4]?.split('.') ?? []);
}

/** Without `v` and leading zeros, and with all three numbers. */
function normalized(text: string): string {
  const [, numbers = '', rest = ''] = /^v?([0-9.]*)(.*)$/s.exec(text) ?? [];
  const parts = numbers.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return `${parts.join('.')}${rest}`;
}

function compareVersions(left: Semver, right: Semver): number {
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (left.prerelease.length === 0 || right.prerelease.length === 0) {
    return Number(left.prerelease.length === 0) - Number(right.prerelease.length === 0);
  }
  for (const [index, part] of left.prerelease.entries()) {
    const other = right.prerelease[index];
    if (other === undefined) return 1;
    const order = comparePrerelease(part, other);
    if (order !== 0) return order;
  }
  return left.prerelease.length < right.prerelease.length ? -1 : 0;
}

/** Numbers come before words. */
function comparePrerelease(left: string, right: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (left === right) return 0;
  if (isNumber) return BigInt(left) < BigInt(right) ? -1 : 1;
  return left < right ? -1 : 1;
}

function versionArg(args: readonly CelValue[], index: number): Semver {
  const value = args[index];
  if (!(value instanceof Semver)) throw noSuchOverload();
  return value;
}

function comparison(args: readonly CelValue[]): number {
  return compareVersions(versionArg(args, 0), versionArg(args, 1));
}

function method(name: string, args: string, result: string, run: CelFunction['run']): CelFunction {
  return { name, signatures: [`kubernetes.Semver.${name}(${args}): ${result}`], run };
}

export const VERSIONS: readonly CelFunction[] = [
  {
    name: 'semver',
    signatures: ['semver(string): kubernetes.Semver', 'semver(string, bool): kubernetes.Semver'],
    run: (args) => {
      const version = parseSemver(textArg(args, 0), args[1] === true);
      if (version === undefined)
        throw new EvaluationFailure(`invalid semantic version ${JSON.stringify(textArg(args, 0))}`);
      return version;
    },
  },
  {
    name: 'isSemver',
    signatures: ['isSemver(string): bool', 'isSemver(string, bool): bool'],
    run: (args) => parseSemver(textArg(args, 0), args[1] === true) !== undefined,
  },
  method('isGreaterThan', 'kubernetes.Semver', 'bool', (args) => comparison(args) > 0),
  method('isLessThan', 'kubernetes.Semver', 'bool', (args) => comparison(args) < 0),
  method('compareTo', 'kubernetes.Semver', 'int', (args) => BigInt(comparison(args))),
  method('major', '', 'int', (args) => versionArg(args, 0).numbers[0] ?? 0n),
  method('minor', '', 'int', (args) => versionArg(args, 0).numbers[1] ?? 0n),
  method('patch', '', 'int', (args) => versionArg(args, 0).numbers[2] ?? 0n),
];
