/** The part of cli-progress that Weir uses; the package ships no types. */
declare module 'cli-progress' {
  export interface Options {
    format?: string;
    stream?: { write(text: string): unknown };
    clearOnComplete?: boolean;
    hideCursor?: boolean;
    gracefulExit?: boolean;
    barsize?: number;
  }
  export class SingleBar {
    constructor(options: Options, preset: object);
    start(total: number, value: number, payload?: object): void;
    update(value: number, payload?: object): void;
    setTotal(total: number): void;
    stop(): void;
  }
  const cliProgress: {
    SingleBar: typeof SingleBar;
    Presets: { readonly shades_classic: object };
  };
  // biome-ignore lint/style/noDefaultExport: that is what the package has
  export default cliProgress;
}
