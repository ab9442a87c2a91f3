/** Put in by the build. */
export const checkerVersion: string = process.env.SYSMONVM_BUILD_VERSION ?? '0.0.0-not-built';
