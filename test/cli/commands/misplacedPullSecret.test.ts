/** A pull secret that slipped under the container by its indentation: told at its line, moved by its fix. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { check, folderWith, weir } from '../harness.ts';

const policies = path.resolve(import.meta.dirname, '../../../policies');
const args = ['--env', 'prod', '--policies', policies];

const MISPLACED = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2 # built by CI
        imagePullSecrets:
        - name: regcred # for the private registry
`;

const MOVED = `      containers:
      - image: registry.example.com/shop/cart:1.4.2 # built by CI
      imagePullSecrets:
      - name: regcred
`;

describe('a pull secret at the container', () => {
  it('is denied with its file, line and column', async () => {
    const cwd = folderWith({ 'apps/cart.yaml': MISPLACED });
    const { code, result } = await check(['apps', ...args], { cwd });
    expect(code).toBe(1);
    expect(result.findings.filter(({ action }) => action === 'deny')).toMatchObject([
      {
        rule: 'images/pull-secret-misplaced',
        file: 'apps/cart.yaml',
        line: 10,
        column: 9,
        path: '/spec/template/spec/containers/0/imagePullSecrets',
        message:
          'imagePullSecrets at the container user-container means nothing; it belongs at spec.template.spec.imagePullSecrets',
      },
    ]);
  });

  it('is moved by render --fix, and then nothing denies', async () => {
    const cwd = folderWith({ 'apps/cart.yaml': MISPLACED });
    expect((await weir(['render', 'apps', ...args, '-w', '--fix', '--no-defaults'], { cwd })).code).toBe(0);
    const text = readFileSync(path.join(cwd, 'apps/cart.yaml'), 'utf8');
    expect(text).toContain(MOVED);
    expect(text.match(/regcred/g)).toHaveLength(1);
    expect((await check(['apps', ...args], { cwd })).code).toBe(0);
  });
});
