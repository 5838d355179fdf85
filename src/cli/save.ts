import { writeFile } from 'node:fs/promises';
import { AppError, describeError } from '../shared/errors.ts';

/** Writes a file that the user named. @throws AppError `file_unreadable` */
export async function save(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    const message = `${file} cannot be written: ${describeError(cause)}`;
    throw new AppError('file_unreadable', message, { path: file }, { cause });
  }
}
