/** What becomes of policies that change while the platform runs, for whoever sits before it. */

/** The listener of the webhook's policy folder. */
export interface PolicyNews {
  /** @param gone environments that have no policy any more */
  accepted(hash: string, gone: readonly string[]): void;
  /** @param errors what is wrong, each with its place */
  refused(errors: readonly string[]): void;
}

const MOST_SHOWN = 10;

/**
 * @param folder as the user names it
 * @param tell takes sentences
 */
export function policyNews(folder: string, tell: (sentence: string) => void): PolicyNews {
  let isBroken = false;
  return {
    accepted(_hash, gone) {
      tell(`${folder}: ${isBroken ? 'the policies can be used again, and judge' : 'the changed policies judge'}`);
      isBroken = false;
      for (const environment of gone) {
        tell(`  ${environment} has no policy any more: everything in its namespaces is denied`);
      }
    },
    refused(errors) {
      isBroken = true;
      const shown = errors.slice(0, MOST_SHOWN).map((error) => `\n  ${error}`);
      const more = errors.length > MOST_SHOWN ? `\n  and ${errors.length - MOST_SHOWN} more` : '';
      tell(`${folder}: the change cannot be used, and the last good policies judge on${shown.join('')}${more}`);
    },
  };
}
