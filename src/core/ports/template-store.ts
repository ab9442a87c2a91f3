import type { Template, TemplatePart, TemplatePartName } from '../template/template.ts';

export interface BrokenTemplate {
  readonly name: string;
  readonly directory: string;
  readonly problem: string;
}

/**
 * templates/NAME/ of a workspace. A template appears complete: it is filled under a hidden name (.new-ID) and renamed;
 * it goes the same way (.gone-ID). Rubbish of killed commands is what has such a name and no living owner.
 */
export interface TemplateStore {
  list(): Promise<{ readonly templates: readonly Template[]; readonly broken: readonly BrokenTemplate[] }>;
  load(name: string): Promise<Template | undefined>;
  directoryOf(name: string): string;
  /** Directory to fill; the name is held until `publish` or `discard`. @throws template.name-taken */
  stage(name: string, id: string): Promise<string>;
  /** A part of a template that is being filled: the same file under a second name, or a copy. */
  add(directory: string, part: TemplatePartName, path: string, how: 'link' | 'copy'): Promise<void>;
  /** Digest, size and stamp of a part in any directory. */
  measure(directory: string, part: TemplatePartName, signal?: AbortSignal): Promise<TemplatePart>;
  /** Writes template.json and gives the directory its name. */
  publish(template: Template): Promise<void>;
  discard(id: string): Promise<void>;
  /** Makes the parts read-only (as far as the QEMU allows) once nobody else has them, and renews their stamps. */
  seal(template: Template): Promise<Template>;
  /**
   * undefined: the content is the sealed one. `thorough` reads everything, else an equal stamp is enough for the large
   * parts. A part whose stamp is another one but whose content is equal is sealed again.
   */
  whyChanged(template: Template, thorough: boolean, signal?: AbortSignal): Promise<string | undefined>;
  /** The caller holds the lock and knows that nothing uses it. */
  remove(name: string): Promise<void>;
  /** A fork is registered, and a template removed, only by the holder. */
  lock(name: string, purpose: string, deadlineAt: number, signal?: AbortSignal): Promise<{ release(): Promise<void> }>;
  sweepRubbish(): Promise<readonly string[]>;
  /** A fork's file: a copy of a part, sharing blocks where the file system can; appears complete. */
  copyPart(template: Template, part: TemplatePartName, path: string): Promise<void>;
  noteUse(name: string): Promise<void>;
  /** Epoch milliseconds. */
  lastUse(name: string): Promise<number | undefined>;
}
