/** Grounds that the terminal UI has colours for. */
export const themeNames = ['dark', 'light', 'none'] as const;
export type ThemeName = (typeof themeNames)[number];
