import { IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ADMINISTRATOR } from '../../../../src/platform/apiserver/auth/identities.ts';
import { handle, type Serving } from '../../../../src/platform/apiserver/http/handler.ts';
import { listen } from '../../../../src/platform/apiserver/http/listen.ts';
import { unauthorized } from '../../../../src/platform/apiserver/status/failure.ts';

const logged: { details: object; message: string }[] = [];

/** A server of which one part breaks. */
function breaking(error: unknown): Serving {
  const broken = () => {
    throw error;
  };
  const parts = {
    authorizer: { decide: () => ({ allowed: true, reason: '' }) },
    authenticate: () => ADMINISTRATOR,
    resources: { find: broken },
    clock: { now: () => new Date(), after: () => () => {} },
    log: { error: (details: object, message: string) => logged.push({ details, message }) },
    port: () => 6443,
    isReady: () => true,
  };
  return parts as unknown as Serving; // what a broken request asks for, and no more
}

async function answered(
  serving: Serving,
  url = '/api/v1/pods?labelSelector=secret',
): Promise<{ code: number; text: string }> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url, complete: true });
  request.headers = { host: 'localhost:6443', authorization: 'Bearer geheim' };
  const response = new ServerResponse(request);
  let text = '';
  response.end = ((chunk: Buffer) => {
    text = chunk.toString();
    return response;
  }) as typeof response.end;
  await handle(serving, request, response);
  return { code: response.statusCode, text };
}

describe('what nobody thought of', () => {
  it('is a 500 that tells nothing, and a line in the log without what was sent', async () => {
    const { code, text } = await answered(breaking(new TypeError('x is not a function')));
    expect(code).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
    expect(text).not.toContain('not a function');
    expect(logged).toEqual([
      {
        details: { err: expect.any(TypeError), method: 'GET', path: '/api/v1/pods' },
        message: 'a request could not be answered',
      },
    ]);
  });
});

describe('a path', () => {
  it('is not looked at before it is known who asks', async () => {
    const serving = breaking(new TypeError());
    const authenticate = () => {
      throw unauthorized();
    };
    expect(await answered({ ...serving, authenticate }, '/api/v1/%ff')).toMatchObject({ code: 401 });
    expect(await answered(serving, '/api/v1/%ff')).toMatchObject({ code: 400 });
  });
});

describe('listening', () => {
  it('answers on 127.0.0.1 and on no other address of this machine', async () => {
    const { port, close } = await listen({ port: 0, certificate: '', key: '' }, () => {});
    expect(await reaches('127.0.0.1', port)).toBe(true);
    expect(await reaches('127.0.0.2', port)).toBe(false);
    await close();
  });
});

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
