/** `weir webhook` as a command: its options here in-process, its life as a process of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { LEVELS } from '../../src/cli/serve/options.ts';
import { CONFIGURATIONS, readWebhookOptions, SHORTEST_LIFE } from '../../src/cli/webhook/options.ts';
import { LOG_LEVELS } from '../../src/process/log.ts';
import { MUTATING, VALIDATING } from '../../tools/generate/overlays/webhooks.ts';
import { SHORTEST_LIFE as SHORTEST_OF_THE_KEEPER, timingFor } from '../../webhooks/certificates/timing.ts';
import { aCertificate } from '../webhooks/server/certificates.ts';
import { send } from '../webhooks/server/harness.ts';
import { folderWith, tagPolicies, weir } from './harness.ts';

jest.setTimeout(120_000);

const ALONE = ['webhook', '--no-cluster', '--tls-cert', 'tls.crt', '--tls-key', 'tls.key'];

describe('the options', () => {
  it.each<[args: string[], sentence: string]>([
    [['--port', '70000'], '--port is "70000", and must be a port from 0 to 65535'],
    [['--port', 'https'], '--port is "https", and must be a port from 0 to 65535'],
    [['--metrics-port', '-1'], '--metrics-port is "-1", and must be a port from 0 to 65535'],
    [['--bind', 'a b'], '--bind is "a b", and must be an address of this machine, such as 127.0.0.1 or 0.0.0.0'],
    [['--log-level', 'loud'], '--log-level is "loud", and must be one of debug, info, warn, error, silent'],
    [['--drain-delay', '1h'], '--drain-delay is "1h", and must be a number of seconds from 0 to 300'],
    [
      ['--namespace', 'Weir'],
      '--namespace is "Weir", and must be a name of Kubernetes: small letters, digits and dashes',
    ],
    [
      ['--certificate-life', '5s'],
      '--certificate-life is "5s", and must be a number with s, m, h or d from 20s to 3650d',
    ],
    [
      ['--certificate-life', '90'],
      '--certificate-life is "90", and must be a number with s, m, h or d from 20s to 3650d',
    ],
    [['--tls-cert', 'x'], '--tls-cert is given without --tls-key; both are needed'],
    [['--tls-key', 'x'], '--tls-key is given without --tls-cert; both are needed'],
    [['--no-cluster'], '--no-cluster needs --tls-cert and --tls-key: a certificate of its own is kept in the cluster'],
    [[...ALONE.slice(1), '--kubeconfig', 'x'], '--kubeconfig and --no-cluster exclude each other'],
    [
      ['--kubeconfig', 'nowhere'],
      'the policies cannot be used\n  /etc/weir/policies: the policy folder cannot be read: there is none',
    ],
    [['--prot', '1'], "unknown option '--prot'; did you mean --port? weir webhook --help lists all"],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await weir(['webhook', ...args]);
    expect({ code, stdout, stderr: stderr.trimEnd() }).toEqual({ code: 2, stdout: '', stderr: `weir: ${sentence}` });
  });

  it('are what the help says, with loopback and the usual names where nothing is said', async () => {
    const { stdout } = await weir(['webhook', '--help']);
    expect(stdout).toContain('(default: "127.0.0.1")');
    const raw = {
      policies: 'p',
      port: '9443',
      bind: '127.0.0.1',
      cluster: true,
      namespace: 'weir-system',
      service: 'weir-webhook',
      certificateSecret: 'weir-webhook-certificate',
      certificateLife: '90d',
      metricsBind: '127.0.0.1',
      logLevel: 'info',
      eventsSource: '/weir',
      drainDelay: '5',
    };
    expect(readWebhookOptions(raw, '/srv')).toEqual({
      policies: '/srv/p',
      port: 9443,
      bind: '127.0.0.1',
      cluster: {
        namespace: 'weir-system',
        service: 'weir-webhook',
        certificateSecret: 'weir-webhook-certificate',
        certificateLife: 7_776_000_000,
        mutatingConfiguration: 'defaults.weir.dev',
        validatingConfiguration: 'policy.weir.dev',
      },
      logLevel: 'info',
      drainDelay: 5000,
    });
  });
});

describe('what the command line says without loading the server', () => {
  it('is what the server says', () => {
    expect(LEVELS).toEqual(LOG_LEVELS);
    expect(SHORTEST_LIFE).toBe(SHORTEST_OF_THE_KEEPER);
    expect(() => timingFor(SHORTEST_LIFE)).not.toThrow();
    expect(CONFIGURATIONS).toEqual({ mutatingConfiguration: MUTATING, validatingConfiguration: VALIDATING });
  });
});

describe('a start that cannot be', () => {
  const { certificate, key } = aCertificate();
  const files = { 'tls.crt': certificate, 'tls.key': key, ...tagPolicies('prod') };

  it.each<[what: string, files: Record<string, string>, args: string[], sentence: RegExp]>([
    [
      'no policies',
      { ...files, 'empty/x': '' },
      ['-p', 'empty'],
      /^weir: the policies cannot be used\n {2}.*empty: there is no policy in this folder/,
    ],
    ['no certificate', { ...files, 'tls.crt': '' }, ['-p', 'policies'], /tls\.crt holds no certificate in PEM$/],
    [
      'CAs of clients that are none',
      { ...files, 'ca.crt': key },
      ['-p', 'policies', '--client-ca', 'ca.crt'],
      /ca\.crt holds no certificate in PEM$/,
    ],
    [
      'no such file',
      files,
      ['-p', 'policies', '--tls-cert', 'nowhere.crt'],
      /nowhere\.crt cannot be read: there is none$/,
    ],
    [
      'a key of another',
      { ...files, 'tls.key': certificate },
      ['-p', 'policies'],
      /tls\.key holds no private key in PEM, or one with a passphrase$/,
    ],
  ])('for %s exits 2 with the sentence', async (_, given, args, sentence) => {
    const { code, stderr } = await weir([...ALONE, '--port', '0', '--log-level', 'silent', ...args], {
      cwd: folderWith(given),
    });
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(code).toBe(2);
  });
});

/** Nobody may listen on port 1. */
const NOBODY_THERE = `
apiVersion: v1
kind: Config
current-context: nowhere
contexts: [{name: nowhere, context: {cluster: nowhere}}]
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
`;

