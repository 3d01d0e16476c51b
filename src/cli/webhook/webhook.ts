/** `weir webhook` */
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { type RawWebhookOptions, readWebhookOptions } from './options.ts';
import { loadServer } from './server.ts';

export async function webhook(raw: RawWebhookOptions, { io }: CommandContext): Promise<number> {
  const options = readWebhookOptions(raw, io.cwd);
  const { runWebhook } = await loadServer();
  try {
    await runWebhook(options, { now: io.now, environment: io.env });
  } catch (error) {
    // By its name: this file does not import the server's, not even for an instanceof.
    if (error instanceof Error && error.name === 'StartFailure') throw new Failure(error.message);
    throw error;
  }
  return EXIT.clean;
}
