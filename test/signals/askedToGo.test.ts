import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

jest.setTimeout(60_000);

const IMPORT = `import { askedToGo } from ${JSON.stringify(path.resolve('src/signals/askedToGo.ts'))};`;

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
    ${IMPORT}
    let now = 5_000;
    performance.now = () => now;
    const { forget } = askedToGo((signal) => console.error('gone at ' + signal));
    process.emit('SIGINT', 'SIGINT');
    ${meanwhile}
    process.exit(7);`);
}

describe('what stays up ends in order', () => {
  it('though the interrupt comes just before it listens', async () => {
    const early = interruptedWhile(`
      ${IMPORT}
      process.kill(process.pid, 'SIGINT');
      void askedToGo(() => {}).asked.then(() => process.exit(7));`);
    await expect(early).rejects.toMatchObject({ code: 7 });
  });

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
    await expect(later).rejects.toMatchObject({ code, stderr: `gone at ${signal}\n` });
  });

  it('and is told of no signal once it has gone', async () => {
    const gone = askedToGo(`forget(); now += 1_000; process.emit('SIGTERM', 'SIGTERM');`);
    await expect(gone).rejects.toMatchObject({ code: 7, stderr: '' });
  });
});
