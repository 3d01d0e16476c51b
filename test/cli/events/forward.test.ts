/** `weir events dead-letters --environment`, beside a kubectl that leads to a sink of this process, and one that does not. */
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedLetters, startLetters } from '../../../src/platform/eventing/letters/start.ts';
import { anEvent, temporaryFolder } from '../../platform/eventing/kit.ts';
import { folderWith, type Ran, weir } from '../harness.ts';

let place: ReturnType<typeof temporaryFolder>;
let started: StartedLetters;

beforeAll(async () => {
  place = temporaryFolder();
  const file = path.join(place.folder, 'letters.db');
  started = await startLetters({ file, port: 0, askPort: 0, bind: '127.0.0.1' });
  started.store.add(anEvent('o-1', { knativeerrordest: 'http://10.0.0.1/', knativeerrorcode: 503 }));
});

afterAll(async () => {
  await started.close();
  place.remove();
});

/** A program in the place of kubectl, which writes down how it was called; `exec` keeps its process id. */
function kubectl(script: string): string {
  const folder = folderWith({
    kubectl: `#!/bin/sh\necho "$@" > "$(dirname "$0")/args"\necho $$ > "$(dirname "$0")/pid"\n${script}\n`,
  });
  chmodSync(path.join(folder, 'kubectl'), 0o755);
  return folder;
}

function letters(folder: string, ...args: string[]): Promise<Ran> {
  const env = { PATH: `${folder}:${process.env.PATH}` };
  return weir(['events', 'dead-letters', ...args], { env });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('weir events dead-letters --environment', () => {
  it('lists what the sink of the environment keeps, and leads no port when it is done', async () => {
    const folder = kubectl(`echo "Forwarding from 127.0.0.1:${started.askPort} -> 8081"\nexec sleep 600`);
    const { stdout, code } = await letters(folder, '--environment', 'prod', '--context', 'live');
    expect(code).toBe(0);
    expect(stdout).toMatch(/o-1 +test\.made +address 10\.0\.0\.1 /);
    expect(readFileSync(path.join(folder, 'args'), 'utf8').trim()).toBe(
      '--context=live port-forward --address=127.0.0.1 --namespace=weir-system deployment/dead-letters-prod :8081',
    );
    expect(isAlive(Number(readFileSync(path.join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  it('says what kubectl says where there is no such sink', async () => {
    const folder = kubectl(
      `echo 'Error from server (NotFound): deployments.apps "dead-letters-dev" not found' >&2\nexit 1`,
    );
    const { stderr, code } = await letters(folder, '--environment', 'dev');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'no port leads to the dead-letter sink of dev (Error from server (NotFound): deployments.apps "dead-letters-dev" not found)',
    );
    expect(stderr).toContain('where the policy of dev says eventing.deadLetters.keep');
  });

  it('says so where there is no kubectl', async () => {
    const { stderr, code } = await weir(['events', 'dead-letters', '--environment', 'prod'], {
      env: { PATH: folderWith({}) },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('kubectl does not start (there is no such file or folder); kubectl has to be on the PATH');
  });

  it.each([
    [['--environment', 'Prod'], '--environment is "Prod", and must be the name of an environment, such as prod'],
    [['--environment', '-x'], '--environment is "-x"'],
    [['--environment', 'prod', '--url', 'http://127.0.0.1:1'], '--environment and --url both say'],
    [['--environment', 'prod', '-t', 'billing'], '--trigger is nothing that a dead letter says of itself'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { stderr, code } = await letters(folderWith({}), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
