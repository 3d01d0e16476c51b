import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addFiles, check, folderWith, service, TAGGED, tagPolicies, weir } from '../harness.ts';

const policies = tagPolicies('prod', 'staging');

/** Three warnings: a key that stands twice, an object that stands twice, and a tag. */
const warnPolicies = {
  'policies/prod.yaml': (policies['policies/prod.yaml'] ?? '').replace('spec:', 'spec:\n  enforcement: warn'),
};

describe('weir check: the exit code', () => {
  it.each<[name: string, args: string[], code: number]>([
    ['clean', ['good', '--env', 'prod'], 0],
    ['denied', ['bad', '--env', 'prod'], 1],
    ['could not judge', ['broken', '--env', 'prod'], 2],
    ['could not judge beats denied', ['broken', 'bad', '--env', 'prod'], 2],
    ['nothing there', ['empty', '--env', 'prod'], 2],
    ['nothing there, and that is fine', ['empty', '--env', 'prod', '--allow-empty'], 0],
    ['nothing that a rule knows', ['other', '--env', 'prod'], 2],
    ['nothing that a rule knows, and that is fine', ['other', '--env', 'prod', '--allow-empty'], 0],
    ['no environment', ['good'], 2],
    ['unknown environment', ['good', '--env', 'prd'], 2],
  ])('%s', async (_name, args, code) => {
    const cwd = folderWith({
      ...policies,
      'good/cart.yaml': service({ image: TAGGED }),
      'bad/cart.yaml': service(),
      'broken/cart.yaml': 'kind: [',
      'empty/readme.md': '',
      'other/x.yaml': 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: x}\n',
    });
    expect(await weir(['check', ...args], { cwd })).toMatchObject({ code });
  });

  it.each<[args: string[], code: number]>([
    [[], 0],
    [['--fail-on', 'deny'], 0],
    [['--fail-on', 'warn'], 1],
    [['--max-warnings', '1'], 0],
    [['--max-warnings', '0'], 1],
  ])('with a warning and %j it is %i, and stderr says why', async (args, code) => {
    const cwd = folderWith({ ...warnPolicies, 'cart.yaml': service() });
    const reason = code === 0 ? '' : `weir: 1 warning, and ${args.join(' ').replace(/ 0$/, '')} allows `;
    const ran = await weir(['check', 'cart.yaml', '--env', 'prod', ...args], { cwd });
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(reason) });
  });

  it('says what was judged by no environment', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service() });
    const { code, stdout, stderr } = await weir(['check', 'cart.yaml'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('nothing found · 0 of 1 resource judged, 1 without an environment\n');
    expect(stderr).toMatch(
      /^weir: nothing was judged: no environment is known for 1 of 1 resource, in cart.yaml; say --env NAME/,
    );
  });

  it.each(['text', 'json', 'compact'])(
    'says on stderr that some objects have no environment, with -o %s',
    async (format) => {
      const namespace =
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {weir.dev/environment: prod}}\n---\n';
      const cwd = folderWith({
        ...policies,
        'all.yaml': `${namespace}${service({ image: TAGGED })}---\n${service({ namespace: 'shp' })}`,
      });
      const { code, stderr } = await weir(['check', 'all.yaml', '-o', format], { cwd });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^weir: no environment is known for 1 of 3 resources, in all.yaml; say --env NAME/);
    },
  );

  it.each<[args: string[], code: number]>([
    [['.'], 2],
    [['.', '--allow-empty'], 2],
    [['.', '--allow-unassigned'], 0],
    [['b', 'c'], 2],
    [['b', 'c', '--allow-empty'], 0],
    [['b', 'c', '--allow-unassigned'], 2],
    [['a', 'other.yaml'], 0],
  ])('with %j, where weir.yaml maps only one of the folders, it is %i', async (args, code) => {
    const good = service({ image: TAGGED });
    const cwd = folderWith({
      ...policies,
      'weir.yaml': 'apiVersion: weir.dev/v1alpha1\nkind: Configuration\nenvironments: [{name: prod, paths: [a]}]\n',
      'a/s.yaml': good,
      'b/s.yaml': good,
      'c/s.yaml': good,
      'c/t.yaml': good,
      'c/u.yaml': good,
      'other.yaml': 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: x}\n',
    });
    const ran = await weir(['check', ...args], { cwd });
    expect(ran).toMatchObject({ code });
    const isTold = args[0] !== 'a';
    expect(ran.stderr.includes(', in b/s.yaml, c/s.yaml, c/t.yaml and 1 more file; say --env NAME')).toBe(isTold);
  });

  it('names the nearest environment and the others', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service() });
    const { stderr } = await weir(['check', 'cart.yaml', '--env', 'prdo'], { cwd });
    expect(stderr).toBe(
      'weir: no policy for the environment "prdo"; did you mean "prod"? policies has prod, staging\n',
    );
  });
});

