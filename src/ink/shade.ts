interface Look {
  readonly color?: string;
  readonly dimColor?: boolean;
}

/** Properties of a Text; none where colour is not wanted. */
export function shade(enabled: boolean, look: Look): Look {
  return enabled ? look : {};
}
