/** The one way from src to the controllers, which are loaded when they are to run. */
export function loadControllers() {
  return import('../../../controllers/main.ts');
}
