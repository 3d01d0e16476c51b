import { stopRunning } from './shared.ts';

async function globalTeardown(): Promise<void> {
  await stopRunning();
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalTeardown;
