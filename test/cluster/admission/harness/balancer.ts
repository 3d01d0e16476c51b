/** Stands in for a Service with several endpoints: connections go to them in turn, and to the next where one is gone. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Balancer {
  /** How many connections have gone to each port. */
  taken(): ReadonlyMap<number, number>;
  close(): void;
}

export function balance(port: number, targets: readonly number[]): Promise<Balancer> {
  const taken = new Map<number, number>();
  const open = new Set<Socket>();
  let turn = 0;

  const forward = (client: Socket, left: number): void => {
    const target = targets[turn++ % targets.length] ?? 0;
    const server = connect({ port: target, host: '127.0.0.1' });
    server.once('connect', () => {
      taken.set(target, (taken.get(target) ?? 0) + 1);
      client.pipe(server).pipe(client);
      client.resume();
      server.on('close', () => client.destroy());
    });
    server.on('error', () => {
      if (!server.connecting && server.bytesRead > 0) return void client.destroy();
      if (left > 1) forward(client, left - 1);
      else client.destroy();
    });
    client.on('close', () => server.destroy());
  };
  const balancer: Server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    client.once('close', () => open.delete(client));
    forward(client, targets.length);
  });

  return new Promise((resolve, reject) => {
    balancer.once('error', reject);
    balancer.listen(port, '127.0.0.1', () => {
      resolve({
        taken: () => taken,
        close: () => {
          balancer.close();
          for (const client of open) client.destroy();
        },
      });
    });
  });
}
