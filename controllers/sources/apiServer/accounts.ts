/** The API server as a ServiceAccount sees it: with a token of its own, asked for anew before it ends. */
import type { Access } from '../../../src/kubernetes/client/access.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { connectTo } from '../../../src/kubernetes/client/connection.ts';
import type { Credentials } from '../../../src/kubernetes/client/credentials.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

export interface AccountClient {
  readonly client: Client;
  close(): void;
}

/** Gives a client that may do what the account may, and no more. */
export type ClientFor = (account: Account) => AccountClient;

/** Gives a token of the account that lasts for so long, as a kubelet gives one to a Pod. */
export type TokenFor = (account: Account, seconds: number) => Promise<string>;

const TOKEN_SECONDS = 3600;
/** Of its life. */
const RENEWED_AFTER = 0.8;

/** @param access to the API server: where it is, and who signed its certificate */
export function clientsFor(tokenFor: TokenFor, access: Access, clock: Clock): ClientFor {
  return (account) => {
    const { cert: _, key: __, ...rest } = access;
    const connection = connectTo({ ...rest, credentials: tokensOf(account, tokenFor, clock) }, clock);
    return { client: clientOver(connection), close: () => connection.close() };
  };
}

function tokensOf(account: Account, tokenFor: TokenFor, clock: Clock): Credentials {
  let known: { readonly token: Promise<string>; readonly until: number } | undefined;
  return {
    async current() {
      const now = clock.now().getTime();
      if (known === undefined || known.until <= now) {
        const token = tokenFor(account, TOKEN_SECONDS);
        known = { token, until: now + TOKEN_SECONDS * RENEWED_AFTER * 1000 };
        // one that did not come is asked for again
        token.catch(() => (known = undefined));
      }
      return { headers: { authorization: `Bearer ${await known.token}` } };
    },
    renew() {
      known = undefined;
      return true;
    },
  };
}
