import { commandLine } from '../../text/commandLine.ts';
import { type Right, rightText } from '../look.ts';
import { unseen, type Verdict, well } from '../verdict.ts';

/** Which rights are missing, and the role that has them: what hangs on them was not looked at. */
export function rights(missing: readonly Right[], user: string | undefined): Verdict[] {
  const check = 'rights/read';
  if (missing.length === 0) return [well(check, 'these credentials may read all that was looked at')];
  const texts = [...new Set(missing.map(rightText))].sort();
  const resources = [...new Set(missing.map(({ resource }) => resource))].sort();
  const verbs = [...new Set(missing.map(({ verb }) => verb))].sort();
  return [
    unseen(
      check,
      `these credentials lack rights, so that not everything was looked at: ${texts.join(', ')}; whoever runs the cluster can give them`,
      commandLine(
        'kubectl',
        'create',
        'clusterrole',
        'weir-doctor',
        `--verb=${verbs.join(',')}`,
        `--resource=${resources.join(',')}`,
      ),
      commandLine(
        'kubectl',
        'create',
        'clusterrolebinding',
        'weir-doctor',
        '--clusterrole=weir-doctor',
        `--user=${user ?? 'NAME'}`,
      ),
    ),
  ];
}
