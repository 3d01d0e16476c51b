/** Partitions that nobody leads at the moment, which the client library takes for a failure of all there is. */
import type { Connection, ConnectionPool } from '@platformatic/kafka';

/** Of Kafka's requests. */
const METADATA = 3;
const OF_A_PARTITION = /^\/topics\/\d+\/partitions\/\d+$/;

/** From now on what a Kafka tells of topics is taken where some of their partitions have no leader: that is -1 then. */
export function takeLeaderless(connections: Pick<ConnectionPool, 'on'>): void {
  connections.on('connecting', ({ connection }) => {
    const send: Connection['send'] = connection.send.bind(connection);
    connection.send = (apiKey, apiVersion, createPayload, parse, ...rest) =>
      send(apiKey, apiVersion, createPayload, apiKey === METADATA ? orAnswer(parse) : parse, ...rest);
  });
}

type Parse<Answer> = Parameters<typeof Connection.prototype.send<Answer>>[3];

function orAnswer<Answer>(parse: Parse<Answer>): Parse<Answer> {
  return (...given) => {
    try {
      return parse(...given);
    } catch (error) {
      if (!isOfPartitions(error)) throw error;
      return error.response as Answer;
    }
  };
}

/** @param error as the library throws it of an answer with errors, which it holds all the same */
function isOfPartitions(error: unknown): error is { readonly response: unknown } {
  if (!(error instanceof AggregateError) || !('response' in error)) return false;
  return error.errors.every(({ path }: { path?: unknown }) => typeof path === 'string' && OF_A_PARTITION.test(path));
}
