import { kubectl } from '../command.ts';
import { conditionOf, reasonOf } from '../conditions.ts';
import { seenIn } from '../look.ts';
import { listed, unseen, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, DEFINITIONS } from './facts.ts';

const INSTALL = {
  serving: 'kubectl apply -f https://github.com/knative/serving/releases/latest/download/serving-crds.yaml',
  eventing: 'kubectl apply -f https://github.com/knative/eventing/releases/latest/download/eventing-crds.yaml',
  weir: 'kubectl apply --server-side -k .',
} as const;

const TITLES = { serving: 'Knative Serving', eventing: 'Knative Eventing', weir: 'Weir' } as const;

/** The CustomResourceDefinitions are there and served. A cluster may do without Eventing, but not with half of it. */
export function definitions(facts: ClusterFacts): Verdict[] {
  return (['serving', 'eventing', 'weir'] as const).flatMap((of) => verdictOf(of, facts));
}

function verdictOf(of: keyof typeof TITLES, facts: ClusterFacts): Verdict[] {
  const check = `definitions/${of}`;
  const names = DEFINITIONS.filter((each) => each.of === of).map(({ name }) => name);
  const looks = names.map((name) => ({ name, look: facts.definitions.get(name) }));
  const hidden = looks.find(({ look }) => look?.is === 'unseen')?.look;
  if (hidden?.is === 'unseen') return [unseen(check, `the kinds of ${TITLES[of]} cannot be looked at: ${hidden.why}`)];

  const absent = looks.filter(({ look }) => look?.is !== 'seen').map(({ name }) => name);
  if (absent.length === names.length && of === 'eventing') return [];
  if (absent.length > 0) {
    const what = absent.length === names.length ? `${TITLES[of]} is not installed` : `${TITLES[of]} is there in part`;
    return [wrong(check, `${what}: the cluster has no ${listed(absent)}`, INSTALL[of])];
  }
  for (const { name, look } of looks) {
    const established = conditionOf(seenIn(look), 'Established');
    if (established?.status === 'True') continue;
    const why = established === undefined ? 'the API server has not looked at it' : reasonOf(established);
    return [
      wrong(
        check,
        `the definition ${name} is there and not served: ${why}`,
        kubectl(`describe customresourcedefinition ${name}`),
      ),
    ];
  }
  return [
    well(
      check,
      `${TITLES[of]}: ${listed(
        names.map((name) => name.slice(0, name.indexOf('.'))),
        names.length,
      )} are served`,
    ),
  ];
}
