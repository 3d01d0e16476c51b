/** What the webhook's certificates say of whose they are. */
import type { AuthorityName } from '../../src/tls/x509.ts';

/** Every CA of ours says so, which is how one is known in a caBundle. */
export const AUTHORITY: AuthorityName = { organization: 'weir.dev', commonName: 'weir webhook CA' };

/** The serving certificate's subject, where the Service's names are too long to be one. */
export const SERVING_TITLE = 'weir webhook';
