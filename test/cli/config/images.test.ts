import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../../src/cli/config/configuration.ts';
import { imagesOf } from '../../../src/cli/config/programs.ts';
import { folderWith } from '../harness.ts';

const head = 'apiVersion: weir.dev/v1alpha1\nkind: Configuration\n';

function read(text: string) {
  return readConfiguration(`${head}${text}`, { folder: '/repo', file: 'weir.yaml' });
}

function problems(text: string): string[] {
  return read(text).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('images of weir.yaml', () => {
  it('are read with their folders beside the file', () => {
    const text =
      'images:\n  "registry.example.com/shop/*":\n    command: [node, "services/{name}/server.js"]\n    cwd: code\n    env: {LOG_LEVEL: debug}\n    exec: [[node, health.js]]\n';
    expect(read(text).configuration?.images).toEqual([
      {
        pattern: 'registry.example.com/shop/*',
        command: ['node', 'services/{name}/server.js'],
        cwd: '/repo/code',
        env: { LOG_LEVEL: 'debug' },
        exec: [['node', 'health.js']],
      },
    ]);
  });

  const first = 'images:\n  a.io/x: ';
  it.each<[text: string, expected: (string | RegExp)[]]>([
    ['images: [x]\n', [/^3:9: images must be a mapping of patterns/]],
    [`${first}node\n`, [/^4:11: an image is a mapping of command, cwd, env, exec/]],
    [`${first}{cwd: a}\n`, [/^4:11: an image needs a command/]],
    [`${first}{command: node server.js}\n`, [/^4:21: a command is a list .* no shell reads it/]],
    [`${first}{command: []}\n`, [/^4:21: a command is a list/]],
    [
      `${first}{comand: [x], command: [a, 1], env: {A B: x, C: 3}, cwd: 7}\n`,
      [
        '4:12: unknown field "comand"; did you mean "command"?',
        /^4:38: must be a text; put what YAML takes/,
        /^4:68: must be a text/,
        /^4:\d+: "A B" is no name of a variable/,
        /^4:\d+: must be a text/,
      ],
    ],
    [
      `${first}{command: ["{nmae}", "{port}"]}\n`,
      [
        '4:22: {nmae} is filled in with nothing; did you mean "name"?',
        '4:32: {port} is filled in with nothing; there is {name} alone',
      ],
    ],
    [`${first}{command: [x], exec: cat}\n`, [/^4:32: exec must be a list of commands/]],
    ['images:\n  a.io/x@sha256:1: {command: [x]}\n', [/^4:3: .* names a digest/]],
    ['images:\n  "a b": {command: [x]}\n', [/^4:3: a pattern of images names them/]],
  ])('%j', (text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(expected.length);
    for (const [index, each] of expected.entries()) expect(found[index]).toMatch(each);
  });

  const some = read(
    'images:\n  "*": {command: [any]}\n  "a.io/*": {command: [a]}\n  "a.io/shop/*": {command: [shop, "{name}"], cwd: "s/{name}", env: {NAME: "{name}"}, exec: [[check, "{name}"]]}\n  "a.io/shop/car*": {command: [car]}\n  a.io/shop/cart: {command: [cart]}\n  nginx: {command: [nginx]}\n',
  );

  it.each([
    ['b.io/x', 'any'],
    ['a.io/x:1', 'a'],
    ['a.io/shop/pay@sha256:abc', 'shop'],
    ['a.io/shop/carpet', 'car'],
    ['a.io/shop/cart:2', 'cart'],
    ['a.io.evil.io/shop/cart', 'any'],
    ['nginx:1', 'nginx'],
  ])('%s is started by %s: what says most counts', (image, program) => {
    expect(some.problems).toEqual([]);
    expect(imagesOf(some.configuration).programFor(image).program?.command[0]).toBe(program);
  });

  it('fills in the last part of the path', () => {
    expect(imagesOf(some.configuration).programFor('a.io/shop/eu/pay:2.0').program).toEqual({
      command: ['shop', 'pay'],
      cwd: '/repo/s/pay',
      env: { NAME: 'pay' },
      exec: [['check', 'pay']],
      pattern: 'a.io/shop/*',
    });
  });

  const unknown = 'nothing says which program stands for image registry.example.com/shop/cart:1.4.2; ';
  const entry = '"registry.example.com/shop/cart": ';

  it.each([
    ['server.js', '{command: [node, server.js]}'],
    ['cart.js', '{command: [node, cart.js]}'],
    ['services/cart/server.js', '{command: [node, services/cart/server.js]}'],
    ['README.md', '{command: [node, FILE]}, where FILE is its program, relative to weir.yaml'],
  ])('says which line to add, with a file that is there: %s gives %s', (file, line) => {
    const folder = folderWith({ [file]: '' });
    const { configuration } = readConfiguration(head, { folder, file: 'shop/weir.yaml' });
    expect(imagesOf(configuration).programFor('registry.example.com/shop/cart:1.4.2').missing).toEqual({
      reason: 'ContainerMissing',
      message: `${unknown}add under "images" of shop/weir.yaml: ${entry}${line}`,
    });
  });

  it('says which file to make, where there is none', () => {
    const place = { folder: folderWith({}), file: 'weir.yaml' };
    const { missing } = imagesOf(undefined, place).programFor('registry.example.com/shop/cart:1.4.2');
    expect(missing?.message).toBe(
      `${unknown}start weir up with the folder whose weir.yaml names it, or make weir.yaml with "apiVersion: weir.dev/v1alpha1", "kind: Configuration" and "images" of: ${entry}{command: [node, FILE]}, where FILE is its program, relative to weir.yaml`,
    );
  });

  it.each(['a.io/shop/..', 'a.io/../x', '', 'a.io/Shop/x', 'a.io/x y'])('%j is no image', (image) => {
    expect(imagesOf(some.configuration).programFor(image).missing?.reason).toBe('InvalidImageName');
  });
});
