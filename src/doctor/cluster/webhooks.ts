import { kubectl } from '../command.ts';
import { blind } from '../look.ts';
import { note, type Verdict, well, wrong } from '../verdict.ts';
import { backends } from './backends.ts';
import { type Answer, type ClusterFacts, configurationNamed, MUTATING, VALIDATING } from './facts.ts';

const KNATIVE = ['webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'];

/** The webhooks are configured, something stands behind them, and they answer. */
export function webhooks(facts: ClusterFacts): Verdict[] {
  const hidden = blind(
    'webhooks/weir',
    'the webhook configurations',
    facts.validating.is === 'unseen' ? facts.validating : facts.mutating,
  );
  return [...(hidden === undefined ? configured(facts) : [hidden]), ...backends(facts), ...answers(facts)];
}

function configured({ mutating, validating }: ClusterFacts): Verdict[] {
  const missing = [
    ...(configurationNamed(mutating, MUTATING) === undefined ? [`MutatingWebhookConfiguration ${MUTATING}`] : []),
    ...(configurationNamed(validating, VALIDATING) === undefined
      ? [`ValidatingWebhookConfiguration ${VALIDATING}`]
      : []),
  ];
  if (missing.length === 0) return [];
  const found = `the cluster has no ${missing.join(' and no ')}: ${missing.length === 2 ? 'Weir judges and fills in nothing' : missing[0]?.startsWith('M') ? 'Weir fills in nothing' : 'Weir judges nothing'}`;
  return [wrong('webhooks/weir', found, 'kubectl apply --server-side -k .')];
}

/** What the dry runs brought. */
function answers(facts: ClusterFacts): Verdict[] {
  if (facts.notAsked !== undefined)
    return [note('webhooks/answers', `whether the webhooks answer was not tried: ${facts.notAsked}`)];
  return facts.answers.map((answer) => (answer.of === 'weir' ? weirs(answer) : knatives(answer)));
}

const LOG = kubectl('logs deployment/weir-webhook --tail=50', 'weir-system');

function weirs({ outcome, words }: Answer): Verdict {
  const check = 'webhooks/answers';
  if (outcome === 'denied') return well(check, "Weir's webhook answers: a dry run that it has to deny was denied");
  if (outcome === 'let-in') {
    return wrong(
      check,
      "Weir's webhook does not judge: a dry run that it has to deny was let in. Its entries are missing, or they let everything in while it does not answer",
      kubectl(`get validatingwebhookconfiguration ${VALIDATING} -o yaml`),
      LOG,
    );
  }
  return wrong(check, `Weir's webhook does not answer: ${words}${hintFor(words)}`, LOG);
}

function knatives({ outcome, words }: Answer): Verdict {
  const check = 'webhooks/knative-answers';
  if (outcome === 'denied')
    return well(check, "Knative's webhook answers: a dry run that it has to refuse was refused");
  const log = kubectl('logs deployment/webhook --tail=50', 'knative-serving');
  if (outcome === 'let-in') {
    return wrong(
      check,
      "Knative's webhook does not judge: a Service without an image was let in by a dry run",
      kubectl(`get validatingwebhookconfiguration ${KNATIVE[1] ?? ''} -o yaml`),
      log,
    );
  }
  return wrong(check, `Knative's webhook does not answer: ${words}${hintFor(words)}`, log);
}

/** What an API server's words about a webhook mean (k8s.io/apiserver pkg/admission/plugin/webhook). */
function hintFor(words: string): string {
  if (/x509|certificate/i.test(words))
    return '. The caBundle of its configuration does not belong to its certificate; see the certificates below';
  if (/deadline exceeded|timeout/i.test(words))
    return '. The API server does not reach its pods: look at NetworkPolicies and at the firewall between control plane and nodes (port 9443)';
  if (/no endpoints available|connection refused/i.test(words)) return '. No pod of it is ready';
  if (/not found/i.test(words)) return '. Its Service is not there';
  return '';
}
