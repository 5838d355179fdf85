export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** The system's name of a failure, such as `ENOSPC`; empty for anything else. */
export function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : '';
}
