import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../../../../src/cli/input/kustomize/graph.ts';
import { findProgram } from '../../../../src/cli/input/kustomize/program.ts';
import { translate } from '../../../../src/cli/input/kustomize/translate.ts';
import { addFiles, check, folderWith, service, TAGGED, tagPolicies } from '../../harness.ts';
import { withKustomize } from '../../withKustomize.ts';

const policies = tagPolicies('prod', 'dev');
const args = ['.', '--env', 'prod'];

/** Without a kustomize program on the machine, what needs one is skipped. */

function places(result: { findings: readonly { file?: string; line?: number; resource: { name: string } }[] }) {
  return result.findings.map(({ file, line, resource }) => `${file}:${line} ${resource.name}`);
}

describe('weir check on a kustomization', () => {
  withKustomize('names the source file of what is built', async () => {
    const cwd = folderWith({
      ...policies,
      'base/kustomization.yaml': 'resources: [services.yaml]\n',
      'base/services.yaml': `# two\n${service({ name: 'one', image: TAGGED })}---\n${service({ name: 'two' })}`,
      'overlays/prod/kustomization.yaml':
        'resources: [../../base]\nnamePrefix: p-\nnameSuffix: -s\nnamespace: shop-prod\n',
      'overlays/dev/kustomization.yaml': 'resources: [../../base]\nnamespace: shop-dev\n',
    });
    const { code, result } = await check(args, { cwd });
    expect(code).toBe(1);
    expect(result.errors).toEqual([]);
    expect(places(result)).toEqual(['base/services.yaml:22 two', 'base/services.yaml:22 p-two-s']);
    // The base is built by its overlays alone, and its files are not judged again.
    expect(result.summary).toMatchObject({ resources: 4, judged: 4 });
    expect(result.findings[1]?.resource).toMatchObject({ namespace: 'shop-prod' });
  });

  withKustomize('takes its annotations off again', async () => {
    const cwd = folderWith({
      ...policies,
      'kustomization.yaml': 'resources: [cart.yaml]\n',
      'cart.yaml': service(),
    });
    // A rule that sees any annotation of the Service would speak.
    const policy = policies['policies/prod.yaml']?.replace(
      'spec:',
      `spec:
  custom:
  - name: bare
    match: {kinds: [serving.knative.dev/Service]}
    expression: '!has(object.metadata.annotations)'
    message: annotations are left
    action: deny`,
    );
    addFiles(cwd, { 'policies/prod.yaml': policy ?? '' });
    const { result } = await check(args, { cwd });
    expect(result.errors).toEqual([]);
    expect(result.findings.map(({ rule }) => rule)).toEqual(['images/tag']);
  });

  withKustomize('names the patch or the transformer that wrote a value', async () => {
    const patch =
      'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec:\n  template:\n    spec:\n';
    const containers = (image: string) => `      containers:\n      - image: ${image}\n`;
    const cwd = folderWith({
      ...policies,
      'base/kustomization.yaml': 'resources: [cart.yaml]\n',
      'base/cart.yaml': service({ image: TAGGED }),
      'a/kustomization.yaml': 'resources: [../base]\npatches:\n- path: patch.yaml\n',
      'a/patch.yaml': `${patch}${containers('registry.example.com/patched:latest')}`,
      'b/kustomization.yaml':
        'resources: [../base]\npatches:\n- target: {kind: Service}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: registry.example.com/inline:latest\n',
      'c/kustomization.yaml':
        'resources: [../base]\nimages:\n- name: registry.example.com/shop/cart\n  newTag: latest\n',
      'd/kustomization.yaml': 'resources: [../base]\npatches:\n- path: patch.json\n  target: {kind: Service}\n',
      'd/patch.json':
        '[{"op": "replace",\n "path": "/spec/template/spec/containers/0/image",\n "value": "registry.example.com/json:latest"}]',
    });
    // kustomize's own images transformer does not know Knative's containers without a configuration.
    addFiles(cwd, {
      'c/kustomization.yaml':
        'resources: [../base]\nconfigurations: [knative.yaml]\nimages:\n- name: registry.example.com/shop/cart\n  newTag: latest\n',
      'c/knative.yaml': 'images:\n- path: spec/template/spec/containers/image\n  kind: Service\n',
    });
    const { result } = await check(args, { cwd });
    expect(result.errors).toEqual([]);
    expect(places(result)).toEqual([
      'a/patch.yaml:8 cart',
      'b/kustomization.yaml:4 cart',
      'c/kustomization.yaml:3 cart',
      'd/patch.json:3 cart',
    ]);
  });

  withKustomize('gives the environment of the path of the root, or of the Namespace that it builds', async () => {
    const cwd = folderWith({
      ...policies,
      'weir.yaml':
        'apiVersion: weir.dev/v1alpha1\nkind: Configuration\nenvironments: [{name: dev, paths: [overlays/dev]}]\n',
      'base/kustomization.yaml': 'resources: [cart.yaml]\n',
      'base/cart.yaml': service(),
      'overlays/dev/kustomization.yaml': 'resources: [../../base]\n',
      'overlays/prod/kustomization.yaml': 'resources: [../../base, ns.yaml]\n',
      'overlays/prod/ns.yaml':
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {weir.dev/environment: prod}}\n',
    });
    const { result } = await check(['.'], { cwd });
    expect(result.findings.map(({ environment }) => environment)).toEqual(['dev', 'prod']);
  });

  withKustomize('builds a base that is named, and uses Components without judging them alone', async () => {
    const cwd = folderWith({
      ...policies,
      'base/kustomization.yaml': 'resources: [cart.yaml]\n',
      'base/cart.yaml': service(),
      'overlay/kustomization.yaml': 'resources: [../base]\ncomponents: [../component]\n',
      'component/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: patch.yaml\n',
      'component/patch.yaml':
        'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: cart, namespace: shop, labels: {a: b}}\n',
    });
    expect((await check(args, { cwd })).result.summary).toMatchObject({ resources: 1 });
    expect((await check(['base', '--env', 'prod'], { cwd })).result.summary).toMatchObject({ resources: 1 });
    expect((await check(['base', 'overlay', '--env', 'prod'], { cwd })).result.summary).toMatchObject({ resources: 2 });
  });

  withKustomize('places what a generator made at the kustomization', async () => {
    const policy = policies['policies/prod.yaml']?.replace(
      'spec:',
      'spec:\n  custom:\n  - name: none\n    match: {kinds: [ConfigMap]}\n    expression: "false"\n    message: no ConfigMaps\n    action: deny',
    );
    const cwd = folderWith({
      'policies/prod.yaml': policy ?? '',
      'kustomization.yaml': 'configMapGenerator:\n- name: gen\n  literals: [a=b]\n',
    });
    const { result } = await check(args, { cwd });
    expect(result.findings).toMatchObject([{ file: 'kustomization.yaml', line: 1 }]);
  });

  withKustomize('quotes the error of kustomize, with the folder, and judges the rest', async () => {
    const cwd = folderWith({
      ...policies,
      'bad/kustomization.yaml': 'resources: [missing.yaml]\n',
      'circle/kustomization.yaml': 'resources: [../elcric]\n',
      'elcric/kustomization.yaml': 'resources: [../circle]\n',
      'good/kustomization.yaml': 'resources: [cart.yaml]\n',
      'good/cart.yaml': service(),
    });
    const { code, result } = await check(args, { cwd });
    expect(code).toBe(2);
    expect(places(result)).toEqual(['good/cart.yaml:10 cart']);
    expect(result.errors).toMatchObject([
      {
        file: 'bad/kustomization.yaml',
        message: expect.stringMatching(/^kustomize cannot build it: accumulating resources.*missing\.yaml/),
      },
      { file: 'circle/kustomization.yaml', message: expect.stringMatching(/^kustomize cannot build it: .*cycle/) },
    ]);
    for (const { message } of result.errors) expect(message).not.toMatch(/overlay-|run\.go/);
  });

  it('says what is missing where there is no kustomize', async () => {
    const cwd = folderWith({
      ...policies,
      'a/kustomization.yaml': 'resources: [cart.yaml]\n',
      'a/cart.yaml': service(),
    });
    const { code, result } = await check(args, { cwd, env: { PATH: '' } });
    expect(code).toBe(2);
    expect(result.findings).toEqual([]);
    expect(result.errors).toMatchObject([
      {
        file: 'a/kustomization.yaml',
        message: expect.stringContaining('neither kustomize nor kubectl is on the PATH'),
      },
    ]);
  });

  it('bounds what kustomize prints', async () => {
    const cwd = folderWith({
      ...policies,
      'a/kustomization.yaml': 'resources: []\n',
      'bin/kustomize': '#!/bin/sh\nexec yes "# much"\n',
    });
    chmodSync(path.join(cwd, 'bin/kustomize'), 0o755);
    const { result } = await check(args, { cwd, env: { PATH: `${cwd}/bin:/usr/bin:/bin` } });
    expect(result.errors).toMatchObject([{ message: 'kustomize printed more than 16 MiB' }]);
  });

  it('works with a kustomize that knows no origins', async () => {
    const cwd = folderWith({
      ...policies,
      'a/kustomization.yaml': 'resources: [cart.yaml]\nnamePrefix: p-\n',
      'a/cart.yaml': service(),
      'bin/kustomize': `#!/bin/sh\ngrep -q buildMetadata "$2/kustomization.yaml" && exit 1\nsed 's/name: cart/name: p-cart/' "$2/cart.yaml"\n`,
    });
    chmodSync(path.join(cwd, 'bin/kustomize'), 0o755);
    const { result } = await check(args, { cwd, env: { PATH: `${cwd}/bin:/usr/bin:/bin` } });
    expect(places(result)).toEqual(['a/cart.yaml:10 p-cart']);
  });
});

