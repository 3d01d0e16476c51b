/** What runs: the Deployment and all that names a part of it, as the files lie in overlays/base. */
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { define } from '../../src/cli/commands/webhook.ts';
import { arrayAt, numberAt, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { objectsAt, objectsOf, only, textsAt } from './read.ts';

const deployment = only(objectsOf('overlays/base/deployment.yaml'), 'Deployment');
const template = objectAt(deployment, 'spec', 'template') ?? {};
const pod = objectAt(template, 'spec') ?? {};
const [container = {}] = objectsAt(pod, 'containers');
const labels = valueAt(template, 'metadata', 'labels');

const component = only(objectsOf('overlays/components/cert-manager/deployment.yaml'), 'Deployment');
const [withFiles = {}] = objectsAt(component, 'spec', 'template', 'spec', 'containers');

/** The options of `weir webhook`, as `--port`. */
function knownOptions(): (string | null | undefined)[] {
  const command = new Command('webhook');
  define(command, () => {});
  return command.options.map(({ long }) => long);
}

describe('the container', () => {
  it.each([
    ['overlays/base', container],
    ['the component cert-manager', withFiles],
  ] as const)('of %s is called with options that weir webhook has', (_, { args }) => {
    const [command, ...options] = textsAt({ args: args ?? [] }, 'args');
    expect(command).toBe('webhook');
    for (const option of options) expect(knownOptions()).toContain(option.split('=')[0]);
  });

  it('gets from cert-manager the same options, and the files', () => {
    expect(textsAt(withFiles, 'args')).toEqual([
      ...textsAt(container, 'args'),
      '--tls-cert=/etc/weir/tls/tls.crt',
      '--tls-key=/etc/weir/tls/tls.key',
    ]);
    const mounts = objectsAt(withFiles, 'volumeMounts').map((mount) => stringAt(mount, 'mountPath'));
    expect(mounts).toEqual(['/etc/weir/tls']);
  });

  it('listens where Service, NetworkPolicy and probes look', () => {
    const ports = new Map(
      objectsAt(container, 'ports').map((port) => [stringAt(port, 'name'), numberAt(port, 'containerPort')]),
    );
    expect(textsAt(container, 'args')).toContain(`--port=${ports.get('https')}`);
    expect(textsAt(container, 'args')).toContain(`--metrics-port=${ports.get('metrics')}`);

    const service = only(objectsOf('overlays/base/service.yaml'), 'Service');
    expect(objectsAt(service, 'spec', 'ports').map((port) => stringAt(port, 'targetPort'))).toEqual(['https']);

    const policy = only(objectsOf('overlays/base/network-policy.yaml'), 'NetworkPolicy');
    const [reviews, metrics] = objectsAt(policy, 'spec', 'ingress').map((rule) => numberAt(rule, 'ports', 0, 'port'));
    expect([reviews, metrics]).toEqual([ports.get('https'), ports.get('metrics')]);

    for (const [probe, path] of [
      ['startupProbe', '/healthz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(objectAt(container, probe, 'httpGet')).toEqual({ path, port: 'https', scheme: 'HTTPS' });
    }
  });

  it('may do nothing that a server need not', () => {
    expect(objectAt(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(objectAt(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field);
  });

  it('lives on until it has drained', () => {
    const delay = textsAt(container, 'args').find((option) => option.startsWith('--drain-delay='));
    expect(numberAt(pod, 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(Number(delay?.split('=')[1]) + 20);
  });

  it('reads the policies where they are mounted', () => {
    expect(objectsAt(container, 'volumeMounts')).toEqual([
      { name: 'policies', mountPath: '/etc/weir/policies', readOnly: true },
    ]);
    expect(arrayAt(pod, 'volumes')).toEqual([{ name: 'policies', configMap: { name: 'weir-policies' } }]);
    const [generator = {}] = objectsAt(
      only(objectsOf('policies/kustomization.yaml'), 'Kustomization'),
      'configMapGenerator',
    );
    expect(stringAt(generator, 'name')).toBe('weir-policies');
  });
});

describe('what selects the pods', () => {
  it.each([
    ['Deployment', valueAt(deployment, 'spec', 'selector', 'matchLabels')],
    ['Service', valueAt(only(objectsOf('overlays/base/service.yaml'), 'Service'), 'spec', 'selector')],
    [
      'NetworkPolicy',
      valueAt(
        only(objectsOf('overlays/base/network-policy.yaml'), 'NetworkPolicy'),
        'spec',
        'podSelector',
        'matchLabels',
      ),
    ],
    [
      'PodDisruptionBudget',
      valueAt(
        only(objectsOf('overlays/base/disruption-budget.yaml'), 'PodDisruptionBudget'),
        'spec',
        'selector',
        'matchLabels',
      ),
    ],
    ...['staging', 'prod'].flatMap((grade) =>
      objectsAt(
        only(objectsOf(`overlays/${grade}/deployment.yaml`), 'Deployment'),
        'spec',
        'template',
        'spec',
        'topologySpreadConstraints',
      ).map((constraint) => [`spread of ${grade}`, valueAt(constraint, 'labelSelector', 'matchLabels')] as const),
    ),
  ] as const)('%s names their labels', (_, selector) => {
    expect(selector).toEqual(labels);
  });
});

describe('the certificate of cert-manager', () => {
  it('can be read by the user that the server runs as, who is not root', () => {
    const spec = objectAt(component, 'spec', 'template', 'spec');
    const [volume] = objectsAt(spec ?? {}, 'volumes');
    const mode = numberAt(volume, 'secret', 'defaultMode') ?? 0o644;
    const isReadByAll = (mode & 0o004) !== 0;
    const isReadByGroup = (mode & 0o040) !== 0 && numberAt(spec, 'securityContext', 'fsGroup') !== undefined;
    expect(isReadByAll || isReadByGroup).toBe(true);
  });

  it('is for the name by which the API server calls', () => {
    const certificate = only(
      objectsOf('overlays/components/cert-manager/certificate.yaml'),
      'Certificate',
      'weir-webhook',
    );
    expect(textsAt(certificate, 'spec', 'dnsNames')).toContain('weir-webhook.weir-system.svc');
    const [volume] = objectsAt(component, 'spec', 'template', 'spec', 'volumes');
    expect(stringAt(volume, 'secret', 'secretName')).toBe(stringAt(certificate, 'spec', 'secretName'));
  });
});
