/** `weir webhook` */
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { asFailure } from '../serve/asFailure.ts';
import { type RawWebhookOptions, readWebhookOptions } from './options.ts';
import { loadServer } from './server.ts';

export async function webhook(raw: RawWebhookOptions, { io }: CommandContext): Promise<number> {
  const options = readWebhookOptions(raw, io.cwd, io.env);
  const { runWebhook } = await loadServer();
  await runWebhook(options, { now: io.now, environment: io.env }).catch(asFailure);
  return EXIT.clean;
}
