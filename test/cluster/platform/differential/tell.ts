/** Tells a story to one API server and brings back its answers. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import { isObject, type JsonValue, stringAt } from '../../../../src/kubernetes/json.ts';
import { Names, normal } from './normal.ts';
import type { Answer, Scenario, Step } from './scenario.ts';

export interface Server {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

const PATIENCE_MS = 30_000;
const AGAIN_MS = 100;

/** @param words what else is filled in: `$hook`, `$ca` */
export async function tell(
  scenario: Scenario,
  at: Server,
  words: Readonly<Record<string, string>> = {},
): Promise<Answer[]> {
  const namespace = `story-${randomBytes(4).toString('hex')}`;
  const agent = new Agent({ ca: at.ca, keepAlive: true });
  const answers: JsonValue[] = [];
  const told: Answer[] = [];
  const names = new Names(words.hook);
  try {
    await send(at, agent, {
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    });
    for (const step of scenario.steps) {
      const filled = fill(step, namespace, answers, words);
      const answer = await patiently(step, () => send(at, agent, filled));
      answers.push(answer.body);
      const { status, type, warnings } = answer;
      const body = step.only === undefined ? answer.body : step.only(answer.body);
      told.push({ status, type, warnings, body: normal(body, names) });
    }
    return told;
  } finally {
    await send(at, agent, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    agent.destroy();
  }
}

/** The step with what earlier answers said. */
function fill(
  step: Step,
  namespace: string,
  answers: readonly JsonValue[],
  words: Readonly<Record<string, string>>,
): Step {
  const filled = (text: string) =>
    text
      .replaceAll(/\$(hook|ca)\b/g, (_, word) => words[word] ?? '')
      .replaceAll(':ns', namespace)
      .replaceAll(/\$rv\((\d+)\)/g, (_, index) => stringAt(answers[Number(index)], 'metadata', 'resourceVersion') ?? '')
      .replaceAll(/\$continue\((\d+)\)/g, (_, index) =>
        encodeURIComponent(stringAt(answers[Number(index)], 'metadata', 'continue') ?? ''),
      )
      .replaceAll(/\$uid\((\d+)\)/g, (_, index) => stringAt(answers[Number(index)], 'metadata', 'uid') ?? '');
  const text = step.text ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
  return { ...step, path: filled(step.path), ...(text !== undefined && { text: filled(text) }) };
}

async function patiently(step: Step, ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + PATIENCE_MS;
  let answer = await ask();
  while (!isAsWanted(step, answer) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    answer = await ask();
  }
  return answer;
}

function isAsWanted({ until }: Step, answer: Answer): boolean {
  if (until === undefined) return true;
  return typeof until === 'number' ? answer.status === until : until(answer);
}

function send({ server, token }: Server, agent: Agent, step: Step): Promise<Answer> {
  const text = step.text ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'user-agent': 'story/1.0',
    // Node frames the body of a DELETE only where its length is said
    ...(text !== undefined && {
      'content-type': step.type ?? 'application/json',
      'content-length': Buffer.byteLength(text),
    }),
    ...step.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server}${step.path}`,
      { method: step.method, agent, headers, timeout: PATIENCE_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            type: (response.headers['content-type'] ?? '').replaceAll(' ', ''),
            warnings: warningsIn(response.rawHeaders),
            body: bodyOf(body),
          });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${step.method} ${step.path}: no answer`)));
    sent.on('error', reject);
    sent.end(text);
  });
}

function warningsIn(rawHeaders: readonly string[]): string[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && name.toLowerCase() === 'warning' ? [rawHeaders[index + 1] ?? ''] : [],
  );
}

/** JSON, the lines of a watch as a list of events, or a text. */
function bodyOf(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.trimEnd().split('\n');
    const events = lines.map((line) => {
      try {
        const event: JsonValue = JSON.parse(line);
        return isObject(event) ? event : line;
      } catch {
        return line;
      }
    });
    return events.every(isObject) ? events : text;
  }
}

/** The steps that are answered differently without a reason, or have a reason and are not. */
export function differencesIn({ steps }: Scenario, ours: readonly Answer[], theirs: readonly Answer[]): object[] {
  const found: object[] = [];
  for (const [index, step] of steps.entries()) {
    const title = `${index}: ${step.method} ${step.path}`;
    const isEqual = JSON.stringify(ours[index]) === JSON.stringify(theirs[index]);
    if (step.differs === undefined && !isEqual) found.push({ title, ours: ours[index], theirs: theirs[index] });
    if (step.differs !== undefined && isEqual) found.push({ title, differs: `no more: ${step.differs}` });
  }
  return found;
}