describe('weir check: the policies', () => {
  it('are those that are named, or ./policies, or those that Weir ships', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service({ image: TAGGED }) });
    addFiles(cwd, {
      'strict/prod.yaml': policies['policies/prod.yaml']?.replace('spec:', 'spec:\n  description: x') ?? '',
    });
    const bare = folderWith({ 'cart.yaml': service(), 'policies/networkpolicy.yaml': 'kind: NetworkPolicy\n' });

    expect((await check(['cart.yaml', '--env', 'prod'], { cwd })).code).toBe(0);
    expect((await check(['cart.yaml', '--env', 'prod', '--policies', 'strict'], { cwd })).code).toBe(0);
    expect((await check(['cart.yaml', '--env', 'staging', '--policies', 'strict'], { cwd })).code).toBe(2);
    expect((await check(['cart.yaml', '--env', 'edge'], { cwd: bare })).code).toBe(1);
  });

  it.each<[args: string[], isTold: boolean]>([
    [['check', 'bare'], true],
    [['render', 'bare'], true],
    [['explain', 'bare/cart.yaml'], true],
    [['check', 'bare', '--policies', 'own'], false],
    [['explain', 'images/tag'], false],
  ])('are said on stderr to be those that Weir ships, where nobody chose any: %j %s', async (args, isTold) => {
    const cwd = folderWith({ 'bare/cart.yaml': service(), 'own/prod.yaml': policies['policies/prod.yaml'] ?? '' });
    const { stderr } = await weir([...args, '--env', 'prod'], { cwd });
    expect(stderr.match(/^weir: judging by the policies that Weir ships, .*; weir init /gm) ?? []).toHaveLength(
      isTold ? 1 : 0,
    );
  });

  it('with an error are told with its place, and what other policies say is still told', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service() });
    addFiles(cwd, {
      'policies/dev.yaml':
        'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: dev}\nspec: {imagse: {}}\n',
    });
    const { code, result } = await check(['cart.yaml', '--env', 'prod'], { cwd });
    expect(code).toBe(2);
    expect(result.findings).toHaveLength(1);
    expect(result.errors).toMatchObject([
      { file: 'policies/dev.yaml', line: 4, message: expect.stringContaining('did you mean "images"') },
    ]);
  });
});

describe('weir check: PolicyExceptions', () => {
  const exception = (until: string) => `apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: launch, namespace: shop}
spec: {rules: [images/tag], reason: launch day, owner: team-shop, until: "${until}"}
`;

  it.each(['cart/exception.yaml', 'policies/exception.yaml'])('excuse what they name, from %s', async (file) => {
    const cwd = folderWith({ ...policies, 'cart/cart.yaml': service(), [file]: exception('2026-12-01') });
    const { code, result } = await check(['cart', '--env', 'prod'], { cwd });
    expect(code).toBe(0);
    expect(result.findings).toEqual([]);
    expect(result.excused).toMatchObject([
      {
        rule: 'images/tag',
        file: 'cart/cart.yaml',
        line: 10,
        exception: { name: 'launch', reason: 'launch day', owner: 'team-shop', until: '2026-12-01T23:59:59.999Z' },
      },
    ]);
  });

  it('no longer excuse when they have run out', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service(), 'exception.yaml': exception('2026-11-20') });
    const { code, result } = await check(['cart.yaml', 'exception.yaml', '--env', 'prod'], { cwd });
    expect(code).toBe(1);
    expect(result.excused).toEqual([]);
  });
});

