import path from 'node:path';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { LEFT_OUT_TESTS, type LeftOutTest } from './leftOut.ts';
import { NO_KUBECTL } from './shared.ts';

const SUITES = path.resolve(import.meta.dirname, '../cluster');

/** Skips what leftOut.ts names, and all tests where there is no kubectl; the name of what is skipped says why. */
class Embedded extends TestEnvironment {
  readonly #suite: string;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#suite = path.relative(SUITES, context.testPath).replaceAll(path.sep, '/');
  }

  handleTestEvent(event: Circus.Event, state: Circus.State): void {
    if (event.name !== 'run_start') return;
    const tests = testsOf(state.rootDescribeBlock);
    const noKubectl = process.env[NO_KUBECTL];
    if (noKubectl !== undefined) {
      for (const test of tests) skip(test, noKubectl);
      return;
    }
    for (const leftOut of LEFT_OUT_TESTS) {
      if (leftOut.path === this.#suite) skipNamed(tests, leftOut);
    }
  }
}

function testsOf(block: Circus.DescribeBlock): Circus.TestEntry[] {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));
}

function skipNamed(tests: readonly Circus.TestEntry[], { path: suite, name, why }: LeftOutTest): void {
  const meant = tests.filter((test) => fullName(test).includes(name));
  if (meant.length === 0) throw new Error(`test/embedded/leftOut.ts names "${name}", which ${suite} does not have`);
  for (const test of meant) skip(test, why);
}

function skip(test: Circus.TestEntry, why: string): void {
  test.mode = 'skip';
  test.name = `${test.name} (left out: ${why})`;
}

function fullName(test: Circus.TestEntry): string {
  const names = [test.name];
  for (let block: Circus.DescribeBlock | undefined = test.parent; block?.parent !== undefined; block = block.parent) {
    names.unshift(block.name);
  }
  return names.join(' ');
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default Embedded;
