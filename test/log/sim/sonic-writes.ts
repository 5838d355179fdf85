import fs from 'node:fs';

/** Simulated descriptors begin here: no process has as many real ones. */
const firstDescriptor = 2 ** 20;
let nextDescriptor = firstDescriptor;

type Write = (bytes: Buffer) => Promise<number>;
const routes = new Map<number, Write>();

/** A descriptor whose writes go to a simulated disk, also those that call `fs.write` themselves, as sonic-boom does. */
export function newDescriptor(write: Write): number {
  nextDescriptor += 1;
  routes.set(nextDescriptor, write);
  return nextDescriptor;
}

export function forgetDescriptor(fd: number): void {
  routes.delete(fd);
}

const real = fs.write;
type Callback = (error: Error | null, count: number, bytes: Buffer) => void;

function routed(...args: [number, Buffer, Callback]): void {
  const [fd, bytes, done] = args;
  if (fd < firstDescriptor) return void Reflect.apply(real, fs, args);
  const write = routes.get(fd) ?? (() => Promise.reject(systemError('EBADF', 'write')));
  write(bytes).then(
    (count) => done(null, count, bytes),
    (error: unknown) => done(error as Error, 0, bytes),
  );
}

/** From here on `fs.write` serves simulated descriptors. */
export function routeWrites(): void {
  Object.assign(fs, { write: routed });
}

export function restoreWrites(): void {
  Object.assign(fs, { write: real });
}

/** The error of every call of a process that has ended. */
export const processEnded = 'EDEAD';

/** An error as Node gives it for a system call that failed, and like Node's without a stack. */
export function systemError(code: string, call: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: simulated, ${call}`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}
