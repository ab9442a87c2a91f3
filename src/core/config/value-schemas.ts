import { z } from 'zod';
import { hostnamePattern, vmNamePattern, vmNameRule } from '../ids/vm-name.ts';
import { parseDuration } from '../units/duration.ts';
import { bytesPerGib, bytesPerMib, formatMib, parseSize } from '../units/size.ts';
import type { PortForward } from './vm-config.ts';

/**
 * Each schema takes a value as YAML gives it or as text from a flag or a variable, and gives the one form that
 * VmConfig holds. Messages continue the name of the field.
 */
type Refuse = (message: string, path?: readonly (string | number)[]) => never;
const numberOrText = z.union([z.number(), z.string()], { error: 'is neither a number nor text' });

function from<Input, Output>(input: z.ZodType<Input>, convert: (value: Input, refuse: Refuse) => Output) {
  return input.transform((value, context): Output => {
    class Refused extends Error {}
    const refuse: Refuse = (message, path = []) => {
      context.addIssue({ code: 'custom', message, path: [...path] });
      throw new Refused();
    };
    try {
      return convert(value, refuse);
    } catch (error) {
      if (error instanceof Refused) return z.NEVER;
      throw error;
    }
  });
}

const minimumMemoryMib = 64;
const maximumMemoryMib = 16 * 1024 * 1024;
const maximumDiskGib = 65_536;

export const memoryMib = from(numberOrText, (value, refuse) => {
  const size =
    parseSize(String(value), 'M') ?? refuse(`"${value}" is not a size; write for example 6G, 512M or 6144 (MiB)`);
  const mebibytes = size.bytes / bytesPerMib;
  if (mebibytes < minimumMemoryMib) {
    const hint = size.hasSuffix ? '' : ` A number without a suffix means MiB; did you mean ${value}G?`;
    return refuse(`${formatMib(mebibytes)} is too little, at least ${minimumMemoryMib} MiB is needed.${hint}`);
  }
  if (mebibytes > maximumMemoryMib) {
    const hint = size.hasSuffix ? '' : ' A number without a suffix means MiB.';
    return refuse(`${formatMib(mebibytes)} is more than QEMU can be given (${formatMib(maximumMemoryMib)}).${hint}`);
  }
  return Number.isInteger(mebibytes) ? mebibytes : refuse(`"${value}" is not a whole number of MiB`);
});

export const diskGib = from(numberOrText, (value, refuse) => {
  const size =
    parseSize(String(value), 'G') ?? refuse(`"${value}" is not a size; write for example 40G, 1T or 40 (GiB)`);
  const gibibytes = size.bytes / bytesPerGib;
  if (gibibytes > maximumDiskGib) {
    const hint = size.hasSuffix ? '' : ` A number without a suffix means GiB; did you mean ${value}M?`;
    return refuse(`${gibibytes} GiB is too much, at most 64 TiB is supported.${hint}`);
  }
  if (gibibytes < 1) return refuse(`"${value}" is less than 1 GiB, the smallest disk`);
  return Number.isInteger(gibibytes) ? gibibytes : refuse(`"${value}" is not a whole number of GiB`);
});

export const cpuCount = from(numberOrText, (value, refuse) => {
  const count = /^\d+$/.test(String(value).trim()) ? Number(value) : Number.NaN;
  return count >= 1 && count <= 255 ? count : refuse(`"${value}" is not a number of CPUs from 1 to 255`);
});

export const durationMs = from(numberOrText, (value, refuse) => {
  const ms = parseDuration(String(value)) ?? refuse(`"${value}" is not a duration; write for example 90s, 5m or 2h`);
  return ms >= 1000 ? ms : refuse(`"${value}" is shorter than one second`);
});

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};
export const yesOrNo = from(
  z.union([z.boolean(), z.string()], { error: 'is neither true nor false' }),
  (value, refuse) =>
    (typeof value === 'boolean' ? value : truths[value.trim().toLowerCase()]) ??
    refuse(`"${value}" is neither true nor false`),
);

function portNumber(value: number | string, lowest: 0 | 1, refuse: Refuse): number {
  const port = /^\d{1,5}$/.test(String(value).trim()) ? Number(value) : Number.NaN;
  return port >= lowest && port <= 65535 ? port : refuse(`"${value}" is not a port number from ${lowest} to 65535`);
}

