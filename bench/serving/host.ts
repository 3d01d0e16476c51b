/** Under which all contenders are asked. */
export const HOST = 'hello.bench.localhost';
