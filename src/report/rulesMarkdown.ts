/** The rule catalogue as a page: docs/rules.md. */
import { familyOf, type Rule } from '../policy/engine/rule.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  knative: "What Knative's own webhook refuses. These deny in every environment: the sync would fail anyway.",
  autoscaling: 'How far services scale, and how fast.',
  resources: 'What containers may use.',
  images: 'Where images come from, and which secrets pull them.',
  serving: 'Timeouts, probes and traffic of services.',
  network: 'Who reaches a service, and whom it reaches.',
  security: 'What containers may do, and where credentials are kept.',
  rbac: 'Who may do what.',
  eventing: 'How events are delivered.',
  keda: 'ScaledObjects, ScaledJobs and HorizontalPodAutoscalers.',
  namespace: 'Namespaces themselves.',
  schedule: 'ScalingSchedules.',
  rollout: 'TrafficRollouts, and what stands beside them.',
  exceptions: 'PolicyExceptions themselves.',
  defaults: 'What the policy fills in.',
  deletion: 'What a DELETE leaves behind, at the API alone.',
  yaml: 'The manifests as files.',
};

/** The whole page, in the order of the catalogue. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const families = [...new Set(rules.map((rule) => familyOf(rule.id)))];
  return [
    '# Rules',
    '<!-- Written from src/policy/rules by `npm run generate`; change the rule, not this page. -->',
    `Weir judges by ${rules.length} rules. A policy file sets the action of each under \`spec.rules\`: \`deny\`, \`warn\`, \`audit\` or \`off\`; the action named here holds where it does not. \`weir explain RULE\` prints one of them.`,
    ...families.map((family) =>
      familyTable(
        family,
        rules.filter((rule) => familyOf(rule.id) === family),
      ),
    ),
    ...rules.map(ruleSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function familyTable(family: string, rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| [${rule.id}](#${anchor(rule.id)}) | ${rule.title} | ${rule.action} |`);
  return [
    `**${family}**: ${FAMILIES[family] ?? ''}`,
    '',
    '| rule | what holds | action |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** How GitHub names the heading of a rule. */
function anchor(ruleId: string): string {
  return ruleId.replace('/', '');
}

function ruleSection(rule: Rule): string {
  const { bad, good, environment } = rule.examples;
  return [
    `## ${rule.id}`,
    `${sentence(rule.title)} ${rule.why}`,
    `**To fix it:** ${rule.howToFix}`,
    `Judged${WHEN[rule.judgedAt ?? 'always']}: ${rule.kinds.length === 0 ? 'every object' : rule.kinds.map((kind) => `\`${kind.key}\``).join(', ')}.`,
    environment === undefined ? 'Bad:' : `Bad, in ${environment}:`,
    fenced(bad),
    'Good:',
    fenced(good),
  ].join('\n\n');
}

function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}.`;
}

/** The examples of what admission alone judges need a word on which document is which. */
const WHEN: Readonly<Record<'always' | NonNullable<Rule['judgedAt']>, string>> = {
  always: '',
  change: ', by admission alone, when the last of the documents is applied',
  deletion: ', by admission alone, when the first of the documents is deleted',
  audit: ', by an audit of a cluster alone, weir audit or weir controller',
};

function fenced(yaml: string): string {
  return `\`\`\`yaml\n${yaml.trim()}\n\`\`\``;
}
