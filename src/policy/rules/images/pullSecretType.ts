import { DOCKER_CONFIG_JSON, dockerConfigKey, loginFor, readDockerConfig } from '../../../kubernetes/dockerConfig.ts';
import { hostAndPath } from '../../../kubernetes/image.ts';
import { asString, valueAt } from '../../../kubernetes/json.ts';
import { secret } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { PullSecret } from '../../model/images.ts';

/** A pull secret has the type, the form and the registry that it is for. What it contains is never told. */
export const imagePullSecretType = defineRule({
  id: 'images/pull-secret-type',
  title: 'pull secrets hold a login for their registry',
  why: 'A pull secret of the wrong type, or for another registry, is passed over without a word, and the pull fails.',
  howToFix: 'Make it with `kubectl create secret docker-registry regcred --docker-server=registry.example.com …`.',
  kinds: [secret],
  action: 'deny',
  isConfidential: true,
  examples: {
    bad: `
apiVersion: v1
kind: Secret
metadata: {name: regcred}
type: Opaque
stringData: {.dockerconfigjson: '{"auths": {"registry.example.com": {"auth": "eDp5"}}}'}
`,
    good: `
apiVersion: v1
kind: Secret
metadata: {name: regcred}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{"auths": {"registry.example.com": {"auth": "eDp5"}}}'}
`,
  },

  judge(subject, { policy }) {
    const { object } = subject;
    if (valueAt(object, 'sops') !== undefined) return []; // encrypted in Git: nothing to read
    const pulls = (policy.images?.pullSecrets ?? []).filter((pull) => pull.secret === subject.name);
    const type = asString(object.type) ?? 'Opaque';
    if (pulls.length === 0 && dockerConfigKey(type) === undefined) return [];

    const config = readDockerConfig(object);
    switch (config.state) {
      case 'other type':
        return [wrongType(subject, type)];
      case 'no data':
        return [
          { path: '/data', message: `${titleOf(subject.reference)} has no key ${config.key}, which its type demands` },
        ];
      case 'unreadable':
        return [
          {
            path: config.path,
            message: `${titleOf(subject.reference)} does not decode to a Docker configuration; it is JSON with an object auths, in base64 under data`,
          },
        ];
      case 'read':
        return pulls.flatMap((pull) => missingLogin(pull, config));
    }
  },
});

function wrongType(subject: Subject, type: string): Violation {
  const hasConfig = ['data', 'stringData'].some(
    (field) => valueAt(subject.object, field, '.dockerconfigjson') !== undefined,
  );
  return {
    path: '/type',
    message: `${titleOf(subject.reference)} pulls images and is of type ${type}; its type is to be ${DOCKER_CONFIG_JSON}`,
    ...(hasConfig ? { fix: [{ set: '/type', value: DOCKER_CONFIG_JSON }] } : {}),
  };
}

function missingLogin(
  pull: PullSecret,
  config: Extract<ReturnType<typeof readDockerConfig>, { state: 'read' }>,
): Violation[] {
  const { host } = hostAndPath(`${pull.registry}/x`);
  if (host.includes('*')) return [];
  const login = loginFor(host, config.logins);
  if (login === undefined) {
    return [{ path: config.path, message: `Secret ${pull.secret} has no login for ${host}; add ${host} to its auths` }];
  }
  if (login.isComplete) return [];
  return [
    { path: config.path, message: `Secret ${pull.secret} has neither auth nor username and password for ${host}` },
  ];
}
