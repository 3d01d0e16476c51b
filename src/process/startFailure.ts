/** The server cannot start; the message is the whole of what whoever started it reads. */
export class StartFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartFailure';
  }
}
