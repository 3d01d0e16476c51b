/**
 * Asks webhooks by a dry run: something that they have to deny is created and never stored. Only where these
 * credentials may create such a thing, which the API server is asked first.
 */
import type { Answer } from '../../doctor/cluster/facts.ts';
import { services } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError } from '../../kubernetes/client/errors.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';
import { namespaces } from '../../kubernetes/client/resources.ts';
import { booleanAt, type JsonObject } from '../../kubernetes/json.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';

/** No environment is called so: a namespace that goes there is denied by every policy. */
const NOWHERE = 'weir-doctor-asks';

const reviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
  isNamespaced: false,
};

export interface Asked {
  readonly answers: readonly Answer[];
  readonly notAsked: string | undefined;
}

/** @param of whose webhooks the cluster has */
export async function askWebhooks(client: Client, of: readonly Answer['of'][]): Promise<Asked> {
  const answers: Answer[] = [];
  const refused: string[] = [];
  for (const each of of) {
    const { resource, namespace, object, isAnswer } = QUESTIONS[each];
    if (!(await mayCreate(client, resource, namespace))) {
      refused.push(`${resource.plural}${namespace === undefined ? '' : ` in ${namespace}`}`);
      continue;
    }
    answers.push(await ask(client, each, resource, object, isAnswer));
  }
  const notAsked =
    answers.length === 0 && refused.length > 0
      ? `these credentials may not create ${refused.join(' or ')}, not even in a dry run`
      : undefined;
  return { answers, notAsked };
}

interface Question {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly object: JsonObject;
  readonly isAnswer: (words: string) => boolean;
}

const QUESTIONS: Readonly<Record<Answer['of'], Question>> = {
  weir: {
    resource: namespaces,
    namespace: undefined,
    object: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NOWHERE, labels: { [ENVIRONMENT_LABEL]: NOWHERE } },
    },
    isAnswer: (words) => words.includes(`there is no policy ${NOWHERE}`),
  },
  knative: {
    resource: services,
    // in no environment, as a rule: Weir has no say in it
    namespace: 'default',
    object: {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: NOWHERE, namespace: 'default' },
      spec: { template: { spec: { containers: [{ name: NOWHERE }] } } },
    },
    isAnswer: (words) => /webhook\.serving\.knative\.dev" denied the request/.test(words),
  },
};

async function ask(
  client: Client,
  of: Answer['of'],
  resource: Resource,
  object: JsonObject,
  isAnswer: Question['isAnswer'],
): Promise<Answer> {
  try {
    await client.create(resource, object, { isDryRun: true, fieldManager: 'weir-doctor' });
    return { of, outcome: 'let-in', words: '' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { of, outcome: isAnswer(error.message) ? 'denied' : 'failed', words: error.message };
  }
}

/** Who may create something may do so in a dry run. */
async function mayCreate(client: Client, { group, plural }: Resource, namespace: string | undefined): Promise<boolean> {
  const resourceAttributes = {
    group,
    resource: plural,
    verb: 'create',
    ...(namespace === undefined ? {} : { namespace }),
  };
  try {
    const answer = await client.create(reviews, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    });
    return booleanAt(answer, 'status', 'allowed') === true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
