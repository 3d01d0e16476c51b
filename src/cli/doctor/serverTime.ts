/** The API server's own clock, from the head of its answer, which has seconds. */
import type { ClusterFacts } from '../../doctor/cluster/facts.ts';
import { type ClusterOptions, connectionTo } from '../cluster.ts';
import type { Io } from '../io.ts';

export async function serverTimeOf(options: ClusterOptions, io: Io): Promise<ClusterFacts['serverTime']> {
  const connection = await connectionTo(options, io);
  try {
    const send = () => connection.send({ method: 'GET', path: '/version', signal: io.signal });
    // the first answer took a handshake as well
    (await send()).resume();
    const before = performance.now();
    const answer = await send();
    const tookMs = performance.now() - before;
    answer.resume();
    const date = new Date(answer.headers.date ?? '');
    return Number.isNaN(date.getTime()) ? undefined : { date, tookMs };
  } finally {
    connection.close();
  }
}
