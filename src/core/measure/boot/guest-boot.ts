/** Two moments on the guest's own clock, milliseconds since its kernel began to count. */
export interface GuestSpan {
  readonly name: string;
  readonly startMs: number;
  /** Absent: begun and not finished when the guest was asked. */
  readonly endMs?: number;
}

/** What a guest knows of its own boot. Nothing in here was timed by the host. */
export interface GuestBoot {
  /** Epoch milliseconds of the host at which the guest's clock was 0, and how far off that may be. */
  readonly zeroAt: number;
  readonly zeroErrorMs: number;
  readonly systemd?: {
    /** Before the kernel, as the firmware tells systemd; most virtual machines do not. */
    readonly firmwareMs?: number;
    readonly loaderMs?: number;
    /** systemd in the initrd; absent when the initrd has none. */
    readonly initrdMs?: number;
    readonly userspaceMs?: number;
    /** All that was to be started was. Absent: still starting when asked. */
    readonly finishMs?: number;
    readonly units: readonly GuestSpan[];
  };
  /** Stages of cloud-init by its own account; absent when its clock was set meanwhile and they cannot be placed. */
  readonly cloudInit?: readonly GuestSpan[];
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * @param before epoch milliseconds of the host just before the guest was asked
 * @param after when its answer was there
 * @returns undefined when the answer has no uptime
 */
export function parseGuestBoot(text: string, before: number, after: number): GuestBoot | undefined {
  const sections = sectionsOf(text);
  const uptimes = sections.flatMap(({ title }) => secondsAfter(title, 'uptime '));
  const [first, last] = [uptimes[0], uptimes.at(-1)];
  if (first === undefined || last === undefined || uptimes.length < 2) return undefined;
  // The first reading came after `before`, the last one before `after`.
  const [earliest, latest] = [before - first * 1000, after - last * 1000];
  const lines = (name: string): readonly string[] => sections.find(({ title }) => title === name)?.lines ?? [];
  const manager = propertiesOf(lines('manager'));
  const cloudInit = cloudInitOf(sections, lines('cloud-init').join('\n'));
  return {
    zeroAt: Math.round((earliest + latest) / 2),
    zeroErrorMs: Math.ceil(Math.abs(latest - earliest) / 2) + uptimeResolutionMs,
    ...(manager.size === 0 ? {} : { systemd: systemdOf(manager, lines('units')) }),
    ...(cloudInit === undefined ? {} : { cloudInit }),
  };
}

/** /proc/uptime counts hundredths of a second. */
const uptimeResolutionMs = 10;

function sectionsOf(text: string): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('== ')) sections.push({ title: line.slice(3), lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function secondsAfter(title: string, word: string): readonly number[] {
  const value = title.startsWith(word) ? Number(title.slice(word.length)) : Number.NaN;
  return Number.isFinite(value) ? [value] : [];
}

function propertiesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );
}

/** Microseconds; systemd writes 0 for what did not happen. */
function momentOf(properties: ReadonlyMap<string, string>, name: string): number | undefined {
  const micros = Number(properties.get(name) ?? '');
  return Number.isFinite(micros) && micros > 0 ? micros / 1000 : undefined;
}

function present<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, number>);
}

function systemdOf(
  manager: ReadonlyMap<string, string>,
  unitLines: readonly string[],
): NonNullable<GuestBoot['systemd']> {
  const blocks = unitLines
    .join('\n')
    .split(/\n\s*\n/)
    .map((block) => propertiesOf(block.split('\n')));
  // A unit with an alias that was asked for is shown twice.
  const units = new Map(blocks.map((block) => [block.get('Id'), block])).values();
  return {
    ...present('firmwareMs', momentOf(manager, 'FirmwareTimestampMonotonic')),
    ...present('loaderMs', momentOf(manager, 'LoaderTimestampMonotonic')),
    ...present('initrdMs', momentOf(manager, 'InitRDTimestampMonotonic')),
    ...present('userspaceMs', momentOf(manager, 'UserspaceTimestampMonotonic')),
    ...present('finishMs', momentOf(manager, 'FinishTimestampMonotonic')),
    units: [...units].flatMap((unit) => {
      const [name, begun] = [unit.get('Id'), momentOf(unit, 'InactiveExitTimestampMonotonic')];
      const active = momentOf(unit, 'ActiveEnterTimestampMonotonic');
      if (name === undefined || (begun ?? active) === undefined) return [];
      return [{ name, startMs: begun ?? (active as number), ...present('endMs', active) }];
    }),
  };
}

interface CloudInitStatus {
  readonly v1?: Readonly<Record<string, { readonly start?: number | null; readonly finished?: number | null } | null>>;
}

const stages = ['init-local', 'init', 'modules-config', 'modules-final'] as const;

/** Its moments are of the wall clock, which is set while a guest boots: placed by the uptime that was read with it. */
function cloudInitOf(sections: readonly Section[], json: string): readonly GuestSpan[] | undefined {
  const clock = sections.flatMap(({ title }) => secondsAfter(title, 'clock '))[0];
  const uptime = sections.flatMap(({ title }) => secondsAfter(title, 'clock-uptime '))[0];
  if (clock === undefined || uptime === undefined) return undefined;
  let status: CloudInitStatus;
  try {
    status = JSON.parse(json) as CloudInitStatus;
  } catch {
    return undefined;
  }
  const toMs = (epoch: number): number => (epoch - clock + uptime) * 1000;
  const spans = stages.flatMap((name): GuestSpan[] => {
    const stage = status.v1?.[name];
    if (typeof stage?.start !== 'number') return [];
    return [
      {
        name,
        startMs: toMs(stage.start),
        ...(typeof stage.finished === 'number' ? { endMs: toMs(stage.finished) } : {}),
      },
    ];
  });
  const moments = spans.flatMap(({ startMs, endMs }) => [startMs, ...(endMs === undefined ? [] : [endMs])]);
  const inOrder = moments.every((at, i) => i === 0 || at >= (moments[i - 1] as number));
  const possible = inOrder && moments.every((at) => at > 0 && at <= uptime * 1000);
  return spans.length > 0 && possible ? spans : undefined;
}
