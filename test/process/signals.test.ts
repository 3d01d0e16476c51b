import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';

jest.setTimeout(60_000);

/** Who listens before ends with 1; who takes over in the turn in which the signal came ends with 7. */
function interruptedWhile(takingOver: string) {
  const program = `
    process.once('SIGINT', () => process.exit(1));
    setTimeout(() => process.exit(9), 10_000);
    ${takingOver}`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  return promisify(execFile)(process.execPath, args);
}

const module_ = (file: string) => JSON.stringify(path.resolve(file));

it.each([
  [
    'weir webhook and weir controller',
    `import { awaitSignal } from ${module_('src/process/signals.ts')};
     process.kill(process.pid, 'SIGINT');
     void awaitSignal({ warn() {} }).asked.then(() => process.exit(7));`,
  ],
  [
    'weir up',
    `import { untilInterrupted } from ${module_('src/cli/up/ending.ts')};
     process.kill(process.pid, 'SIGINT');
     void untilInterrupted(() => {}).then(() => process.exit(7));`,
  ],
])('an interrupt that comes just before %s listens is heard', async (_, program) => {
  await expect(interruptedWhile(program)).rejects.toMatchObject({ code: 7 });
});
