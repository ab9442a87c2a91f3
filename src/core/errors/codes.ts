import { benchCodes } from './codes-bench.ts';
import { bootstrapCodes } from './codes-bootstrap.ts';
import { checkerCodes } from './codes-checker.ts';
import { configCodes } from './codes-config.ts';
import { guestCodes } from './codes-guest.ts';
import { hostCodes } from './codes-host.ts';
import { hostCollectorCodes } from './codes-host-collector.ts';
import { imageCodes } from './codes-image.ts';
import { imageTrustCodes } from './codes-image-trust.ts';
import { localImageCodes } from './codes-local-image.ts';
import { measureMediaCodes } from './codes-measure-media.ts';
import { reportCodes } from './codes-report.ts';
import { vmCodes } from './codes-vm.ts';
import { warmCodes } from './codes-warm.ts';
import { workloadCodes } from './codes-workload.ts';
import type { CodeEntry } from './kinds.ts';

export const errorCodes = {
  ...checkerCodes,
  ...benchCodes,
  ...bootstrapCodes,
  ...configCodes,
  ...guestCodes,
  ...hostCodes,
  ...hostCollectorCodes,
  ...imageCodes,
  ...imageTrustCodes,
  ...localImageCodes,
  ...measureMediaCodes,
  ...reportCodes,
  ...vmCodes,
  ...warmCodes,
  ...workloadCodes,
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
