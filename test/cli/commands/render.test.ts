import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { check, folderWith, weir } from '../harness.ts';

const ORDER = `# takes orders
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: order   # short
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/order:1.4.2
`;
const POLICY = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec:
  autoscaling: {minScale: {default: 2, min: 1}, maxScale: {default: 20, max: 50}}
`;
const TOO_LARGE = ORDER.replace(
  '    spec:',
  '    metadata:\n      annotations:\n        autoscaling.knative.dev/max-scale: "500"\n    spec:',
);

function read(folder: string, file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

describe('weir render', () => {
  it('prints the manifest with what the author left out, and nothing else changed', async () => {
    const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': POLICY });
    const { code, stdout } = await weir(['render', 'order.yaml', '--env', 'prod'], { cwd });
    expect([code, stdout]).toEqual([
      0,
      ORDER.replace(
        '    spec:\n',
        '    metadata:\n      annotations:\n        autoscaling.knative.dev/max-scale: "20"\n        autoscaling.knative.dev/min-scale: "2"\n    spec:\n',
      ),
    ]);
  });

  it.each<[name: string, args: string[], where: string]>([
    ['an empty folder', ['empty'], 'empty'],
    ['an empty folder that is written', ['empty', '-w'], 'empty'],
    ['an empty folder that is only looked at', ['empty', '--check'], 'empty'],
    ['a file of comments', ['comments.yaml'], 'comments.yaml'],
    ['an empty standard input', ['-'], '-'],
    ['two of them', ['empty', 'comments.yaml'], 'empty comments.yaml'],
  ])('says that there is nothing in %s, as weir check does', async (_name, args, where) => {
    const cwd = folderWith({ 'empty/readme.md': '', 'comments.yaml': '# later\n', 'policies/prod.yaml': POLICY });
    const sentence = `weir: nothing was rendered: ${where} holds no Kubernetes objects (--allow-empty accepts that)\n`;
    const run = (...more: string[]) => weir(['render', ...args, '--env', 'prod', ...more], { cwd, stdin: '' });
    expect(await run()).toEqual({ code: 2, stdout: '', stderr: sentence });
    expect(await run('--allow-empty')).toMatchObject({ code: 0, stdout: '' });
  });

  it('says only what it could not read where that is all there is', async () => {
    const cwd = folderWith({ 'broken.yaml': 'kind: [', 'policies/prod.yaml': POLICY });
    const { code, stderr } = await weir(['render', '.', '--env', 'prod', '--allow-empty'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^broken\.yaml:1:\d+: .*\n$/);
  });

  it('passes on what no rule knows', async () => {
    const other = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n';
    const cwd = folderWith({ 'other.yaml': other, 'policies/prod.yaml': POLICY });
    const ran = await weir(['render', 'other.yaml', '--env', 'prod'], { cwd });
    expect(ran).toEqual({ code: 0, stdout: other, stderr: '' });
  });

  it('reads standard input', async () => {
    const cwd = folderWith({ 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['render', '-', '--env', 'prod'], { cwd, stdin: ORDER });
    expect(stdout).toContain('autoscaling.knative.dev/min-scale: "2"');
  });

  it('writes in place, says what it wrote, and has nothing to do the second time', async () => {
    const cwd = folderWith({
      'order.yaml': ORDER,
      'other.yaml': 'kind: ConfigMap\napiVersion: v1\n',
      'policies/prod.yaml': POLICY,
    });
    const first = await weir(['render', '.', '--env', 'prod', '-w'], { cwd });
    expect([first.code, first.stdout, first.stderr]).toEqual([0, '', 'order.yaml: 2 defaults\n']);
    const after = read(cwd, 'order.yaml');
    const second = await weir(['render', '.', '--env', 'prod', '-w'], { cwd });
    expect([second.code, second.stderr, read(cwd, 'order.yaml')]).toEqual([0, 'nothing to change\n', after]);
  });

  it('leaves no default and no fix to be done', async () => {
    const cwd = folderWith({ 'order.yaml': TOO_LARGE, 'policies/prod.yaml': POLICY });
    await weir(['render', '.', '--env', 'prod', '-w', '--fix'], { cwd });
    const { result } = await check(['.', '--env', 'prod'], { cwd });
    expect(read(cwd, 'order.yaml')).toContain('autoscaling.knative.dev/max-scale: "50"');
    expect(result.defaults).toEqual([]);
    expect(result.findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  });

  it('leaves findings as they are without --fix', async () => {
    const cwd = folderWith({ 'order.yaml': TOO_LARGE, 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['render', 'order.yaml', '--env', 'prod'], { cwd });
    expect(stdout).toContain('autoscaling.knative.dev/max-scale: "500"');
  });

  it("writes Knative's own values with --knative", async () => {
    const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['render', 'order.yaml', '--env', 'prod', '--knative'], { cwd });
    expect(stdout).toContain('name: user-container');
    expect(stdout).toContain('resources: {}');
    expect(stdout).toContain('successThreshold: 1');
  });

  it('only says what would change with --check', async () => {
    const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': POLICY });
    const { code, stdout } = await weir(['render', '.', '--env', 'prod', '--check'], { cwd });
    expect([code, stdout, read(cwd, 'order.yaml')]).toEqual([1, 'order.yaml: 2 defaults\n', ORDER]);
  });

  it('puts every item of a List into its place', async () => {
    const item = ORDER.split('\n').slice(1, -1);
    const list = `apiVersion: v1\nkind: List\nitems:\n${[0, 1].map(() => item.map((line, index) => (index === 0 ? '- ' : '  ') + line).join('\n')).join('\n')}\n`;
    const cwd = folderWith({ 'list.yaml': list, 'policies/prod.yaml': POLICY });
    await weir(['render', '.', '--env', 'prod', '-w'], { cwd });
    expect(read(cwd, 'list.yaml').match(/min-scale: "2"/g)).toHaveLength(2);
  });

  it.each([
    [
      'an environment that is not known',
      ['render', 'order.yaml'],
      'no environment is known for 1 of 1 resource, in order.yaml',
    ],
    [
      'standard input to be written',
      ['render', '-', '--env', 'prod', '-w'],
      'standard input cannot be written in place',
    ],
    ['a file that is not there', ['render', 'nothing.yaml', '--env', 'prod'], 'nothing.yaml: '],
  ])('ends with 2 and a sentence for %s', async (_, args, sentence) => {
    const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': POLICY });
    const { code, stderr } = await weir(args, { cwd, stdin: ORDER });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('renders the others although one document is broken', async () => {
    const cwd = folderWith({ 'order.yaml': `a: [\n---\n${ORDER}`, 'policies/prod.yaml': POLICY });
    const { code } = await weir(['render', '.', '--env', 'prod', '-w'], { cwd });
    expect(code).toBe(2);
    expect(read(cwd, 'order.yaml')).toContain('a: [\n---\n');
    expect(read(cwd, 'order.yaml')).toContain('min-scale: "2"');
  });
});

describe('weir explain', () => {
  it('tells a rule', async () => {
    const { code, stdout } = await weir(['explain', 'images/tag']);
    expect(code).toBe(0);
    expect(stdout).toContain('images/tag: ');
    expect(stdout).toMatch(/Action: .*prod deny/);
  });

  it("tells a policy's own rule, which has no examples, for the policies that bring it", async () => {
    const policy = (name: string, spec: string) =>
      `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
    const rule = '{name: team, match: {kinds: [Secret]}, expression: "false", message: name a team, action: warn}';
    const cwd = folderWith({
      'policies/dev.yaml': policy('dev', '{}'),
      'policies/prod.yaml': policy('prod', `{custom: [${rule}]}`),
    });
    const { stdout } = await weir(['explain', 'custom/team'], { cwd });
    expect(stdout).toMatch(/^custom\/team: name a team\n/);
    expect(stdout).toMatch(/\nAction: +prod warn\n$/);
  });

  it('names the nearest rule', async () => {
    const { code, stderr } = await weir(['explain', 'images/tga']);
    expect([code, stderr]).toEqual([
      2,
      'weir: "images/tga" is neither a rule nor a file; did you mean "images/tag"?\n',
    ]);
  });

  it.each<[args: string[], expected: RegExp]>([
    [['max-scale'], /^autoscaling\/max-scale: /],
    [['autoscaling'], /^autoscaling\n {2}autoscaling\/\S+ +\S[\s\S]*\n {2}autoscaling\/max-scale +max-scale /],
    [['autoscaling/*'], /^autoscaling\n {2}autoscaling\//],
    [[], /\nautoscaling\n[\s\S]*\nimages\n {2}images\/[\s\S]*\nyaml\n {2}yaml\//],
  ])('lists and finds rules with %j', async (args, expected) => {
    const { code, stdout, stderr } = await weir(['explain', ...args]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(`${args.length === 0 ? '\n' : ''}${stdout}`).toMatch(expected);
    expect(stdout.match(/^images$/gm) ?? []).toHaveLength(args.length === 0 ? 1 : 0);
  });

  it('lists what a name that is not unique may mean, and says so of one that nothing has', async () => {
    const unclear = await weir(['explain', 'removed-api']);
    expect(unclear.stdout).toMatch(/^eventing\n {2}eventing\/removed-api +\S.*\n\nkeda\n {2}keda\/removed-api +\S/);
    const none = await weir(['explain', 'zzzzzzzz']);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is neither a rule nor a file; weir explain without an argument lists the rules'),
    });
    expect(unclear.stdout + none.stdout).not.toContain('docs/rules.md');
  });

  it.each(['render', 'explain'])(
    '%s says of a policy that cannot be used why, and nothing about no file',
    async (command) => {
      const broken = POLICY.replace('spec:', 'spec:\n  maxscale: 3');
      const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': broken });
      const { code, stderr } = await weir([command, 'order.yaml', '--env', 'prod'], { cwd });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^policies\/prod.yaml:\d+:\d+: unknown field "maxscale".*\n/);
      expect(stderr).toContain('\nthe policy prod cannot be used, for the errors told above\n');
    },
  );

  it.each([
    ['policies/prod.yaml', ' is a policy, and no manifest; '],
    ['policies/prod.yaml', ': weir policy show prod\n'],
    ['empty.yaml', 'empty.yaml holds no Kubernetes objects to explain\n'],
  ])('ends with 2 for %s, which holds no resources: %s', async (file, sentence) => {
    const cwd = folderWith({ 'empty.yaml': '# nothing\n', 'policies/prod.yaml': POLICY });
    const { code, stderr } = await weir(['explain', file, '--env', 'prod'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('says who decided each value of a file', async () => {
    const cwd = folderWith({ 'order.yaml': ORDER, 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['explain', 'order.yaml', '--env', 'prod'], { cwd });
    expect(stdout).toMatch(/^Service order for prod\n/);
    expect(stdout).toMatch(/name: order +order.yaml:5\n/);
    expect(stdout).toMatch(/min-scale: "2" +policies\/prod.yaml:5\n/);
    expect(stdout).toMatch(/timeoutSeconds: 300 +Knative's default\n/);
  });
});

describe('weir fn', () => {
  const list = (config: string, order = ORDER) =>
    `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n${config}items:\n- ${order.split('\n').slice(1, -1).join('\n  ')}\n`;
  const config = (spec: string) =>
    `functionConfig:\n  apiVersion: weir.dev/v1alpha1\n  kind: Render\n  spec: ${spec}\n`;

  it('gives the list back with defaults filled in', async () => {
    const cwd = folderWith({ 'policies/prod.yaml': POLICY });
    const { code, stdout } = await weir(['fn'], { cwd, stdin: list(config('{environment: prod}')) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^apiVersion: config.kubernetes.io\/v1\nkind: ResourceList\n/);
    expect(stdout).toContain('autoscaling.knative.dev/min-scale: "2"');
  });

  it('denies with a result for each finding, and the same for a ConfigMap as functionConfig', async () => {
    const cwd = folderWith({ 'policies/prod.yaml': POLICY });
    const denied = await weir(['fn', '--env', 'prod'], { cwd, stdin: list('', TOO_LARGE) });
    expect(denied.code).toBe(1);
    expect(denied.stdout).toContain('severity: error');
    expect(denied.stderr).toContain('autoscaling/max-scale');
    const data = config('{}').replace('spec: {}', 'data: {environment: prod, fix: "true"}');
    const fixed = await weir(['fn'], { cwd, stdin: list(data, TOO_LARGE) });
    expect(fixed.code).toBe(0);
    expect(fixed.stdout).toContain('autoscaling.knative.dev/max-scale: "50"');
  });

  it.each([
    ['no ResourceList', ORDER, 'standard input is no ResourceList'],
    ['no environment', list(''), 'no environment; name it in the functionConfig'],
    ['an unknown environment', list(config('{environment: prd}')), 'did you mean "prod"?'],
    ['an unknown field', list(config('{enviroment: prod}')), 'the functionConfig has the unknown field "enviroment"'],
    ['a switch that is none', list(config('{environment: prod, fix: maybe}')), 'must be true or false'],
  ])('ends with 2 and a sentence for %s', async (_, stdin, sentence) => {
    const cwd = folderWith({ 'policies/prod.yaml': POLICY });
    const { code, stderr, stdout } = await weir(['fn'], { cwd, stdin });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });
});
