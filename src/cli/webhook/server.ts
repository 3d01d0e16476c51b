/** The one way from src to the admission server, which is loaded when it is to run. */
export type Server = typeof import('../../../webhooks/main.ts');

export function loadServer(): Promise<Server> {
  return import('../../../webhooks/main.ts');
}
