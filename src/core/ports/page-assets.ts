/** What the build makes of src/page. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}
