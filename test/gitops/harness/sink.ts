/** Where argocd/settings sends denied syncs to, as long as a suite runs: the webhook `platform`. */
import { createServer } from 'node:http';
import { type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import type { Api } from '../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';

const SECRET = '/api/v1/namespaces/argocd/secrets/argocd-notifications-secret';
const SECONDS = 120;

export interface Sink {
  /** All that has come about an Application, the first first. */
  about(application: string): JsonValue[];
  /** Waits for a message about the Application at this commit. */
  messageOf(application: string, revision: string): Promise<JsonValue>;
  stop(): Promise<void>;
}

/** Listens, and writes its address where docs/gitops.md says that one's own belongs. */
export async function startSink(api: Api): Promise<Sink> {
  const messages: JsonValue[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      messages.push(read(text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sink has no port');
  await api.patch(SECRET, { stringData: { 'platform-url': `http://127.0.0.1:${address.port}/denied` } });

  const about = (application: string) => messages.filter((each) => stringAt(each, 'application') === application);
  return {
    about,
    messageOf: (application, revision) =>
      until(`a message about ${application} at ${revision}`, { seconds: SECONDS }, () => {
        const found = about(application).find((each) => stringAt(each, 'revision') === revision);
        if (found === undefined) throw new Error(JSON.stringify(messages));
        return found;
      }),
    async stop() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** What is no JSON is kept as it is: a template may go wrong. */
function read(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
