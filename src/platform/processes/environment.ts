/** What of the platform's own environment a program is given: no token or key of whoever started the platform. */

const INHERITED: readonly string[] = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'];
/** By which what was started is known again, also where it left its process group. */
export const MARK = 'WEIR_PLATFORM';

/**
 * @param own of the program: counts more than what is inherited
 * @param mark of this start of the platform
 */
export function environmentFor(
  own: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string | undefined>>,
  mark: string,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name): [string, string][] => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries([...inherited, ...Object.entries(own), [MARK, mark]]);
}
