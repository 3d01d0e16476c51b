/**
 * The floor: the least that an admission webhook in Node does. It reads the body, parses it for the uid that the answer
 * must name, and allows everything. Arguments: port, certificate, key.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [port, certificate = '', key = ''] = process.argv.slice(2);

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { uid } = JSON.parse(Buffer.concat(chunks).toString('utf8')).request;
    const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } };
    const body = JSON.stringify(answer);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
}).listen(Number(port), '127.0.0.1');
