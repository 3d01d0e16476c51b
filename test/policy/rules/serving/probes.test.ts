import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import { probes } from '../../../../src/policy/rules/serving/probes.ts';
import { aService, judgeBy, only, verdictOf } from '../../builders.ts';

const CONTAINER = '/spec/template/spec/containers/0';
const http: JsonObject = { httpGet: { path: '/health' } };
const standIn: JsonObject = { successThreshold: 1, tcpSocket: { port: 0 } };

describe('serving/probes', () => {
  it.each<[JsonObject, string[]]>([
    [{ readinessProbe: http, livenessProbe: http }, []],
    [{ readinessProbe: { grpc: {} }, livenessProbe: { exec: { command: ['true'] } } }, []],
    [{ readinessProbe: { tcpSocket: { port: 8080 } }, livenessProbe: { tcpSocket: {} } }, []],
    [{ readinessProbe: http }, [`${CONTAINER}/livenessProbe`]],
    [{ livenessProbe: http }, [`${CONTAINER}/readinessProbe`]],
    [{}, [CONTAINER]],
    [{ readinessProbe: standIn, livenessProbe: http }, [`${CONTAINER}/readinessProbe`]],
    [{ readinessProbe: { ...standIn, periodSeconds: 5 }, livenessProbe: http }, [`${CONTAINER}/readinessProbe`]],
    [
      { readinessProbe: { periodSeconds: 5 }, livenessProbe: 'yes' },
      [`${CONTAINER}/readinessProbe`, `${CONTAINER}/livenessProbe`],
    ],
  ])('%j gives findings at %j, before and after Knative', (container, expected) => {
    const service = aService({ container });
    expect(judgeBy(probes, service).map((finding) => finding.path)).toEqual(expected);
    const afterKnative = { ...only({ rules: [probes] }), knativeDefaults: catalogue.knativeDefaults };
    expect(verdictOf(afterKnative, service).findings.map((finding) => finding.path)).toEqual(expected);
  });

  it('asks the container that takes traffic, and no sidecar', () => {
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      spec: {
        template: {
          spec: {
            containers: [{ name: 'log' }, { name: 'cart', ports: [{ containerPort: 8080 }] }],
            initContainers: [{ name: 'a' }],
          },
        },
      },
    };
    expect(judgeBy(probes, service)).toMatchObject([
      {
        path: '/spec/template/spec/containers/1',
        message:
          'cart has no readinessProbe and no livenessProbe; add what asks the program, such as httpGet on /health',
      },
    ]);
  });
});
