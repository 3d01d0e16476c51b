import { VERSION_DEFINITION, VERSION_LABEL } from '../../knative/serving/scalingHome.ts';
import { KNOWN_VERSIONS, NEWEST_MINOR, OLDEST_MINOR } from '../../knative/serving/versions.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { kubectl } from '../command.ts';
import { blind, seenIn } from '../look.ts';
import { note, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, isEmbedded } from './facts.ts';

/** The webhook configurations have matchConditions, which are stable since then. */
const OLDEST_KUBERNETES = 30;
const GET_DEFINITIONS = kubectl('get customresourcedefinitions -L app.kubernetes.io/version');

/** Kubernetes by what it says of itself, Knative by the label of its definitions. */
export function versions(facts: ClusterFacts): Verdict[] {
  return [kubernetes(facts), ...serving(facts), ...eventing(facts)];
}

function kubernetes(facts: ClusterFacts): Verdict {
  const check = 'versions/kubernetes';
  const { gitVersion } = facts;
  if (isEmbedded(facts)) return well(check, `Kubernetes is Weir's embedded API server (${gitVersion})`);
  const minor = /^v1\.(\d{1,4})/.exec(gitVersion)?.[1];
  if (minor === undefined) return note(check, `the API server calls its version "${gitVersion}", which says nothing`);
  if (Number(minor) >= OLDEST_KUBERNETES) return well(check, `Kubernetes is ${gitVersion}`);
  return wrong(
    check,
    `Kubernetes is ${gitVersion}, and Weir needs 1.${OLDEST_KUBERNETES} or newer: older ones have no matchConditions`,
    kubectl('version'),
  );
}

function serving({ definitions, policies }: ClusterFacts): Verdict[] {
  const check = 'versions/knative-serving';
  const look = definitions.get(VERSION_DEFINITION);
  if (look === undefined || look.is === 'absent') return [];
  const definition = seenIn(look);
  if (definition === undefined) return blindly(blind(check, "Knative Serving's version", look));

  const version = versionOf(definition);
  const minor = minorIn(version);
  if (minor === undefined) {
    const found = `Knative Serving's definitions name no release (${version === '' ? 'no label' : version}): what differs between its versions is taken from spec.knative.version of the policies`;
    return [note(check, found, GET_DEFINITIONS)];
  }
  const known = `1.${minor}`;
  if (minor < OLDEST_MINOR)
    return [
      wrong(
        check,
        `Knative Serving is ${version}, and Weir knows 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}`,
        GET_DEFINITIONS,
      ),
    ];
  const verdicts = KNOWN_VERSIONS.includes(known)
    ? [well(check, `Knative Serving is ${version}`)]
    : [
        note(
          check,
          `Knative Serving is ${version}, newer than what Weir knows (1.${NEWEST_MINOR}): fields that it brings are judged by nobody`,
        ),
      ];

  const others = [...policies.byName.values()].filter(({ knative }) => knative.version !== known);
  const [other] = others;
  if (other === undefined || !KNOWN_VERSIONS.includes(known)) return verdicts;
  const found = `the policy ${others.map(({ name }) => name).join(', ')} says spec.knative.version ${other.knative.version}, and the cluster has ${known}: it is judged by what another Knative takes; set it to "${known}"`;
  return [...verdicts, wrong('versions/policy', found, `weir policy show ${other.name}`)];
}

function eventing({ definitions }: ClusterFacts): Verdict[] {
  const check = 'versions/knative-eventing';
  const look = definitions.get('brokers.eventing.knative.dev');
  if (look === undefined) return [];
  if (look.is === 'absent') return [note(check, 'Knative Eventing is not installed: nothing here delivers events')];
  const definition = seenIn(look);
  if (definition === undefined) return blindly(blind(check, "Knative Eventing's version", look));
  const version = versionOf(definition);
  return [
    well(
      check,
      version === ''
        ? 'Knative Eventing is there, of no release that its definitions name'
        : `Knative Eventing is ${version}`,
    ),
  ];
}

function versionOf(definition: JsonObject): string {
  return stringAt(definition, 'metadata', 'labels', VERSION_LABEL) ?? '';
}

function minorIn(version: string): number | undefined {
  const minor = /^v?1\.(\d{1,4})(?:\.|-|\+|$)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function blindly(verdict: Verdict | undefined): Verdict[] {
  return verdict === undefined ? [] : [verdict];
}
