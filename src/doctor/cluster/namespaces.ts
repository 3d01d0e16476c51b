import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../kubernetes/labelSelector.ts';
import { isBeingDeleted, labelsOf, nameOf } from '../../kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import { didYouMean, nearest } from '../../text/nearest.ts';
import { kubectl } from '../command.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, configurationNamed, VALIDATING } from './facts.ts';

const NAMES = 'kubernetes.io/metadata.name';

/** Which namespaces are judged: the label, a policy for it, and an entry of the webhook that selects it. */
export function namespaces(facts: ClusterFacts): Verdict[] {
  const hidden = blind('namespaces/environment', 'the namespaces', facts.namespaces);
  if (hidden !== undefined) return [hidden];
  const all = itemsOf(facts.namespaces).filter((namespace) => !isBeingDeleted(namespace));
  const configuration = configurationNamed(facts.validating, VALIDATING);
  const labelled = all.filter((namespace) => environmentOf(namespace) !== '' && !isLeftOut(namespace, configuration));
  const verdicts = [...withoutPolicy(labelled, facts), ...withoutEntry(labelled, facts), ...withoutLabel(all, facts)];
  if (verdicts.some(({ state }) => state === 'wrong') || labelled.length === 0) return verdicts;
  const names = labelled.map((namespace) => `${nameOf(namespace)} (${environmentOf(namespace)})`).sort();
  return [well('namespaces/environment', `in an environment: ${listed(names)}`), ...verdicts];
}

function environmentOf(namespace: JsonObject): string {
  const label = labelsOf(namespace)[ENVIRONMENT_LABEL];
  return typeof label === 'string' ? label : '';
}

/** Everything in such a namespace is denied. */
function withoutPolicy(labelled: readonly JsonObject[], { policies }: ClusterFacts): Verdict[] {
  if (!policies.areClusters || policies.byName.size === 0) return [];
  const known = [...policies.byName.keys()].sort();
  return labelled
    .filter((namespace) => !policies.byName.has(environmentOf(namespace)))
    .map((namespace) => {
      const name = environmentOf(namespace);
      const near = nearest(name, known);
      const hint = didYouMean(name, known);
      const found = `namespace ${nameOf(namespace)} is in the environment "${name}", which has no policy${hint === '' ? ';' : hint} ${policies.shownAs} has ${known.join(', ')}. What is changed there is denied`;
      const right = `${ENVIRONMENT_LABEL}=${near ?? known.at(-1) ?? 'prod'}`;
      return wrong(
        'namespaces/policy',
        found,
        kubectl('label namespace', undefined, nameOf(namespace), right, '--overwrite'),
      );
    });
}

/** The label is there, and no entry of the configuration means it: nobody judges what is in it. */
function withoutEntry(labelled: readonly JsonObject[], { validating }: ClusterFacts): Verdict[] {
  const configuration = configurationNamed(validating, VALIDATING);
  if (configuration === undefined) return [];
  const unheard = labelled.filter((namespace) => !isSelected(namespace, configuration));
  const names = unheard.map((namespace) => `${nameOf(namespace)} (${environmentOf(namespace)})`).sort();
  if (names.length === 0) return [];
  const environment = environmentOf(unheard[0] ?? {});
  const found = `${names.length === 1 ? 'a namespace is' : 'namespaces are'} in an environment that no entry of ${VALIDATING} selects, so that nobody judges what is in ${names.length === 1 ? 'it' : 'them'}: ${listed(names)}`;
  return [
    wrong('namespaces/entry', found, `npm run --silent environment ${environment} policies > ${environment}.yaml`),
  ];
}

function entriesOf(configuration: JsonObject): JsonObject[] {
  // the entry for the label itself is about Namespaces alone
  return arrayAt(configuration, 'webhooks')
    .filter(isObject)
    .filter((entry) => objectAt(entry, 'namespaceSelector') !== undefined);
}

function isSelected(namespace: JsonObject, configuration: JsonObject): boolean {
  const labels = labelsFrom({ ...labelsOf(namespace), [NAMES]: nameOf(namespace) });
  return entriesOf(configuration).some(
    (entry) => asksByLabel(entry) && selects(entry.namespaceSelector, labels) === 'yes',
  );
}

/** True for a namespace that Weir leaves out by its name, such as its own: its label means something else. */
function isLeftOut(namespace: JsonObject, configuration: JsonObject | undefined): boolean {
  if (configuration === undefined) return false;
  return entriesOf(configuration).some((entry) =>
    arrayAt(entry, 'namespaceSelector', 'matchExpressions').some(
      (expression) =>
        stringAt(expression, 'key') === NAMES &&
        stringAt(expression, 'operator') === 'NotIn' &&
        arrayAt(expression, 'values').includes(nameOf(namespace)),
    ),
  );
}

function asksByLabel(entry: JsonObject): boolean {
  return arrayAt(entry, 'namespaceSelector', 'matchExpressions').some(
    (expression) => stringAt(expression, 'key') === ENVIRONMENT_LABEL && stringAt(expression, 'operator') === 'In',
  );
}

/** Services outside of every environment are judged by nobody, and mostly by oversight. */
function withoutLabel(all: readonly JsonObject[], { services, policies }: ClusterFacts): Verdict[] {
  const counts = seenIn(services);
  const open = all.filter((namespace) => environmentOf(namespace) === '');
  if (counts === undefined) {
    const hidden = blind('namespaces/label', 'which namespaces hold Knative Services', services);
    return hidden === undefined ? [] : [hidden];
  }
  const names = open
    .map(nameOf)
    .filter((name) => (counts.get(name) ?? 0) > 0)
    .sort();
  const [first] = names;
  if (first === undefined) return [];
  const found = `${names.length === 1 ? 'a namespace holds' : `${names.length} namespaces hold`} Knative Services and ${names.length === 1 ? 'is' : 'are'} in no environment, so that nobody judges them: ${listed(names)}`;
  // which one it is only its team knows, but for what its name says
  const environment = [...policies.byName.keys()].find((name) => first.endsWith(`-${name}`)) ?? 'ENVIRONMENT';
  return [
    note(
      'namespaces/label',
      found,
      `${kubectl('label namespace', undefined, first)} ${ENVIRONMENT_LABEL}=${environment}`,
    ),
  ];
}
