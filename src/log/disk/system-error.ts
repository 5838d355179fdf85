export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** The system's error code, such as `ENOSPC`; empty for any other error. */
export function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : '';
}
