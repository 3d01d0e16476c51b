/** What a watch does with a client that does not read. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { formsOf } from '../../../../src/platform/apiserver/http/forms.ts';
import { streamWatch } from '../../../../src/platform/apiserver/http/watch.ts';
import type { Resource } from '../../../../src/platform/apiserver/resources/resource.ts';
import type { Reader, Stored, WatchOptions } from '../../../../src/platform/apiserver/store/store.ts';

/** A response whose buffer is full as long as the test says so. */
class Full extends EventEmitter {
  isFull = true;
  readonly lines: string[] = [];
  state = 'open';
  writableLength = 0;

  write(line: Buffer): boolean {
    this.lines.push(line.toString());
    if (this.isFull) this.writableLength += line.length;
    return !this.isFull;
  }
  end(): void {
    if (this.state === 'open') this.state = 'ended';
  }
  destroy(): void {
    this.state = 'destroyed';
    this.emit('close');
  }
  writeHead(): void {}
  flushHeaders(): void {}
}

function stream() {
  const response = new Full();
  const calls: string[] = [];
  const timers = new Map<number, () => void>();
  let told: WatchOptions | undefined;
  const watch = {
    revision: 1,
    stop: () => calls.push('stop'),
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
  };
  const reader = {
    watch(_: unknown, options: WatchOptions) {
      told = options;
      return watch;
    },
  } as unknown as Reader; // the rest is not asked for
  const after = (milliseconds: number, callback: () => void) => {
    timers.set(milliseconds, callback);
    return () => timers.delete(milliseconds);
  };
  const exchange = {
    request: { socket: { setNoDelay: () => {} } },
    response,
    query: new URLSearchParams(),
    warnings: () => [],
  };
  const end = streamWatch({
    exchange: exchange as never,
    reader,
    clock: { now: () => new Date(), after },
    resource: { group: '', version: 'v1', kind: 'ConfigMap' } as Resource,
    selection: { resource: 'configmaps', namespace: '' },
    forms: formsOf({ form: 'Object', version: 'v1' }, new URLSearchParams(), () => ({
      columnDefinitions: [],
      rows: [],
    })),
    asked: { since: 1, allowBookmarks: false, sendsInitialEvents: false, timeoutSeconds: undefined },
    chance: 0,
  });
  const stored = { json: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}' } as Stored;
  return {
    response,
    calls,
    timers,
    end,
    tell: () => told?.onEvent({ type: 'ADDED', stored }, watch),
    gone: () => told?.onGone?.(),
  };
}

describe('a client that does not read', () => {
  it('is sent no more until it has read', () => {
    const { response, calls, timers, tell } = stream();
    tell();
    expect(calls).toEqual(['pause']);
    response.emit('drain');
    expect(calls).toEqual(['pause', 'resume']);
    expect([...timers.keys()]).toEqual([30 * 60_000]); // the life of the watch alone
  });

  it('is cut after a minute, and its watch ends', () => {
    const { response, calls, timers, tell } = stream();
    tell();
    timers.get(60_000)?.();
    expect(response.state).toBe('destroyed');
    expect(calls).toEqual(['pause', 'stop']);
  });

  it('is cut, too, where its watch ends before it has read what it was sent', () => {
    const { response, calls, timers, tell, end } = stream();
    tell();
    end();
    expect(calls).toEqual(['pause', 'stop']);
    expect([response.state, [...timers.keys()]]).toEqual(['ended', [60_000]]);
    timers.get(60_000)?.();
    expect([response.state, timers.size]).toEqual(['destroyed', 0]);
  });

  it('and does so at last is left to end by itself', () => {
    const { response, timers, tell, end } = stream();
    tell();
    end();
    response.emit('finish');
    expect([response.state, timers.size]).toEqual(['ended', 0]);
  });

  it('that is read by nobody for too long must list again', () => {
    const { response, gone } = stream();
    gone();
    expect(JSON.parse(response.lines[0] ?? '')).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    });
    expect(response.state).toBe('ended');
  });

  it('that goes leaves no timer and no watch', () => {
    const { response, calls, timers } = stream();
    response.emit('close');
    expect(calls).toEqual(['stop']);
    expect(timers.size).toBe(0);
  });
});
