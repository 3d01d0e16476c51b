/** What services stand on under `weir up`: the ingress's port, and the programs of weir.yaml. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectImages } from '../../../src/cli/up/images.ts';
import { ingressPort } from '../../../src/cli/up/ingressPort.ts';
import { keptPort } from '../../../src/cli/up/keptPort.ts';
import { readUpOptions } from '../../../src/cli/up/options.ts';
import { folderWith } from '../harness.ts';

describe('the port of the ingress', () => {
  let server: Server;
  let taken = 0;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    taken = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  const silent = (): void => {};

  it('is the same at the next start', async () => {
    const folder = folderWith({});
    const port = await ingressPort(0, folder, silent);
    expect(port).toBeGreaterThan(0);
    expect(await ingressPort(undefined, folder, silent)).toBe(port);
    expect(await ingressPort(undefined, folder, silent)).toBe(port);
  });

  it('is another where the kept one is taken, which is told and kept', async () => {
    const folder = folderWith({ 'ingress-port': `${taken}\n` });
    const told: string[] = [];
    const port = await ingressPort(undefined, folder, (sentence) => told.push(sentence));
    expect(port).not.toBe(taken);
    expect(told).toEqual([
      `port ${taken} is taken by another program: requests to your services go to port ${port}, now and at the next start; choose one by --ingress-port`,
    ]);
    expect(readFileSync(path.join(folder, 'ingress-port'), 'utf8')).toBe(`${port}\n`);
  });

  it('that was asked for and is taken ends it', async () => {
    await expect(ingressPort(taken, folderWith({}), silent)).rejects.toThrow(
      `port ${taken}, which --ingress-port asks for, is taken by another program; name another, or 0 for any that is free`,
    );
  });

  it('and others are the same at the next start too, or another where that is taken', async () => {
    const file = path.join(folderWith({ 'webhook-port': `${taken}\n` }), 'webhook-port');
    const port = await keptPort(file);
    expect(port).not.toBe(taken);
    expect(await keptPort(file)).toBe(port);
    expect(await keptPort(path.join(folderWith({}), 'metrics-port'))).toBeGreaterThan(0);
  });

  it.each(['no port', ''])('kept as "%s" is none', async (text) => {
    const folder = folderWith({ 'ingress-port': text });
    expect(await ingressPort(undefined, folder, silent)).toBeGreaterThan(0);
  });
});

describe('what images stand for', () => {
  const head = 'apiVersion: weir.dev/v1alpha1\nkind: Configuration\n';
  const naming = (program: string) => `${head}images: {"registry.example.com/shop/cart": {command: [${program}]}}\n`;
  const IMAGE = 'registry.example.com/shop/cart:1';

  it('is read again when weir.yaml changes, and holds on where that cannot be used', () => {
    const folder = folderWith({ 'weir.yaml': naming('first') });
    const told: string[] = [];
    const images = projectImages(folder, folder, (sentence) => told.push(sentence));
    const command = () => images.programFor(IMAGE).program?.command;
    expect(command()).toEqual(['first']);
    writeFileSync(path.join(folder, 'weir.yaml'), naming('second-program'));
    expect(command()).toEqual(['second-program']);
    writeFileSync(path.join(folder, 'weir.yaml'), `${head}images: many\n`);
    expect(command()).toEqual(['second-program']);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('weir.yaml:3:9: images must be a mapping');
    expect(told[0]).toContain('what weir.yaml said of images before holds on');
  });

  it('is the shipped example where there is no weir.yaml, and else the line to add', () => {
    const folder = folderWith({ '.git/HEAD': '' });
    const images = projectImages(folder, folder, () => {});
    expect(images.programFor('registry.example.com/shop/hello:1.0.0').program?.command).toEqual(['node', 'hello.js']);
    expect(images.programFor(IMAGE).missing).toMatchObject({ reason: 'ContainerMissing' });
    expect(images.programFor(IMAGE).missing?.message).toContain('or make weir.yaml with');
  });

  it('must be readable at the start', () => {
    const folder = folderWith({ 'weir.yaml': `${head}images: many\n` });
    expect(() => projectImages(folder, folder, () => {})).toThrow('images must be a mapping');
  });
});

describe('the options', () => {
  const raw = { port: '0', folder: '.weir' };

  it('name the project, and a port of its own for services', () => {
    const folder = folderWith({ 'shop/weir.yaml': '' });
    const options = readUpOptions({ ...raw, ingressPort: '9090' }, folder, 'shop');
    expect(options).toMatchObject({ project: path.join(folder, 'shop'), ingressPort: 9090, port: 0 });
    expect(readUpOptions(raw, folder).ingressPort).toBeUndefined();
  });

  it.each<[object, string, string]>([
    [{ ingressPort: 'http' }, '.', '--ingress-port is "http", and must be a number from 0 to 65535'],
    [{ ingressPort: '70000' }, '.', '--ingress-port is "70000"'],
    [{}, 'nowhere', 'nowhere is no folder; weir up takes the one whose weir.yaml names programs for images'],
  ])('%j %s is a sentence', (change, project, sentence) => {
    expect(() => readUpOptions({ ...raw, ...change }, folderWith({}), project)).toThrow(sentence);
  });
});
