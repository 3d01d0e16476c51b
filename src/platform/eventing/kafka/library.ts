/**
 * The client of Kafka. It takes 60 MB and most of a second, so that it is loaded when the first KafkaSource or KafkaSink
 * asks for it, and by this file alone (docs/adr/0032).
 */
export type KafkaLibrary = typeof import('@platformatic/kafka');

export function loadKafka(): Promise<KafkaLibrary> {
  return import('@platformatic/kafka');
}