describe('as a process', () => {
  const START = "import { main } from './src/cli/main.ts'; process.exitCode = await main(process.argv.slice(1));";
  const { certificate, key } = aCertificate();

  function started(args: readonly string[] = [], usual: readonly string[] = ALONE) {
    const cwd = folderWith({ 'tls.crt': certificate, 'tls.key': key, ...tagPolicies('prod') });
    const given = usual.map((argument) => (argument.startsWith('tls.') ? path.join(cwd, argument) : argument));
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--no-warnings',
        '-e',
        START,
        '--',
        ...given,
        '-p',
        path.join(cwd, 'policies'),
        '--port',
        '0',
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    const heard = async (what: RegExp): Promise<RegExpExecArray> => {
      const end = Date.now() + 60_000;
      for (;;) {
        const found = what.exec(output);
        if (found !== null) return found;
        if (Date.now() > end || child.exitCode !== null)
          throw new Error(`${what} was not heard in: ${output}${errors}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    return {
      child,
      cwd,
      ended,
      heard,
      output: () => output,
      port: async () => Number((await heard(/"port":(\d+)/))[1]),
    };
  }

  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: '1', operation: 'CREATE', object: { apiVersion: 'serving.knative.dev/v1', kind: 'Service' } },
  });

  /** A server that has just started warms up before it says that it is ready. */
  async function ready(at: { readonly port: number; readonly agent: Agent }): Promise<void> {
    const end = Date.now() + 60_000;
    while ((await send(at, '/readyz')).status !== 200) {
      if (Date.now() > end) throw new Error('not ready within a minute');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('takes changed policies, and goes with 0 after SIGTERM', async () => {
    const { child, cwd, ended, heard, port, output } = started(['--drain-delay', '1', '--metrics-port', '0']);
    const at = { port: await port(), agent: new Agent({ rejectUnauthorized: false }) };
    await ready(at);
    expect((await send(at, '/validate/prod', { method: 'POST', body })).status).toBe(200);

    mkdirSync(path.join(cwd, 'policies'), { recursive: true });
    writeFileSync(path.join(cwd, 'policies', 'prod.yaml'), 'kind: Nothing\n');
    await heard(/the new policies cannot be used/);
    expect((await send(at, '/readyz')).status).toBe(200);
    expect((await send(at, '/metrics')).text).toMatch(/^weir_policy_refused 1$/m);

    child.kill('SIGTERM');
    await heard(/"leaving"/);
    expect((await send(at, '/readyz')).status).toBe(503);
    expect((await send(at, '/validate/prod', { method: 'POST', body })).headers.connection).toBe('close');
    expect(await ended).toBe(0);
    expect(output()).toMatch(/"gone"/);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('is gone at once after a second signal: %s with %d', async (signal, code) => {
    const { child, ended, heard, port, output } = started(['--drain-delay', '60']);
    await port();
    child.kill('SIGTERM');
    await heard(/"leaving"/);
    // within the first second it is the same wish
    const again = setInterval(() => child.kill(signal), 100);
    expect(await ended.finally(() => clearInterval(again))).toBe(code);
    expect(output()).toContain(`"signal":"${signal}","msg":"gone at a second signal`);
  });

  it('says in a few lines that no API server answers, and that it has no certificate yet', async () => {
    const kubeconfig = path.join(folderWith({ config: NOBODY_THERE }), 'config');
    const { child, ended, heard, output } = started(['--kubeconfig', kubeconfig, '--drain-delay', '0'], ['webhook']);
    await heard(/"msg":"listening, without a certificate yet: /);
    await heard(/namespaces, .* cannot be followed: no API server answers/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output().match(/cannot be followed/g)).toHaveLength(1);
  });

  it('drains after an interrupt, too', async () => {
    const { child, ended, port } = started(['--drain-delay', '0']);
    await port();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('says where something listens already', async () => {
    const first = started();
    const port = await first.port();
    const second = started(['--port', String(port)]);
    let errors = '';
    second.child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    expect(await second.ended).toBe(2);
    expect(errors).toBe(`weir: something listens on port ${port} of 127.0.0.1 already; choose another port\n`);
    first.child.kill('SIGKILL');
    await first.ended;
  });
});
