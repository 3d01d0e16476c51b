/** The one way from src to the admission server, which is loaded when it is to run: it takes a third of a second. */
export function loadServer() {
  return import('../../../webhooks/main.ts');
}
