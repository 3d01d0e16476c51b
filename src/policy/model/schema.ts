/**
 * The JSON Schema of an EnvironmentPolicy, put together from its sections. The loader checks files against it as it is;
 * tools/generate/policySchema.ts turns it into the one that editors use.
 */
import { admissionSchema } from './admission.ts';
import { autoscalingSchema } from './autoscaling.ts';
import { type JsonSchema, section, textList } from './bounds.ts';
import { eventingSchema } from './eventing.ts';
import { exceptionsSchema } from './exceptions.ts';
import { imagesSchema } from './images.ts';
import { kedaSchema } from './keda.ts';
import { namespaceSchema } from './namespace.ts';
import { networkSchema } from './network.ts';
import { rbacSchema } from './rbac.ts';
import { resourcesSchema } from './resources.ts';
import { securitySchema } from './security.ts';
import { servingSchema } from './serving.ts';

export const API_VERSION = 'weir.dev/v1alpha1';

export const ACTIONS = ['deny', 'warn', 'audit', 'off'] as const;

/** A DNS label, as Kubernetes' names are (k8s.io/apimachinery pkg/util/validation IsDNS1123Label). */
const NAME: JsonSchema = { type: 'string', format: 'name' };

const action: JsonSchema = { enum: ACTIONS };

/** How many rules one file may bring along, so that a policy stays something that people read. */
export const MAX_CUSTOM_RULES = 100;

/** For an anyOf: the field is there. ajv's strict mode wants to see it among the properties too. */
function oneField(name: string): JsonSchema {
  return { properties: { [name]: true }, required: [name] };
}

function textMap(description: string): JsonSchema {
  return { type: 'object', description, additionalProperties: { type: 'string' } };
}

const knativeSchema = section('The cluster behind the environment, as its ConfigMaps say it; it sets nothing there', {
  version: {
    type: 'string',
    format: 'knative-version',
    description:
      'Knative Serving\'s minor version, in quotes: "1.23". What Knative itself refuses is judged as 1.23 does it; for an older version, fields and features that came later are refused (host namespaces in 1.16, hostPath volumes in 1.17, CSI volumes and mountPropagation in 1.18, image volumes in 1.19, AllowRootBounded in 1.20, ephemeral volumes in 1.23), and networking annotations of templates are looked at from 1.21 on',
  },
  features: textMap('config-features'),
  autoscaler: textMap('config-autoscaler'),
  defaults: textMap('config-defaults'),
  gateways: textList('namespaces of the ingress gateways, such as kourier-system; those of Kourier unless said'),
  systemNamespace: { type: 'string', minLength: 1, description: "where Knative Serving's own pods run" },
});

const customRuleSchema: JsonSchema = {
  ...section('A rule in CEL', {
    name: { ...NAME, description: 'the rule is called custom/<name>' },
    match: {
      ...section('Which objects the rule judges', {
        kinds: {
          ...textList('kinds as group/Kind, a core kind alone: serving.knative.dev/Service, Secret'),
          minItems: 1,
        },
        names: textList('names of objects, with * for any text'),
        namespaces: textList('namespaces, with * for any text; an object that names none may stand in any'),
        labels: textMap('labels that the object has'),
      }),
      required: ['kinds'],
    },
    expression: { type: 'string', minLength: 1, description: 'CEL that is true for what is right' },
    message: { type: 'string', minLength: 1, description: 'what is wrong where the expression is false' },
    messageExpression: { type: 'string', minLength: 1, description: 'CEL that makes the message' },
    path: { type: 'string', format: 'json-pointer-or-empty', description: 'JSON pointer of what the finding is about' },
    action: { ...action, description: 'what becomes of an object that breaks the rule; deny where it is left out' },
  }),
  required: ['name', 'match', 'expression'],
  anyOf: [oneField('message'), oneField('messageExpression')],
};

const specFields: Readonly<Record<string, JsonSchema>> = {
  extends: { ...NAME, description: 'the policy whose values hold where this one has none' },
  abstract: { type: 'boolean', description: 'true for a policy that only others extend' },
  description: { type: 'string', description: 'what the environment is for' },
  enforcement: {
    enum: ['deny', 'warn'],
    description: "warn turns every denial but Knative's own into a warning, for a first rollout",
  },
  knative: knativeSchema,
  autoscaling: autoscalingSchema,
  resources: resourcesSchema,
  images: imagesSchema,
  network: networkSchema,
  rbac: rbacSchema,
  security: securitySchema,
  serving: servingSchema,
  eventing: eventingSchema,
  keda: kedaSchema,
  exceptions: exceptionsSchema,
  admission: admissionSchema,
  namespace: namespaceSchema,
  rules: {
    type: 'object',
    description: 'Actions by rule (images/digest), by family (images/*) or by custom rule (custom/team-label)',
    additionalProperties: action,
  },
  custom: { type: 'array', description: 'Rules in CEL', maxItems: MAX_CUSTOM_RULES, items: customRuleSchema },
};

/** The fields of a spec in the order in which people read them. */
export const SPEC_FIELDS: readonly string[] = Object.keys(specFields);

export const environmentPolicySchema: JsonSchema = {
  ...section('What an environment allows, demands and fills in', {
    apiVersion: { const: API_VERSION },
    kind: { const: 'EnvironmentPolicy' },
    metadata: {
      ...section('Who it is', {
        name: { ...NAME, description: "the environment's name" },
        labels: textMap('labels'),
        annotations: textMap('annotations'),
      }),
      required: ['name'],
    },
    spec: section('What an environment allows, demands and fills in', specFields),
  }),
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
};
