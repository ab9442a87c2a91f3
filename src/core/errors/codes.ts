import { bootstrapCodes } from './codes-bootstrap.ts';
import { checkerCodes } from './codes-checker.ts';
import { configCodes } from './codes-config.ts';
import { guestCodes } from './codes-guest.ts';
import { hostCodes } from './codes-host.ts';
import { hostCollectorCodes } from './codes-host-collector.ts';
import { imageCodes } from './codes-image.ts';
import { imageTrustCodes } from './codes-image-trust.ts';
import { localImageCodes } from './codes-local-image.ts';
import { vmCodes } from './codes-vm.ts';
import { warmCodes } from './codes-warm.ts';
import type { CodeEntry } from './kinds.ts';

export const errorCodes = {
  ...checkerCodes,
  ...bootstrapCodes,
  ...configCodes,
  ...guestCodes,
  ...hostCodes,
  ...hostCollectorCodes,
  ...imageCodes,
  ...imageTrustCodes,
  ...localImageCodes,
  ...vmCodes,
  ...warmCodes,
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
