import { describe, expect, it } from '@jest/globals';
import { connectionError } from '../../../src/kubernetes/client/errors.ts';

describe('a refused connection', () => {
  it.each([
    ['https://127.0.0.1:7443 (context "weir")', 'start it again with weir up, or name another context'],
    ['https://127.0.0.1:6443 (context "kind-weir")', 'start the cluster, or name another context'],
    ['https://10.0.0.1:6443 (context "weir")', 'start the cluster, or name another context'],
  ])('at %s says what would be right', (server, advice) => {
    const { code, message } = connectionError({ code: 'ECONNREFUSED', message: 'connect' }, server);
    expect([code, message]).toEqual([
      'ECONNREFUSED',
      `no API server answers at ${server}: the connection is refused; ${advice}`,
    ]);
  });
});
