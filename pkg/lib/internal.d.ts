// What the modules here hand to each other and to the wasm.

/** The settings of a client, as the wasm wrote them: nothing here looks inside. */
export type Settings = unknown[];

/** What the wasm leaves results in. It settles the promise with whatever the call is to give. */
export interface Sink {
  resolve?(value: never): void;
  reject?(error: unknown): void;
  response?: Response;
  /** How many items of a list are wanted, if somebody iterates it. */
  wanted?: number;
  /** Set when the request of a list begins: too late to want any. */
  sent?: boolean;
}

/** One page of a list. */
export interface Page {
  items: unknown[];
  data: unknown;
  response: Response | undefined;
  cursor: string | undefined;
}

/** What a list needs beside that, to go on. */
export interface ListSink extends Sink {
  settings: Settings;
  operation: number;
  args: unknown[];
  /** How many items are wanted: the wasm reads it from the options. */
  limit?: number;
}

/** A promise with one method more. */
export interface Call extends Promise<unknown> {
  withResponse(): Promise<{ data: unknown; response: Response }>;
}

/** The call of a list. */
export interface List extends Call {
  pages(): AsyncGenerator<Page>;
  toArray(options?: { limit?: number }): Promise<unknown[]>;
  [Symbol.asyncIterator](): AsyncGenerator<unknown>;
}

/** Begins what ends with the sink's promise. */
export type Start = (sink: Sink) => void;

/** A method of a resource, for whatever client. */
export type Method<Args = never, Result = unknown> = (settings: Settings, args: Args) => Result;

/** The methods that are declared for a resource. */
export type MethodsOf<Resource> = {
  [Name in keyof Resource]: Resource[Name] extends (...args: infer Args) => infer Result ? Method<Args, Result> : never;
};

/** Resource names to resources, method names to methods. */
export interface Tree {
  [name: string]: Tree | Method;
}
