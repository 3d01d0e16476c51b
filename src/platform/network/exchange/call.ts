/** A request to an instance, whatever it speaks. */
import type { Fields } from '../http1/fields.ts';
import type { RequestHead, ResponseHead } from '../http1/head.ts';

export interface Failure {
  /** It took no connection, broke it, or answered something that is not HTTP. */
  readonly kind: 'refused' | 'broken' | 'malformed';
  /** Nothing of an answer had come. */
  readonly isEarly: boolean;
  /** What is wrong, as the end of a sentence. */
  readonly message: string;
}

export interface CallHandler {
  /** From now on what is given goes to the instance. */
  onConnected(): void;
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onBody(chunk: Buffer): void;
  onBodyEnd(trailers: Fields | undefined): void;
  /** What came at once was handed on. */
  onRead(): void;
  /** The instance takes more of the body. */
  onDrained(): void;
  /** Nothing more comes. */
  onFailed(failure: Failure): void;
}

export interface Call {
  /** False where more should not come before `onDrained`. */
  body(chunk: Buffer): boolean;
  end(trailers: Fields | undefined): void;
  /** No more of the answer, until `resume`. */
  pause(): void;
  resume(): void;
  /** The instance sees its client go; the handler hears nothing more. */
  abort(): void;
}

export interface CallRequest {
  readonly request: RequestHead;
  /** Of the request as it goes to the instance: names and values in turns. */
  readonly path: string;
  readonly authority: string;
  readonly fields: readonly string[];
  /** Nothing happens twice that must not, if it is sent again. */
  readonly isReplayable: boolean;
}

/** Those to one instance. */
export interface Caller {
  call(request: CallRequest, handler: CallHandler): Call;
  close(): void;
}
