/** A start that fails ends with a sentence, whatever it had begun by then, and hears an interrupt. */
import { createServer } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { inWords, stopAll, stopWithin } from '../../../src/cli/up/ending.ts';
import { freePort } from '../../../src/platform/ports.ts';
import { folderWith } from '../harness.ts';
import { isBuilt, isUp, says, start, startAfter } from './running.ts';

jest.setTimeout(120_000);

const never = new Promise<never>(() => {});

describe('what was started', () => {
  it('ends in the other order, each of it, and what went wrong first is told', async () => {
    const ended: string[] = [];
    const stops = ['a', 'b', 'c'].map((name) => async () => {
      ended.push(name);
      if (name !== 'a') throw new Error(`${name} does not end well`);
    });
    await expect(stopAll(stops)).rejects.toThrow('c does not end well');
    expect(ended).toEqual(['c', 'b', 'a']);
  });

  it('is waited for no longer than said, where a part of it never ends', async () => {
    const ended: string[] = [];
    await stopWithin(1, [() => ended.push('a'), () => never, () => ended.push('c')]);
    expect(ended).toEqual(['c']);
    await stopWithin(1_000_000, [() => Promise.reject(new Error('it does not end well'))]);
  });
});

describe('an error', () => {
  const ofSystem = (facts: object) => Object.assign(new Error('E'), { syscall: 'open', ...facts });

  it.each<[what: string, error: Error, expected: string]>([
    [
      'of a file',
      ofSystem({ code: 'EISDIR', path: '/shop/.weir/a.log' }),
      '.weir/a.log cannot be used: it is a folder;',
    ],
    [
      'of a new name',
      ofSystem({ code: 'EACCES', path: '/x', dest: '/shop/y' }),
      'y cannot be used: permission denied;',
    ],
    ['of a port', ofSystem({ code: 'EADDRINUSE', port: 80 }), 'port 80 is taken by another program, and was free'],
    ['of anything else', new Error('as it is'), 'as it is'],
    ['of the system that names nothing', ofSystem({ code: 'EMFILE' }), 'E'],
  ])('%s is said in words', (_, error, expected) => {
    expect(String((inWords(error, '/shop') as Error).message)).toContain(expected);
  });
});

const describeBuilt = isBuilt ? describe : describe.skip;

describeBuilt(isBuilt ? 'weir up that cannot start' : 'weir up (skipped: not built; run npm run build)', () => {
  it.each([
    ['apiserver.log', 'it is a folder'],
    ['controller.log', 'it is a folder'],
    ['kubeconfig', 'it is a folder'],
    ['metrics-port', 'it is a folder'],
  ])('for .weir/%s says so, and ends', async (name, reason) => {
    const { ended, output } = start(folderWith({ [`.weir/${name}/file`]: '' }), '--ingress-port', '0');
    expect([await ended, output()]).toEqual([
      2,
      expect.stringContaining(
        `weir: .weir/${name} cannot be used: ${reason}; mend that, or choose another folder by --folder\n`,
      ),
    ]);
  });

  it('for a file in the place of a folder says so, when nearly all of it is up, and ends', async () => {
    const { ended, output } = start(folderWith({ '.weir/sources': '' }), '--ingress-port', '0');
    expect([await ended, output()]).toEqual([
      2,
      expect.stringContaining('weir: .weir/sources cannot be used: something else is there;'),
    ]);
  });

  it('ends, whatever holds the process', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const holding = 'setInterval(() => {}, 1000)';
    const { ended, output } = startAfter(holding, folderWith({}), '--ingress-port', `${port}`);
    expect([await ended, output()]).toEqual([2, expect.stringContaining(`weir: port ${port}, which --ingress-port`)]);
    server.close();
  });

  it('for a port that is taken after it was found free says so, and ends', async () => {
    const port = await freePort();
    const taking = `
      import net from 'node:net';
      const { listen } = net.Server.prototype;
      net.Server.prototype.listen = function (options, ...more) {
        if (options.port !== ${port} || options.exclusive) return listen.call(this, options, ...more);
        net.Server.prototype.listen = listen;
        net.createServer().listen({ port: options.port, host: options.host }, () => this.listen(options, ...more));
        return this;
      };`;
    const { ended, output } = startAfter(taking, folderWith({}), '--ingress-port', `${port}`);
    const sentence = `weir: port ${port} of 127.0.0.1 is taken by another program, and was free a moment ago; start again`;
    expect([await ended, output()]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('for an error that nobody catches says it without a stack, and ends', async () => {
    const throwing = `
      const { write } = process.stderr;
      process.stderr.write = (text) => {
        if (text.includes('answers at')) setTimeout(() => { throw new Error('nobody catches this'); });
        return write.call(process.stderr, text);
      };`;
    const { ended, output } = startAfter(throwing, folderWith({}), '--ingress-port', '0');
    expect(await ended).toBe(2);
    expect(output()).toContain("weir: this is a mistake of Weir's: nobody catches this. WEIR_DEBUG=1 shows where\n");
    expect(output()).not.toContain('    at ');
  });

  it('for an error that nobody catches while it stops ends what it has begun to end', async () => {
    const program = `
      import net from 'node:net';
      const { close } = net.Server.prototype;
      const { write } = process.stderr;
      let isStopping = false;
      process.stderr.write = (text) => {
        isStopping ||= text.startsWith('stopping');
        return write.call(process.stderr, text);
      };
      net.Server.prototype.close = function (...more) {
        if (!isStopping) return close.apply(this, more);
        net.Server.prototype.close = close;
        setTimeout(() => { throw new Error('nobody catches this'); });
        setTimeout(() => {
          process.stderr.write('a server has closed ');
          close.apply(this, more);
        }, 1000);
        return this;
      };`;
    const stopping = startAfter(program, folderWith({}), '--ingress-port', '0');
    await isUp(stopping);
    stopping.child.kill('SIGINT');
    expect(await stopping.ended).toBe(2);
    expect(stopping.output()).toContain("a server has closed weir: this is a mistake of Weir's: nobody catches this.");
  });

  it('hears an interrupt where its start never ends', async () => {
    const hanging = "import net from 'node:net'; net.Server.prototype.close = function () { return this; };";
    const stuck = startAfter(hanging, folderWith({}), '--ingress-port', '0');
    await says(stuck, 'answers at');
    stuck.child.kill('SIGINT');
    expect([await stuck.ended, stuck.output()]).toEqual([
      0,
      expect.stringContaining('stopping, before all of it was up\n'),
    ]);
  });
});
