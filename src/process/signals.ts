/** How `weir webhook` and `weir controller` are asked to go. */
import type { Log } from '../kubernetes/log.ts';
import { type AskedToGo, askedToGo } from '../signals/askedToGo.ts';

/** As askedToGo has it; what ends the process at once is in its log. */
export function awaitSignal(log: Log): AskedToGo {
  return askedToGo((signal) => log.warn({ signal }, 'gone at a second signal, without waiting for open requests'));
}
