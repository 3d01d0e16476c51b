import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withNodeOnPath } from '../../../src/cli/up/nodeOnPath.ts';
import { folderWith } from '../harness.ts';
import { saysItsVersion } from './nodes.ts';

const running = process.execPath;
const own = path.dirname(running);
const NONE = '/nowhere/bin';
const rest = ['/usr/local/sbin', '/usr/local/games'];

/** A folder in which `node` is a link to the one that runs. */
function linked(): string {
  const folder = folderWith({});
  symlinkSync(running, path.join(folder, 'node'));
  return folder;
}

/** A folder in which `node` is no program. */
function confusing(): string {
  const folder = folderWith({});
  mkdirSync(path.join(folder, 'node'));
  return folder;
}

describe('what programs find as node', () => {
  it.each<[what: string, folder: () => string, isChanged: boolean]>([
    ['older', () => saysItsVersion('v20.19.4'), true],
    ['of the release before', () => saysItsVersion('v23.11.1'), true],
    ['the oldest that will do', () => saysItsVersion('v24.0.0'), false],
    ['newer', () => saysItsVersion('v100.0.0'), false],
    ['no Node at all', () => saysItsVersion('no version is set for node'), true],
    ['a folder', confusing, true],
    ['not there', () => NONE, true],
    ['the one that runs, by a link', linked, false],
  ])('where PATH has one that is %s', (_, folder, isChanged) => {
    const before = [folder(), ...rest];
    const PATH = (isChanged ? [own, ...before] : before).join(path.delimiter);
    const env = { PATH: before.join(path.delimiter), HOME: '/home/somebody' };
    expect(withNodeOnPath(env, running)).toEqual({ PATH, HOME: '/home/somebody' });
  });

  it.each([{}, { PATH: '' }])('where there is no PATH: %j', (env) => {
    expect(withNodeOnPath(env, running)).toEqual({ PATH: own });
  });

  it('is as new as Weir itself needs it', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(engines).toEqual({ node: '>=24' });
  });
});
