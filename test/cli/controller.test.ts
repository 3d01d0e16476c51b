/** `weir controller` as a command: its options here in-process. What it runs is in test/controllers/main.test.ts. */
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { readControllerOptions } from '../../src/cli/controller/options.ts';
import { weir } from './harness.ts';

jest.setTimeout(60_000);

const POLICIES = path.resolve('policies');

const RAW = {
  policies: 'p',
  leaseNamespace: 'weir-system',
  eventsSource: '/weir',
  metricsPort: '9090',
  metricsBind: '127.0.0.1',
  logLevel: 'info',
};

describe('the options of weir controller', () => {
  it.each<[args: string[], sentence: string]>([
    [['--metrics-port', '70000'], '--metrics-port is "70000", and must be a port from 0 to 65535'],
    [
      ['--metrics-bind', 'a b'],
      '--metrics-bind is "a b", and must be an address of this machine, such as 127.0.0.1 or 0.0.0.0',
    ],
    [['--log-level', 'loud'], '--log-level is "loud", and must be one of debug, info, warn, error, silent'],
    [
      ['--controllers', 'schedule,guardrail'],
      '--controllers names "guardrail"; did you mean "guardrails"? There are schedule, rollout, serving, guardrails, dead-letters, audit',
    ],
    [
      ['--controllers', ''],
      '--controllers names ""; there are schedule, rollout, serving, guardrails, dead-letters, audit',
    ],
    [
      ['--knative-version', 'latest'],
      '--knative-version is "latest", and must be a version of Knative Serving, such as 1.21',
    ],
    [
      ['--events-sink', 'broker'],
      '--events-sink is "broker", and must be an address such as http://broker-ingress.knative-eventing/shop',
    ],
    [
      ['--events-sink', 'file:///etc/passwd'],
      '--events-sink is "file:///etc/passwd", and must be an address such as http://broker-ingress.knative-eventing/shop',
    ],
    [
      ['--events-sink', 'http://sink', '--events-source', 'a b'],
      '--events-source is "a b", and must be a URI such as /weir or https://weir.example.com/prod',
    ],
    [
      ['--lease-namespace', 'Weir'],
      '--lease-namespace is "Weir", and must be a name of Kubernetes: small letters, digits and dashes',
    ],
    [
      ['--grade', 'prdo', '--policies', POLICIES],
      `--grade prdo: no policy is called so; did you mean "prod"? ${POLICIES} has dev, edge, prod, staging`,
    ],
    [
      ['--policies', 'nowhere'],
      expect.stringContaining('the policy folder cannot be read: there is none') as unknown as string,
    ],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await weir(['controller', ...args]);
    expect({ code, stdout, stderr: stderr.trimEnd().replace(/^weir: /, '') }).toEqual({
      code: 2,
      stdout: '',
      stderr: sentence,
    });
  });

  it('are loopback and all controllers where nothing is said', () => {
    expect(readControllerOptions(RAW, { cwd: '/work', env: {} })).toEqual({
      policies: '/work/p',
      leaseNamespace: 'weir-system',
      metrics: { port: 9090, bind: '127.0.0.1' },
      logLevel: 'info',
    });
  });

  it.each([
    [{ K_SINK: 'http://broker/shop' }, undefined, 'http://broker/shop'],
    [{ K_SINK: 'http://broker/shop' }, 'https://other', 'https://other'],
    [{ K_SINK: '' }, undefined, undefined],
    [{}, undefined, undefined],
  ])('take the sink of %j and %j: %j', (env, eventsSink, sink) => {
    const raw = eventsSink === undefined ? RAW : { ...RAW, eventsSink };
    expect(readControllerOptions(raw, { cwd: '/', env }).events?.sink).toBe(sink);
  });

  it('read a version of Knative as people say it', () => {
    const versions = ['1.21', 'v1.21', '1.21.3', 'v1.21.0'].map(
      (knativeVersion) => readControllerOptions({ ...RAW, knativeVersion }, { cwd: '/', env: {} }).knativeVersion,
    );
    expect(new Set(versions)).toEqual(new Set(['1.21']));
  });
});
