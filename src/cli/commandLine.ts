/** Options of a command line that is printed for people to copy. */

/** The options by which a command judges, as they were given. */
export function sameOptions({
  environment,
  policies,
}: {
  environment?: string | undefined;
  policies?: string | undefined;
}) {
  return [
    ...(environment === undefined ? [] : ['--env', environment]),
    ...(policies === undefined ? [] : ['--policies', policies]),
  ];
}
