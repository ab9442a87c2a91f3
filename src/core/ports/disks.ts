export type DiskFormat = 'qcow2' | 'raw';

export interface DiskInfo {
  readonly format: string;
  readonly virtualSizeBytes: number;
  readonly actualSizeBytes: number;
  readonly backingFile?: string;
  /** External data file of a qcow2. */
  readonly dataFile?: string;
  readonly encrypted: boolean;
}

export interface DiskSnapshot {
  readonly name: string;
  readonly createdAt: number;
  /** Memory and devices of the machine; 0: the disk only. */
  readonly stateBytes: number;
}

/** Snapshots inside a qcow2. All but the list need a disk that nothing runs on. */
export interface DiskSnapshots {
  list(path: string): Promise<readonly DiskSnapshot[]>;
  create(path: string, name: string): Promise<void>;
  /** The disk is as it was; what was written since is lost. */
  apply(path: string, name: string): Promise<void>;
  delete(path: string, name: string): Promise<void>;
}

export interface Disks {
  readonly snapshots: DiskSnapshots;
  /**
   * A qcow2 overlay on a base that stays as it is. The base's path is made absolute and its format written down, so
   * that QEMU never guesses. @throws host.no-space, usage.invalid-argument when it would be smaller than the base
   */
  createOverlay(basePath: string, baseFormat: DiskFormat, overlayPath: string, sizeGib: number): Promise<void>;
  /** An overlay on a qcow2 that has its place only later; nothing of the base is looked at. */
  createBlankOverlay(basePath: string, overlayPath: string, virtualSizeBytes: number): Promise<void>;
  /** @throws usage.invalid-argument when the disk is larger than that: shrinking destroys what the guest wrote. */
  grow(path: string, sizeGib: number): Promise<void>;
  /** Also of a disk that a running VM uses. */
  inspect(path: string): Promise<DiskInfo>;
  /** An image may be a base only when it stands alone: @throws image.unsafe-base */
  assertSafeBase(path: string, format: DiskFormat): Promise<{ readonly virtualSizeBytes: number }>;
  /** UEFI variables of a VM: a qcow2 copy of the firmware's template (qcow2, so that a snapshot can hold them). */
  createVars(templatePath: string, templateFormat: DiskFormat, outputPath: string): Promise<void>;
  /** Free for this user in the file system of a directory (or of the nearest parent that exists). */
  freeBytes(directory: string): Promise<number>;
}
