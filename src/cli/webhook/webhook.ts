/** `weir webhook`: the one way from src to the admission server, which is loaded when it is to run. */
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { type RawWebhookOptions, readWebhookOptions } from './options.ts';

export async function webhook(raw: RawWebhookOptions, { io }: CommandContext): Promise<number> {
  const options = readWebhookOptions(raw, io.cwd);
  const { runWebhook } = await import('../../../webhooks/main.ts');
  try {
    await runWebhook(options, { now: io.now, environment: io.env });
  } catch (error) {
    // By its name: this file does not import the server's, not even for an instanceof.
    if (error instanceof Error && error.name === 'StartFailure') throw new Failure(error.message);
    throw error;
  }
  return EXIT.clean;
}
