/** The programs of GitOps, and the Go module under modules/ that each is built from. */
export type ProgramName = 'argocd' | 'redis' | 'kustomize';

export type ModuleName = 'argocd' | 'kustomize';

export interface Program {
  readonly name: ProgramName;
  readonly module: ModuleName;
  /** The `main` package. */
  readonly package: string;
}

export const PROGRAMS: readonly Program[] = [
  { name: 'kustomize', module: 'kustomize', package: 'sigs.k8s.io/kustomize/kustomize/v5' },
  { name: 'redis', module: 'argocd', package: './redis' },
  { name: 'argocd', module: 'argocd', package: 'github.com/argoproj/argo-cd/v3/cmd' },
];

/** Whose version is the program's own, of all that a go.mod requires. */
export const REQUIRED: Readonly<Record<ModuleName, string>> = {
  argocd: 'github.com/argoproj/argo-cd/v3',
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5',
};