describe('findProgram', () => {
  it('never runs a program of the folder that is judged', () => {
    const cwd = folderWith({ 'bin/kustomize': '#!/bin/sh\n' });
    chmodSync(path.join(cwd, 'bin/kustomize'), 0o755);
    expect(findProgram('kustomize', { PATH: `:.:bin:${path.join(cwd, 'none')}` })).toBeUndefined();
    expect(findProgram('kustomize', { PATH: path.join(cwd, 'bin') })).toBe(path.join(cwd, 'bin/kustomize'));
  });
});

describe('graphOf', () => {
  it('knows every file that a kustomization uses', () => {
    const cwd = folderWith({
      'kustomization.yaml': `resources: [r.yaml, "https://example.com/x"]
patches: [{path: p.yaml}, {patch: "a: b"}]
patchesStrategicMerge: [s.yaml]
patchesJson6902: [{path: j.yaml}]
configMapGenerator: [{files: [key=f.json, g.json], envs: [e.yaml]}]
replacements: [{path: l.yaml}]
transformers: [t.yaml]
helmCharts: [{name: x, valuesFile: v.yaml}]
openapi: {path: o.json}
`,
      ...Object.fromEntries(
        [
          'r.yaml',
          'p.yaml',
          's.yaml',
          'j.yaml',
          'f.json',
          'g.json',
          'e.yaml',
          'l.yaml',
          't.yaml',
          'v.yaml',
          'o.json',
        ].map((name) => [name, '']),
      ),
    });
    const { sources } = graphOf([{ folder: cwd, isNamed: true }]);
    expect([...sources].map((file) => path.basename(file)).sort()).toEqual([
      'e.yaml',
      'f.json',
      'g.json',
      'j.yaml',
      'l.yaml',
      'o.json',
      'p.yaml',
      'r.yaml',
      's.yaml',
      't.yaml',
      'v.yaml',
    ]);
  });
});

describe('translate', () => {
  it.each<[at: string, expected: string]>([
    ['/containers/0/image', '/containers/1/image'],
    ['/containers/1/image', '/containers/-/image'],
    ['/other/0', '/other/0'],
    ['/missing/x', '/missing/x'],
    ['', ''],
  ])('%s is %s in the source', (at, expected) => {
    const built = { containers: [{ name: 'b', image: 'x' }, { name: 'new' }], other: [1] };
    const source = { containers: [{ name: 'a' }, { name: 'b', image: 'y' }], other: [1] };
    expect(translate(built, source, at)).toBe(expected);
  });
});
