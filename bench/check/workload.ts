/** The manifests that every program of the benchmark reads: 10,000 Knative Services in 100 files, about 9 MB. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const FILES = 100;
const SERVICES_A_FILE = 100;
export const SERVICES = FILES * SERVICES_A_FILE;

/** Writes the files and says how many bytes they have in all. One Service in ten breaks something. */
export function writeWorkload(folder: string): number {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let file = 0; file < FILES; file++) {
    const documents = Array.from({ length: SERVICES_A_FILE }, (_, index) => service(file * SERVICES_A_FILE + index));
    const text = documents.join('---\n');
    bytes += Buffer.byteLength(text);
    writeFileSync(join(folder, `services-${String(file).padStart(3, '0')}.yaml`), text);
  }
  return bytes;
}

function service(index: number): string {
  const team = `team-${index % 40}`;
  const name = `service-${String(index).padStart(5, '0')}`;
  const image =
    index % 10 === 3
      ? `registry.example.com/${team}/${name}:latest`
      : `registry.example.com/${team}/${name}:1.${index % 30}.0`;
  const maxScale = index % 10 === 7 ? 500 : 5 + (index % 15);
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
  namespace: ${team}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: ${team}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "2"
        autoscaling.knative.dev/max-scale: "${maxScale}"
        autoscaling.knative.dev/target: "80"
    spec:
      containers:
      - image: ${image}
        ports:
        - containerPort: 8080
        env:
        - name: LOG_LEVEL
          value: info
        resources:
          requests:
            cpu: 200m
            memory: 256Mi
          limits:
            cpu: "1"
            memory: 512Mi
        readinessProbe:
          httpGet:
            path: /healthz
            port: 8080
`;
}
