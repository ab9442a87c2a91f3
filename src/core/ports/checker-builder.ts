import type { CheckerTarget } from '../checker-install/checker-lock.ts';
import type { Progress } from '../operation.ts';

/** Where the executable comes from: made of Node and our own code, by the user's Go, or finished. */
export type CheckerOrigin =
  | { readonly kind: 'node' }
  | { readonly kind: 'go'; readonly directory: string }
  | { readonly kind: 'file'; readonly path: string }
  /** One that was staged from Go or a file, as it is; else made of Node. */
  | { readonly kind: 'staged' };

export interface BuildCheckerRequest {
  readonly target: CheckerTarget;
  readonly from: CheckerOrigin;
  /** For one installation: beside the staged one, which stays. */
  readonly aside?: boolean;
}

/** An executable in the workspace; its record lies beside it (`PATH.json`). */
export interface BuiltChecker {
  readonly target: CheckerTarget;
  readonly path: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly bytes: number;
  /** The same, compressed by gzip: what travels into a guest. */
  readonly compressed: { readonly path: string; readonly bytes: number };
  readonly from: 'node' | 'go' | 'file';
  readonly nodeVersion?: string;
  /** Of the checker's own code, dist/checker.cjs. */
  readonly codeDigest?: string;
}

export interface CheckerBuilder {
  /** `built: false`: what lies in the workspace already is exactly this. */
  build(
    request: BuildCheckerRequest,
    call: { readonly signal: AbortSignal; readonly report: (progress: Progress) => void },
  ): Promise<{ readonly checker: BuiltChecker; readonly built: boolean }>;
}