export const port = from(numberOrText, (value, refuse) => portNumber(value, 1, refuse));

const forward = z.union([z.strictObject({ host: numberOrText, guest: numberOrText }), z.string(), z.number()], {
  error: 'is not a forward; write HOST:GUEST, or host: and guest: with port numbers',
});

function toForward(value: z.infer<typeof forward>, refuse: Refuse): PortForward {
  if (typeof value === 'object')
    return { host: portNumber(value.host, 0, refuse), guest: portNumber(value.guest, 1, refuse) };
  const parts = String(value).split(':');
  if (parts.length > 2)
    return refuse(
      `"${value}" has too many parts; write HOST:GUEST, for example 8080:80 (forwards listen on 127.0.0.1 only)`,
    );
  const [first = '', second = first] = parts;
  return { host: portNumber(first, 0, refuse), guest: portNumber(second, 1, refuse) };
}

export const portForwards = from(
  z.union([z.array(forward), z.string()], { error: 'is not a list of forwards' }),
  (value, refuse) => {
    const wanted =
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : value;
    const forwards = wanted.map((one, index) =>
      toForward(one, (message) => refuse(message, typeof value === 'string' ? [] : [index])),
    );
    const seen = new Set<number>();
    for (const { host } of forwards) {
      if (host !== 0 && seen.has(host)) return refuse(`host port ${host} is forwarded twice`);
      seen.add(host);
    }
    return forwards;
  },
);

export const choice = <const T extends string>(...values: readonly T[]) =>
  z.enum(values, { error: (issue) => `"${String(issue.input)}" is not one of ${values.join(', ')}` });

const matching = (pattern: RegExp, rule: string) =>
  z
    .string({ error: 'is not text' })
    .refine((value) => pattern.test(value), { error: (issue) => `"${String(issue.input)}" is not ${rule}` });

export const vmName = matching(vmNamePattern, vmNameRule);
export const hostname = matching(hostnamePattern, 'a host name (letters, digits and "-", parts joined by ".")');
export const userName = matching(
  /^[a-z_][a-z0-9_-]{0,31}$/,
  'a user name (lower-case letters, digits, "-", "_"; at most 32)',
).refine((name) => name !== 'root', 'cannot be root; the guest gets an account of its own');
export const cpuModel = matching(
  /^[\w.-]+(,[\w+.=-]+)*$/,
  'a QEMU CPU model with features, for example "Nehalem" or "max,pauth-impdef=on"',
);
export const machineType = matching(
  /^[a-z][a-z0-9]*(-[a-z0-9.]+)*$/,
  'a machine type as QEMU names it, for example pc-q35-7.2',
);
export const macAddress = matching(
  /^52:54:00(:[0-9a-fA-F]{2}){3}$/,
  "an address in QEMU's range, for example 52:54:00:12:34:56",
).transform((address) => address.toLowerCase());

const mostCpus = 4096;
/** `2,3` or `4-7` or both. */
export const cpuList = from(numberOrText, (value, refuse) => {
  const cpus = String(value)
    .split(',')
    .flatMap((part) => {
      const [, first = '', last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
      const length = Number(last) - Number(first) + 1;
      if (first === '' || length < 1 || Number(last) >= mostCpus)
        return refuse(`"${value}" is not a list of CPUs; write for example 2,3 or 4-7`);
      return Array.from({ length }, (_, index) => Number(first) + index);
    });
  return [...new Set(cpus)].sort((a, b) => a - b);
});
export const interfaceName = matching(/^[\w.-]{1,15}$/, 'the name of a network interface');
export const imageName = z.string({ error: 'is not text' }).min(1, 'is empty');
export const imageUrl = z.url({
  protocol: /^https$/,
  error: (issue) => `"${String(issue.input)}" is not an https URL`,
});
export const checksum = matching(
  /^(sha256:[0-9a-fA-F]{64}|sha512:[0-9a-fA-F]{128})$/,
  '"sha256:" or "sha512:" and the hex digits of the digest',
).transform((value) => value.toLowerCase());
export const fileName = matching(/^[\w+-][\w.+-]*$/, 'a file name without a folder');
export const filePath = z.string({ error: 'is not text' }).min(1, 'is empty');
export const textList = z
  .union([z.array(z.string()), z.string()], { error: 'is not a list of texts' })
  .transform((value) => (typeof value === 'string' ? [value] : value));
