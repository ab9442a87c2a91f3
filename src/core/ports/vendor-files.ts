/** Small files of vendors: lists of digests, signatures, certificates. */
export interface VendorFiles {
  /**
   * https only, at most `limitBytes`, no redirect to another host, no content encoding.
   * @throws image.redirect-refused, image.too-large, image.encoding-refused, image.not-found (404, 410),
   * image.download-failed; image.offline when offline was asked for, or there is no network.
   */
  fetch(url: string, options: { readonly limitBytes: number; readonly signal?: AbortSignal }): Promise<Uint8Array>;
}
