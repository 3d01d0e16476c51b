import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

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

/** What `meanwhile` says is asked of a program that was asked to go, at a time of its own clock. */
function askedToGo(meanwhile: string) {
  return interruptedWhile(`
    import { awaitSignal } from ${module_('src/process/signals.ts')};
    let now = 5_000;
    performance.now = () => now;
    awaitSignal({ warn(_, sentence) { console.error(sentence); } });
    process.emit('SIGINT', 'SIGINT');
    ${meanwhile}
    process.exit(7);`);
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

describe('weir webhook and weir controller end in order', () => {
  // a terminal sends Ctrl-C to each of its programs, and bin/weir.js hands on what it gets
  it('though an interrupt comes twice', async () => {
    const twice = askedToGo(`now += 999; process.emit('SIGINT', 'SIGINT'); process.emit('SIGTERM', 'SIGTERM');`);
    await expect(twice).rejects.toMatchObject({ code: 7, stderr: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('unless %s comes after a second', async (signal, code) => {
    const later = askedToGo(`now += 1_000; process.emit('${signal}', '${signal}');`);
    await expect(later).rejects.toMatchObject({ code, stderr: expect.stringContaining('gone at a second signal') });
  });
});
