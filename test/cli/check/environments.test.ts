import { describe, expect, it } from '@jest/globals';
import { check, folderWith, service, TAGGED, tagPolicies } from '../harness.ts';

const policies = tagPolicies('dev', 'prod');
const namespace = (name: string, environment: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {weir.dev/environment: ${environment}}}\n`;
const weirYaml = (body: string) => `apiVersion: weir.dev/v1alpha1\nkind: Configuration\n${body}`;

async function environments(files: Record<string, string>, args: readonly string[] = ['.']) {
  const cwd = folderWith({ '.git/HEAD': '', ...policies, ...files });
  const { result } = await check(args, { cwd });
  const found = result.findings.map(({ file, environment }) => `${file} ${environment}`);
  return { found, unassigned: result.summary.unassigned, errors: result.errors };
}

describe('an object without --env goes to the environment', () => {
  it('of its Namespace in the input', async () => {
    const { found, unassigned } = await environments({
      'a.yaml': service({ namespace: 'shop' }),
      'b.yaml': service({ namespace: 'blog' }),
      'namespaces.yaml': namespace('shop', 'prod'),
    });
    expect(found).toEqual(['a.yaml prod']);
    expect(unassigned).toBe(1);
  });

  it('that weir.yaml gives its path, from the folder of weir.yaml on', async () => {
    const files = {
      'weir.yaml': weirYaml('environments:\n- {name: dev, paths: [apps/*/dev]}\n- {name: prod, paths: [apps/**]}\n'),
      'apps/a/dev/cart.yaml': service(),
      'apps/a/prod/cart.yaml': service(),
      'else/cart.yaml': service(),
    };
    const all = await environments(files);
    expect(all.found).toEqual(['apps/a/dev/cart.yaml dev', 'apps/a/prod/cart.yaml prod']);
    expect(all.unassigned).toBe(1);
    expect((await environments(files, ['apps/a/dev/cart.yaml'])).found).toEqual(['apps/a/dev/cart.yaml dev']);
  });

  it('of the Namespace rather than of the path', async () => {
    const { found } = await environments({
      'weir.yaml': weirYaml('environments: [{name: dev, paths: ["**"]}]\n'),
      'a.yaml': `${service()}---\n${namespace('shop', 'prod')}`,
    });
    expect(found).toEqual(['a.yaml prod']);
  });

  it('of the Namespace in its own folder where others of that name differ, and of none where only others do', async () => {
    const { found, unassigned } = await environments({
      'one/ns.yaml': namespace('shop', 'dev'),
      'one/cart.yaml': service(),
      'two/ns.yaml': namespace('shop', 'prod'),
      'two/cart.yaml': service(),
      'three/cart.yaml': service(),
    });
    expect(found).toEqual(['one/cart.yaml dev', 'two/cart.yaml prod']);
    expect(unassigned).toBe(1);
  });

  it('that --env says, whatever else says another', async () => {
    const files = { 'a.yaml': `${service()}---\n${namespace('shop', 'prod')}` };
    expect((await environments(files, ['.', '--env', 'dev'])).found).toEqual(['a.yaml dev']);
  });

  it('whose policy is missing: an error, once', async () => {
    const { errors } = await environments({
      'a.yaml': `${service()}---\n${service({ name: 'b' })}---\n${namespace('shop', 'prd')}`,
    });
    expect(errors).toEqual([
      { file: 'a.yaml', message: 'no policy for the environment "prd"; did you mean "prod"? policies has dev, prod' },
    ]);
  });
});

describe('weir.yaml', () => {
  it('names the policies and what is left out', async () => {
    const cwd = folderWith({
      'rules/prod.yaml': policies['policies/prod.yaml'] ?? '',
      'weir.yaml': weirYaml('policies: rules\nexclude: [vendor]\nenvironments: [{name: prod, paths: ["**"]}]\n'),
      'vendor/x/Chart.yaml': 'name: x\n',
      'vendor/x/templates/x.yaml': '{{',
      'cart.yaml': service(),
    });
    const { code, result } = await check(['.'], { cwd });
    expect(code).toBe(1);
    expect(result.errors).toEqual([]);
    expect(result.findings).toMatchObject([{ file: 'cart.yaml', environment: 'prod' }]);
  });

  it('is told where a path matches nothing that exists, and where an environment has no policy', async () => {
    const cwd = folderWith({
      ...policies,
      'weir.yaml': weirYaml(
        'environments:\n- {name: prod, paths: [apps, overlay/*, "**/prdo"]}\n- name: dve\n  paths: [apps/dev]\n',
      ),
      'apps/cart.yaml': service(),
      'apps/dev/cart.yaml': service(),
      'overlays/prod/cart.yaml': service(),
    });
    const { code, stderr, result } = await check(['apps'], { cwd });
    expect(code).toBe(2);
    const warnings = stderr.split('\n').filter((line) => line.startsWith('weir: warning: '));
    expect(warnings).toEqual([
      expect.stringContaining('weir.yaml:4:30: "overlay/*" matches no file that exists'),
      expect.stringContaining('weir.yaml:4:41: "**/prdo" matches no file that exists'),
    ]);
    expect(result.errors).toEqual([
      {
        file: 'weir.yaml',
        line: 5,
        column: 9,
        message: 'no policy for the environment "dve"; did you mean "dev"? policies has dev, prod',
      },
    ]);
    expect((await check(['apps', '--env', 'prod'], { cwd })).result.errors).toEqual([]);
  });

  it('leaves settings of Knative itself that have no environment to every one', async () => {
    const settings = (data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-features, namespace: knative-serving}\ndata: {${data}}\n`;
    const readOnly = service({ image: TAGGED }).replace(
      '      containers:',
      '      nodeSelector: {disk: ssd}\n      containers:',
    );
    const files = {
      'weir.yaml': weirYaml('environments: [{name: dev, paths: [dev]}, {name: prod, paths: [prod]}]\n'),
      'dev/cart.yaml': readOnly,
      'prod/cart.yaml': readOnly,
    };
    const off = await environments({ ...files, 'knative/features.yaml': settings('') });
    expect(off.found).toEqual(['dev/cart.yaml dev', 'prod/cart.yaml prod']);
    const on = await environments({
      ...files,
      'knative/features.yaml': settings('kubernetes.podspec-nodeselector: enabled'),
    });
    expect(on).toMatchObject({ found: [], unassigned: 1, errors: [] });
  });

  it('is not looked for above the repository', async () => {
    const cwd = folderWith({
      'weir.yaml': weirYaml('environments: [{name: prod, paths: ["**"]}]\n'),
      ...policies,
      'repo/.git/HEAD': '',
      'repo/cart.yaml': service(),
    });
    expect((await check(['repo'], { cwd })).result.summary.unassigned).toBe(1);
  });
});

