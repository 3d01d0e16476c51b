/** Where the serving container of a Pod listens, on the loopback interface. */
export const PORT_ANNOTATION = 'platform.weir.dev/port';
