// What the sources here use of Next.js, for `tsc`: its own declarations take seconds to read.

/** next/headers */
export function headers(): Promise<Headers>;

/** next/server */
export class NextResponse extends Response {
  static next(init?: { request?: { headers?: Headers } }): NextResponse;
}
