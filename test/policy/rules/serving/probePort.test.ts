import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../../src/knative/settings.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { probePort } from '../../../../src/policy/rules/serving/probePort.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

const told = (port: number, serving: number) =>
  `the livenessProbe of container 1 names port ${port}, and Knative asks ${serving} instead, where traffic goes; leave the port out`;

describe('serving/probe-port', () => {
  it.each<[JsonObject, string[]]>([
    [{ livenessProbe: { httpGet: { port: 9000 } } }, [told(9000, 8080)]],
    [{ livenessProbe: { tcpSocket: { port: 8080 } }, ports: [{ containerPort: 80 }] }, [told(8080, 80)]],
    [{ livenessProbe: { httpGet: { port: 80 } }, ports: [{ containerPort: 80 }] }, []],
    [{ livenessProbe: { httpGet: { port: 0 } } }, []],
    [{ livenessProbe: { httpGet: {} } }, []],
    [{ livenessProbe: { grpc: { port: 9000 } } }, []],
    [{ readinessProbe: { httpGet: { port: 9000 } } }, []],
  ])('%j', (container, expected) => {
    expect(messages(judgeBy(probePort, aService({ container })))).toEqual(expected);
  });

  it('lets each probe have its port where Knative does', () => {
    const knative = { ...DEFAULT_SETTINGS, features: { 'multi-container-probing': 'Enabled' } };
    const service = aService({ container: { livenessProbe: { httpGet: { port: 9000 } } } });
    expect(judgeBy(probePort, service, aPolicy({ knative }))).toEqual([]);
  });
});
