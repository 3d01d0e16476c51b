/** The order of versions: k8s.io/apimachinery pkg/version/helpers.go. */

const VERSION = /^v([0-9]{1,9})(?:(alpha|beta)([0-9]{1,9}))?$/;
const STAGES: readonly (string | undefined)[] = ['alpha', 'beta', undefined];

/** For `sort`: v2 before v1 before v1beta2 before v1alpha1 before what is called otherwise, by name. */
export function byPreference(left: string, right: string): number {
  const a = VERSION.exec(left);
  const b = VERSION.exec(right);
  if (a === null && b === null) return left < right ? -1 : Number(left > right);
  if (a === null || b === null) return a === null ? 1 : -1;

  const [, aMajor, aStage, aMinor] = a;
  const [, bMajor, bStage, bMinor] = b;
  return (
    STAGES.indexOf(bStage) - STAGES.indexOf(aStage) ||
    Number(bMajor) - Number(aMajor) ||
    Number(bMinor ?? 0) - Number(aMinor ?? 0)
  );
}
