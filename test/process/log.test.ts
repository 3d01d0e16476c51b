import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { makeLogger } from '../../src/process/log.ts';

jest.setTimeout(60_000);

const FULL = '/dev/full';
const itOnLinux = existsSync(FULL) ? it : it.skip;

/** A process that logs a line to the file, and ends when something is told on standard error. */
function logging(file: string, more = '') {
  const log = JSON.stringify(path.resolve('src/process/log.ts'));
  const program = `
    import { makeLogger } from ${log};
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text) => { write(text); log.info('the last'); process.exit(3); };
    const log = makeLogger('info', ${JSON.stringify(file)});
    log.info('the first');
    setTimeout(() => {}, 60_000);
    ${more}`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  return promisify(execFile)(process.execPath, args, { timeout: 30_000, killSignal: 'SIGKILL' });
}

describe('a log in a file', () => {
  it('is for its owner alone, and whole at the end of the process', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'weir-log-')), 'a.log');
    await expect(logging(file, 'process.stderr.write("end");')).rejects.toMatchObject({ code: 3, stderr: 'end' });
    expect(readFileSync(file, 'utf8')).toMatch(/"the first".*\n.*"the last".*\n$/);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('that cannot be opened says so at once', () => {
    expect(() => makeLogger('info', tmpdir())).toThrow('EISDIR');
  });

  itOnLinux('on a full disk is told of, ends nothing, and holds up no end', async () => {
    await expect(logging(FULL)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^the log \/dev\/full cannot be written: .*no space left on device, write\n$/),
    });
  });
});
