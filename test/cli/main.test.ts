import { describe, expect, it } from '@jest/globals';
import { folderWith, service, tagPolicies, weir } from './harness.ts';

describe('the frame', () => {
  it.each<[args: string[], code: number, stderr: string]>([
    [['chek'], 2, 'weir: unknown command "chek"; did you mean "check"? there are check, '],
    [['nothing-like-it'], 2, 'weir: unknown command "nothing-like-it"; there are check, '],
    [
      ['check', '--polices', 'x'],
      2,
      "weir: unknown option '--polices'; did you mean --policies? weir check --help lists all\n",
    ],
    [['check', '--zzz'], 2, "weir: unknown option '--zzz'; weir check --help lists all\n"],
    [['policy', 'show', '--zzz'], 2, "weir: unknown option '--zzz'; weir policy show --help lists all\n"],
    [['--zzz'], 2, "weir: unknown option '--zzz'; weir --help lists all\n"],
    [['check', '--env'], 2, "weir: option '-e, --env <name>' argument missing\n"],
    [['policy', 'shwo'], 2, "weir: unknown command 'shwo'; did you mean show? weir policy --help lists all\n"],
    [['schedule', 'zzz'], 2, "weir: unknown command 'zzz'; weir schedule --help lists all\n"],
    [['check', '-o', 'sariff'], 2, 'weir: unknown output "sariff"; did you mean "sarif"? (one of text, json, '],
    [['check', '-o', 'json', '-o', 'text'], 2, 'weir: json and text cannot both go to stdout; give all but one a file'],
    [['check', '-o', 'json=a', '-o', 'text=a'], 2, 'weir: two outputs go to the same file a\n'],
    [['check', '-o', 'json=a', '-o', 'text=./b/../a'], 2, 'weir: two outputs go to the same file a\n'],
    [['check', '-o', 'sarif='], 2, 'weir: -o sarif= names no file'],
    [['check', '--fail-on', 'audit'], 2, 'weir: --fail-on is "audit", and must be warn or deny\n'],
    [['check', '--max-warnings', '-1'], 2, 'weir: --max-warnings is "-1", and must be a number from 0 on\n'],
    [['check', '--policies', 'nowhere'], 2, 'weir: --policies nowhere: there is no such folder\n'],
    [['check', '--policies', '/dev/null'], 2, 'weir: --policies /dev/null: it is no folder; name the one that '],
    [['policy', 'validate', 'nowhere'], 2, 'weir: nowhere: there is no such folder\n'],
    [['policy', 'test', '/dev/null'], 2, 'weir: /dev/null is no folder\n'],
    [['init', '/dev/null'], 2, 'weir: /dev/null is no folder; name the one of your repository\n'],
  ])('%j gives %i', async (args, code, stderr) => {
    const ran = await weir(args);
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr.slice(0, stderr.length)).toBe(stderr);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  it('prints the version and the help, and asks for a command', async () => {
    expect(await weir(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(await weir(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('judge manifests') });
    expect(await weir(['help', 'check'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--max-warnings') });
    expect(await weir([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: weir') });
  });

  it.each<[env: Record<string, string>, args: string[], isTTY: boolean, isColored: boolean]>([
    [{}, [], false, false],
    [{}, [], true, true],
    [{ TERM: 'dumb' }, [], true, false],
    [{ NO_COLOR: '1' }, [], true, false],
    [{ NO_COLOR: '' }, [], true, true],
    [{ FORCE_COLOR: '1' }, [], false, true],
    [{ FORCE_COLOR: '0' }, [], true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], true, false],
    [{ FORCE_COLOR: '1' }, ['--no-color'], true, false],
  ])('with %j and %j on a terminal: %s it colours: %s', async (env, args, isTTY, isColored) => {
    const cwd = folderWith({ 'cart.yaml': service(), ...tagPolicies('prod') });
    const { stdout } = await weir(['check', 'cart.yaml', '--env', 'prod', ...args], { cwd, env, isTTY });
    expect(stdout.includes('\u001b[')).toBe(isColored);
  });
});
