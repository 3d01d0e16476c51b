/** Policies, input and environments: what check, render and explain begin with. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { describePlace, type ReportedError } from '../../report/result.ts';
import { type Configuration, environmentOfPath, isExcludedPath } from '../config/configuration.ts';
import { Configurations } from '../config/find.ts';
import { unmatchedPaths } from '../config/unmatched.ts';
import { Failure } from '../failure.ts';
import { loadInput, STDIN } from '../input/load.ts';
import type { Resource } from '../input/resource.ts';
import type { Io } from '../io.ts';
import type { Progress } from '../progress.ts';
import { environmentsOf } from './environments.ts';
import type { Assigned } from './judgeInput.ts';
import {
  exceptionsBeside,
  isBesidePolicies,
  type Policies,
  policiesFolder,
  readPolicies,
  tellShippedPolicies,
  unknownEnvironment,
} from './policies.ts';
import { isKnativeSettings } from './unassigned.ts';

export interface SessionOptions {
  /** As on the command line; `-` is standard input. None where nothing is to be judged. */
  readonly paths: readonly string[];
  readonly environment: string | undefined;
  /** The policies' folder, where one is named. */
  readonly policies: string | undefined;
  /** True where it is not known yet whether anything is judged: then the caller tells by whose policies. */
  readonly isQuiet?: boolean;
}

/** Where files of another time belong in the working tree, for weir.yaml speaks of these places. */
export interface PastPlaces {
  /** Where a file of then would stand today, had nobody moved it. */
  toPresent(file: string): string;
  /** Where it stands today, under the name that it has got since. */
  movedTo(file: string): string;
}

/** How files of another time are looked at. */
export interface Past extends PastPlaces {
  /** The environment that the object goes to today; asked where nothing of then tells one. */
  environmentToday(resource: Resource): string | undefined;
}

/** What was read, and what goes where. */
export interface SessionInput {
  readonly resources: readonly Resource[];
  /** The resources whose environment is known, with the exceptions that lie beside the policies. */
  readonly assigned: readonly Assigned[];
  /** The resources whose environment is not known. */
  readonly unassigned: readonly Resource[];
  readonly problems: readonly ReportedError[];
}

export class Session {
  readonly policies: Policies;
  readonly #configurations: Configurations;
  readonly #exceptions: readonly Resource[];
  readonly #environment: string | undefined;
  readonly #io: Io;
  readonly #progress: Progress;

  /** Finds weir.yaml and the policies. A Failure says which environment is not there. */
  static async open(options: SessionOptions, io: Io, progress: Progress): Promise<Session> {
    const { cwd } = io;
    const configurations = new Configurations(cwd);
    const starts = (options.paths.length === 0 ? [STDIN] : options.paths).map((given) =>
      folderOf(given === STDIN ? cwd : path.resolve(cwd, given)),
    );
    const used = starts.map((folder) => configurations.forFolder(folder)).filter((found) => found !== undefined);

    for (const warning of [...new Set(used)].flatMap(unmatchedPaths)) {
      io.stderr.write(`weir: warning: ${describePlace(warning)}: ${warning.message}\n`);
    }
    const folder = policiesFolder(options.policies, used, cwd);
    if (options.paths.length > 0 && options.isQuiet !== true) tellShippedPolicies(folder, options.policies, io);
    const policies = await readPolicies(folder, cwd);
    const { environment } = options;
    if (environment !== undefined && !policies.byName.has(environment) && !policies.broken.has(environment)) {
      throw new Failure(unknownEnvironment(environment, policies));
    }
    return new Session(policies, configurations, exceptionsBeside(folder, cwd), environment, io, progress);
  }

  private constructor(
    policies: Policies,
    configurations: Configurations,
    exceptions: readonly Resource[],
    environment: string | undefined,
    io: Io,
    progress: Progress,
  ) {
    this.policies = policies;
    this.#configurations = configurations;
    this.#exceptions = exceptions;
    this.#environment = environment;
    this.#io = io;
    this.#progress = progress;
  }

