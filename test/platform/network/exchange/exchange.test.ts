import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../../../../src/platform/network/exchange/answer.ts';
import type { Call, Caller, CallHandler } from '../../../../src/platform/network/exchange/call.ts';
import { Exchange } from '../../../../src/platform/network/exchange/exchange.ts';
import { readRequestHead } from '../../../../src/platform/network/http1/head.ts';
import type { RequestSeen } from '../../../../src/platform/network/observer.ts';
import { Memory } from '../../../../src/platform/network/revisions/memory.ts';
import { Revision } from '../../../../src/platform/network/revisions/revision.ts';
import { HandClock } from '../clock.ts';
import { KEY, SETTINGS } from '../harness.ts';

class FakeAnswer implements Answer {
  readonly said: string[] = [];
  isHeld = false;
  interim(): void {}
  head({ status }: { readonly status: number }): void {
    this.said.push(`head ${status}`);
  }
  body(chunk: Buffer): boolean {
    this.said.push(`body ${chunk}`);
    return true;
  }
  end(): void {
    this.said.push('end');
  }
  flush(): void {}
  fail(status: number, text: string): void {
    this.said.push(`fail ${status} ${text}`);
  }
  cut(): void {
    this.said.push('cut');
  }
  hold(): void {
    this.isHeld = true;
  }
  release(): void {
    this.isHeld = false;
  }
}

function world(caller: Caller) {
  const clock = new HandClock();
  const seen: RequestSeen[] = [];
  const revision = new Revision(KEY, SETTINGS, {
    clock,
    random: Math.random,
    memory: new Memory(1e9),
    connect: () => caller,
    onWaiting: () => undefined,
  });
  const begin = (head = 'GET / HTTP/1.1\r\nHost: a\r\n') => {
    const answer = new FakeAnswer();
    const way = { revision, path: '/', authority: 'a', client: '127.0.0.1', isDefaultRoute: false };
    const exchange = new Exchange(readRequestHead(head), way, answer, {
      clock,
      observer: { onRequest: (each) => seen.push(each) },
    });
    exchange.begin();
    return { answer, exchange };
  };
  const ready = (): void => revision.setInstances([{ uid: 'i', port: 1 }]);
  return { clock, seen, revision, begin, ready };
}

const SILENT_CALL: Call = {
  body: () => true,
  end: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  abort: () => undefined,
};

describe('one request', () => {
  it('that cannot be written stops no other that starts with it', async () => {
    let calls = 0;
    const { begin, ready, revision } = world({
      call: () => {
        if (++calls === 1) throw new TypeError('Invalid character in header');
        return SILENT_CALL;
      },
      close: () => undefined,
    });
    const [first, second] = [begin(), begin()];
    ready();
    await Promise.resolve();
    expect(calls).toBe(2);
    expect(first.answer.said).toEqual([
      expect.stringMatching(/^fail 502 the instance of shop\/hello-00001 cannot be asked so: TypeError: Invalid/),
    ]);
    expect(second.answer.said).toEqual([]);
    expect(revision.activeCount).toBe(1);
  });

  it('keeps its body until there is an instance that takes it, and reads no more of it', () => {
    const sent: string[] = [];
    const handlers: CallHandler[] = [];
    const call: Call = {
      ...SILENT_CALL,
      body: (chunk) => {
        sent.push(chunk.toString());
        return true;
      },
      end: () => sent.push('end'),
    };
    const { begin, ready } = world({
      call: (_request, handler) => {
        handlers.push(handler);
        return call;
      },
      close: () => undefined,
    });
    const { answer, exchange } = begin('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n');
    exchange.onRequestBody(Buffer.from('a'));
    expect(answer.isHeld).toBe(true);
    ready();
    expect([sent, answer.isHeld]).toEqual([[], true]);
    handlers[0]?.onConnected();
    expect([sent, answer.isHeld]).toEqual([['a'], false]);
    exchange.onRequestBody(Buffer.from('b'));
    exchange.onRequestEnd(undefined);
    expect(sent).toEqual(['a', 'b', 'end']);
  });

  it('is told of once, with how long it waited and took', () => {
    let handler: CallHandler | undefined;
    const { begin, ready, clock, seen } = world({
      call: (_request, given) => {
        handler = given;
        return SILENT_CALL;
      },
      close: () => undefined,
    });
    const { answer, exchange } = begin();
    clock.pass(700);
    ready();
    handler?.onConnected();
    clock.pass(300);
    const fields = { names: [], keys: [], values: [] };
    handler?.onHead({
      status: 201,
      reason: '',
      isHttp10: false,
      fields,
      framing: 1,
      isKept: true,
      connection: [],
      upgrade: undefined,
    });
    handler?.onBody(Buffer.from('x'));
    handler?.onBodyEnd(undefined);
    exchange.onClientGone();
    expect(answer.said).toEqual(['head 201', 'body x', 'end']);
    expect(seen).toEqual([
      {
        revision: KEY,
        status: 201,
        milliseconds: 1000,
        waitedMilliseconds: 700,
        isProxied: true,
        isColdStart: true,
      },
    ]);
    expect(clock.timers).toBe(0);
  });

  it('whose client hung up is told of as 499', () => {
    const { begin, seen, clock } = world({ call: () => SILENT_CALL, close: () => undefined });
    begin().exchange.onClientGone();
    expect(seen).toMatchObject([{ status: 499, isColdStart: true }]);
    expect(clock.timers).toBe(0);
  });
});