describe('weir check: outputs', () => {
  it('writes several at once, all with the same findings', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service(), 'other.yaml': service({ name: 'other' }) });
    const outputs = ['text', 'json=o.json', 'sarif=o.sarif', 'junit=o.xml', 'github=o.github', 'compact=o.txt'];
    const args = ['check', '.', '--env', 'prod', ...outputs.flatMap((output) => ['-o', output])];
    const { code, stdout } = await weir(args, { cwd });
    expect(code).toBe(1);

    const read = (name: string) => readFileSync(path.join(cwd, name), 'utf8');
    const places = ['cart.yaml:10:16', 'other.yaml:10:16'];
    const found = JSON.parse(read('o.json')).findings.map(
      (one: { file: string; line: number; column: number }) => `${one.file}:${one.line}:${one.column}`,
    );
    expect(found).toEqual(places);
    for (const place of places) {
      expect(stdout).toContain(place);
      expect(read('o.txt')).toContain(`${place}: deny: images/tag [prod]: `);
      expect(read('o.xml')).toContain(`${place}: deny: images/tag [prod]: `);
    }
    expect(JSON.parse(read('o.sarif')).runs[0].results).toHaveLength(2);
    expect(read('o.github').match(/^::error /gm)).toHaveLength(2);
  });

  it('says where it cannot write', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service() });
    const { code, stderr } = await weir(['check', 'cart.yaml', '--env', 'prod', '-o', 'json=no/such/x'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toBe('weir: no/such/x cannot be written: there is no such file or folder\n');
    expect(existsSync(path.join(cwd, 'no'))).toBe(false);
  });
});

describe('weir check: files in which something stands twice', () => {
  it('warns of the key that is lost', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service({ image: `${TAGGED}\n        image: ${TAGGED}` }) });
    const { code, result } = await check(['cart.yaml', '--env', 'prod'], { cwd });
    expect(code).toBe(0);
    expect(result.findings).toMatchObject([
      {
        rule: 'yaml/duplicate-key',
        action: 'warn',
        line: 10,
        path: '/spec/template/spec/containers/0/image',
        message: 'the key image stands twice, and Kubernetes takes the one in line 11; drop this one',
      },
    ]);
  });

  it('warns of an object that a folder has twice, and not of one in another folder', async () => {
    const good = service({ image: TAGGED });
    const cwd = folderWith({ ...policies, 'a/one.yaml': good, 'a/two.yaml': good, 'b/one.yaml': good });
    const { result } = await check(['.', '--env', 'prod'], { cwd });
    expect(result.findings).toMatchObject([
      {
        rule: 'yaml/duplicate-object',
        action: 'warn',
        file: 'a/two.yaml',
        line: 1,
        message: expect.stringContaining('Service shop/cart stands at a/one.yaml:1:1 already'),
      },
    ]);
  });

  it('lets a policy say what becomes of it', async () => {
    const strict = policies['policies/prod.yaml']?.replace('rules:\n', 'rules:\n    yaml/*: deny\n') ?? '';
    const cwd = folderWith({
      'policies/prod.yaml': strict,
      'cart.yaml': `${service({ image: TAGGED })}kind: Service\n`,
    });
    expect(await check(['cart.yaml', '--env', 'prod'], { cwd })).toMatchObject({
      code: 1,
      result: { errors: [], findings: [{ rule: 'yaml/duplicate-key', action: 'deny' }] },
    });
  });
});