describe('a file called weir.yaml that is not meant for Weir', () => {
  const root = { 'weir.yaml': weirYaml('environments: [{name: prod, paths: [apps]}]\n') };
  const transformer =
    'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: x, namespace: shop}\nfieldSpecs: []\n';

  it.each<[string, content: string, found: string[]]>([
    ['is a manifest like any other', service({ name: 'weir' }), ['apps/cart.yaml prod', 'apps/weir.yaml prod']],
    ['is a transformer of Kustomize', transformer, ['apps/cart.yaml prod']],
    [
      'is a Configuration of another group',
      'apiVersion: example.com/v1\nkind: Configuration\n',
      ['apps/cart.yaml prod'],
    ],
    ['is a workflow', 'name: weir\non: push\njobs: {}\n', ['apps/cart.yaml prod']],
  ])('%s', async (_, content, expected) => {
    const { found, errors } = await environments({ ...root, 'apps/weir.yaml': content, 'apps/cart.yaml': service() });
    expect({ found, errors }).toEqual({ found: expected, errors: [] });
  });

  it.each<[string, content: string]>([
    ['apiVersion', 'environments: [{name: prod, paths: [apps]}]\n'],
    ['kind', 'apiVersion: weir.dev/v1\nkind: Settings\n'],
    ['mapping', 'prod\n'],
    ['second document', `${weirYaml('')}---\n${service()}`],
    ['bracket', 'environments: [\n'],
  ])('is not one with a mistake in its %s', async (_, content) => {
    const { errors } = await environments({ ...root, 'apps/weir.yaml': content, 'apps/cart.yaml': service() });
    expect(errors).not.toEqual([]);
    for (const { file } of errors) expect(file).toBe('apps/weir.yaml');
  });
});