  /** What is wrong with weir.yaml and the policies themselves. */
  get problems(): readonly ReportedError[] {
    const withoutPolicy = this.#withoutPolicy().map(({ file, line, column, name }) => ({
      file,
      line,
      column,
      message: unknownEnvironment(name, this.policies),
    }));
    return [...this.#configurations.problems, ...withoutPolicy, ...this.policies.problems];
  }

  /** Environments of weir.yaml that no policy is there for; with --env, weir.yaml decides nothing. */
  #withoutPolicy() {
    if (this.#environment !== undefined) return [];
    const { byName, broken } = this.policies;
    return this.#configurations.found.flatMap(({ file, environments }) =>
      environments
        .filter(({ name }) => !byName.has(name) && !broken.has(name))
        .map(({ name, line, column }) => ({ file, line, column, name })),
    );
  }

  /** Reads the paths; those of another time as `past` says. */
  async read(paths: readonly string[], past: Past = TODAY): Promise<SessionInput> {
    const { toPresent, movedTo, environmentToday } = past;
    const isExcluded = (file: string): boolean => {
      const present = movedTo(file);
      const configuration = this.#configurationOf(present);
      return configuration !== undefined && isExcludedPath(configuration, present);
    };
    const ofPresent = (file: string): string | undefined => {
      const configuration = this.#configurationOf(file);
      return configuration === undefined ? undefined : environmentOfPath(configuration, file);
    };
    // The place of then first: who moves a file to another environment brings something new there.
    const ofPath = (origin: string) => ofPresent(toPresent(origin)) ?? ofPresent(movedTo(origin));
    const input = await loadInput(paths, { io: this.#io, cwd: this.#io.cwd, progress: this.#progress, isExcluded });
    const resources = input.resources.filter((resource) => !isBesidePolicies(resource, this.policies.folder));
    const known = environmentsOf(resources, ofPath);
    const { assigned, unassigned, problems } = this.#assign(
      resources,
      (resource) => known(resource) ?? environmentToday(resource),
    );
    return {
      resources,
      assigned: [...assigned, ...this.#beside(assigned, unassigned)],
      unassigned,
      problems: [...input.problems, ...problems],
    };
  }

  #configurationOf(file: string): Configuration | undefined {
    return this.#configurations.forFolder(path.dirname(file));
  }

  #assign(resources: readonly Resource[], told: (resource: Resource) => string | undefined): Assignment {
    const environment = this.#environment;
    const environmentOf = environment === undefined ? told : () => environment;
    const assigned: Assigned[] = [];
    const problems: ReportedError[] = [];
    const reported = new Set(this.#withoutPolicy().map(({ name: told }) => told));
    const unassigned: Resource[] = [];

    for (const resource of resources) {
      const name = environmentOf(resource);
      if (name === undefined) {
        unassigned.push(resource);
        continue;
      }
      const policy = this.policies.byName.get(name);
      if (policy !== undefined) {
        assigned.push({ resource, policy });
        continue;
      }
      if (reported.has(name)) continue;
      reported.add(name);
      const place = environment === undefined ? { file: resource.file } : {};
      problems.push({ ...place, message: unknownEnvironment(name, this.policies) });
    }
    return { assigned, unassigned, problems };
  }

  /** The exceptions beside the policies, and Knative's settings of no environment, count in each that is judged. */
  #beside(assigned: readonly Assigned[], unassigned: readonly Resource[]): Assigned[] {
    const policies = new Set(assigned.map(({ policy }) => policy));
    const beside = [...this.#exceptions, ...unassigned.filter(isKnativeSettings)];
    return [...policies].flatMap((policy) => beside.map((resource) => ({ resource, policy, isBeside: true })));
  }
}

const TODAY: Past = { toPresent: (file) => file, movedTo: (file) => file, environmentToday: () => undefined };

interface Assignment {
  readonly assigned: readonly Assigned[];
  readonly unassigned: readonly Resource[];
  readonly problems: readonly ReportedError[];
}

function folderOf(file: string): string {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true ? file : path.dirname(file);
}
