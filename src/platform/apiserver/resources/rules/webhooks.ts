/** Strategies of webhook configurations: k8s.io/kubernetes pkg/registry/admissionregistration. */
import { checkWebhooks } from '../checks/webhooks.ts';
import { defaultWebhooks } from '../defaults/cluster.ts';
import type { Rules } from '../strategy.ts';

export const mutatingWebhookRules: Rules = {
  defaults: (draft) => defaultWebhooks(draft, true),
  check: (object, problems) => checkWebhooks(object, problems, true),
  hasGeneration: true,
};

export const validatingWebhookRules: Rules = {
  defaults: (draft) => defaultWebhooks(draft, false),
  check: (object, problems) => checkWebhooks(object, problems, false),
  hasGeneration: true,
};
