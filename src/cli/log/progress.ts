import { SingleBar } from 'cli-progress';

/** Runs long work with a progress bar in MiB on stderr, if that is a terminal and JSON is not requested. */
export async function withProgress<T>(
  { json, bytes }: { readonly json: boolean; readonly bytes: number },
  work: (progress: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} MiB',
    clearOnComplete: true,
    stream: process.stderr,
  });
  if (!json) bar.start(mebibytes(bytes), 0);
  let done = 0;
  try {
    return await work((more) => {
      done += more;
      bar.update(mebibytes(done));
    });
  } finally {
    bar.stop();
  }
}

export function mebibytes(bytes: number): number {
  return Math.round((bytes / (1 << 20)) * 10) / 10;
}
