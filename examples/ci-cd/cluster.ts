/** Knative Services of one namespace, asked for at the Kubernetes API as any client does: whatever admission says holds. */
export interface Service {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly generation?: number;
  };
  readonly spec: { readonly template: { readonly spec: { readonly containers: { image: string }[] } } };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** The cluster has understood, and says no: another attempt is told the same. */
export class NotAccepted extends Error {}

/** Policy (403), what the kind does not allow (422), and what is no request at all (400). */
const FINAL = [400, 403, 422];
const READY_MS = 120_000;

export interface Api {
  get(name: string): Promise<Service | undefined>;
  /** Server-side apply. @throws NotAccepted */
  apply(service: Service): Promise<void>;
  /** Resolves when it serves as it was applied. @throws NotAccepted where it does not come up */
  isReady(name: string): Promise<void>;
}

/** @param token asked for each time: tokens are changed now and then */
export function apiOf(server: string, namespace: string, token: () => Promise<string>): Api {
  const all = `${server}/apis/serving.knative.dev/v1/namespaces/${namespace}/services`;

  async function ask(url: string, options: RequestInit = {}): Promise<Response> {
    const headers = { ...options.headers, authorization: `Bearer ${(await token()).trim()}` };
    const answer = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(30_000) });
    if (answer.ok || answer.status === 404) return answer;
    const { message } = JSON.parse(await answer.text());
    if (FINAL.includes(answer.status)) throw new NotAccepted(message);
    throw new Error(`the API server answers ${answer.status}: ${message}`);
  }

  async function get(name: string): Promise<Service | undefined> {
    const answer = await ask(`${all}/${encodeURIComponent(name)}`);
    return answer.status === 404 ? undefined : JSON.parse(await answer.text());
  }

  return {
    get,

    async apply(service) {
      const body = JSON.stringify({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', ...service });
      const headers = { 'content-type': 'application/apply-patch+yaml' };
      const url = `${all}/${encodeURIComponent(service.metadata.name)}?fieldManager=ci&force=true`;
      const answer = await ask(url, { method: 'PATCH', headers, body });
      if (answer.status === 404) throw new NotAccepted(`nobody serves ${url}`);
    },

    async isReady(name) {
      const end = Date.now() + READY_MS;
      for (;;) {
        const service = await get(name);
        const ready = service?.status?.conditions?.find(({ type }) => type === 'Ready');
        const isOfNow = service?.status?.observedGeneration === service?.metadata.generation;
        if (isOfNow && ready?.status === 'True') return;
        if (isOfNow && ready?.status === 'False') throw new NotAccepted(ready.message ?? `${name} is not ready`);
        if (Date.now() > end) throw new Error(`${name} is not ready after ${READY_MS / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
  };
}
