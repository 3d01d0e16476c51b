/** A real Kafka in KRaft mode on the loopback interface, for as long as a test takes: one node, and others where they are asked for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Family } from '../controlplane/process/family.ts';
import type { Guarded } from '../controlplane/process/guarded.ts';
import { freePorts } from '../controlplane/process/ports.ts';
import { run } from '../controlplane/process/run.ts';
import { until } from '../controlplane/process/wait.ts';
import { provideJava, provideKafka } from './provide.ts';

/** Who may come in where users are asked for. */
export interface KafkaUser {
  readonly name: string;
  readonly password: string;
}

export interface KafkaTls {
  /** PEM: of the server, and who signed it. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export interface StartKafkaOptions {
  readonly family: Family;
  /** For its data; made where it is not there. */
  readonly folder: string;
  /** Opens an address for users, by PLAIN and SCRAM-SHA-512. */
  readonly user?: KafkaUser;
  /** Opens an address with TLS, at which a certificate is asked for. */
  readonly tls?: KafkaTls;
}

export interface KafkaNode {
  /** As a crash would. */
  kill(): Promise<void>;
  /** After `kill`, on the same ports and data. */
  revive(): Promise<void>;
  /** From now on it takes connections and requests, and answers none. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

export interface Kafka extends KafkaNode {
  /** `127.0.0.1:29092`. */
  readonly plain: string;
  readonly sasl: string;
  readonly ssl: string;
  /** Another server of the same cluster, without users and TLS. */
  addNode(): Promise<KafkaNode>;
}

const FORMAT_SECONDS = 120;
const READY_SECONDS = 180;
const HEAP = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC'];
const CLUSTER_ID = 'WeirTestsKafkaCluster0';

export async function startKafka({ family, folder, user, tls }: StartKafkaOptions): Promise<Kafka> {
  await provideJava();
  const java: Java = { family, classPath: ['-cp', `${await provideKafka()}/*`] };
  const [plain = 0, sasl = 0, ssl = 0, controller = 0] = await freePorts(4);
  const ports = { plain, sasl, ssl, controller };
  const first = { id: 1, ports, data: path.join(folder, 'data'), user, tls };
  const scram =
    user === undefined ? [] : ['--add-scram', `SCRAM-SHA-512=[name=${user.name},password=${user.password}]`];
  const node = await startNode(java, folder, first, scram);
  let nodes = 1;
  return {
    ...node,
    plain: `127.0.0.1:${plain}`,
    sasl: `127.0.0.1:${sasl}`,
    ssl: `127.0.0.1:${ssl}`,
    async addNode() {
      const id = ++nodes;
      const [own = 0] = await freePorts(1);
      const place = path.join(folder, `node-${id}`);
      const properties = { id, ports: { ...ports, plain: own }, data: path.join(place, 'data') };
      return startNode(java, place, { ...properties, user: undefined, tls: undefined }, []);
    },
  };
}

interface Java {
  readonly family: Family;
  readonly classPath: readonly string[];
}

async function startNode(
  { family, classPath }: Java,
  folder: string,
  properties: Properties,
  formatting: readonly string[],
): Promise<KafkaNode> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'server.properties');
  writeFileSync(file, propertiesText(properties));
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', file, ...formatting];
  const formatted = await run('java', [...HEAP, ...classPath, ...format], {
    env: process.env,
    seconds: FORMAT_SECONDS,
  });
  if (formatted.code !== 0) throw new Error(`Kafka's StorageTool failed: ${formatted.stdout}${formatted.stderr}`);

  let server: Guarded;
  async function start(): Promise<void> {
    server = family.start({
      name: 'kafka',
      command: 'java',
      args: [...HEAP, ...classPath, 'kafka.Kafka', file],
      env: { HOME: folder },
    });
    await until('Kafka takes connections', { seconds: READY_SECONDS, of: server }, () =>
      isOpen(properties.ports.plain),
    );
  }
  async function signal(name: NodeJS.Signals): Promise<void> {
    // its own file names it; who guards it has another command
    const { stdout } = await run('pgrep', ['-f', `^java .*${file}$`], { env: process.env, seconds: FORMAT_SECONDS });
    process.kill(Number(stdout), name);
  }
  await start();
  return {
    kill: () => server.kill(),
    revive: start,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}

interface Properties {
  /** The first is the controller, too. */
  readonly id: number;
  readonly ports: Readonly<Record<'plain' | 'sasl' | 'ssl' | 'controller', number>>;
  readonly data: string;
  readonly user: KafkaUser | undefined;
  readonly tls: KafkaTls | undefined;
}

function propertiesText({ id, ports, data, user, tls }: Properties): string {
  const open = [`PLAINTEXT://127.0.0.1:${ports.plain}`];
  const lines = [
    `process.roles=${id === 1 ? 'broker,controller' : 'broker'}`,
    `node.id=${id}`,
    `controller.quorum.voters=1@127.0.0.1:${ports.controller}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    'num.partitions=1',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
  ];
  if (user !== undefined) {
    open.push(`SASL_PLAINTEXT://127.0.0.1:${ports.sasl}`);
    const name = 'listener.name.sasl_plaintext';
    const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule';
    lines.push(
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512',
      `${name}.plain.sasl.jaas.config=${plainModule} required user_${user.name}="${user.password}";`,
      `${name}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`,
    );
  }
  if (tls !== undefined) {
    open.push(`SSL://127.0.0.1:${ports.ssl}`);
    const name = 'listener.name.ssl.ssl';
    lines.push(
      `${name}.client.auth=required`,
      `${name}.keystore.type=PEM`,
      `${name}.keystore.certificate.chain=${onOneLine(tls.certificate)}`,
      `${name}.keystore.key=${onOneLine(tls.key)}`,
      `${name}.truststore.type=PEM`,
      `${name}.truststore.certificates=${onOneLine(tls.ca)}`,
    );
  }
  const listeners = open.join(',');
  const controlling = id === 1 ? `,CONTROLLER://127.0.0.1:${ports.controller}` : '';
  lines.push(`listeners=${listeners}${controlling}`, `advertised.listeners=${listeners}`);
  return `${lines.join('\n')}\n`;
}

/** Java's properties read `\n` as a line break. */
function onOneLine(pem: string): string {
  return pem.trim().replaceAll('\n', '\\n');
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
