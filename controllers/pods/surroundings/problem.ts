/** What keeps a container from its start for as long as the Pod or what it names stays as it is: CreateContainerConfigError. */
export class ConfigProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigProblem';
  }
}
